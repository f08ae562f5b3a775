import Glibc

/// The environment that the app gets: pointers into the launcher's own environment and into the file.
package struct MergedEnvironment {
    /// As execve(2) wants them, with the `nil` at the end.
    package private(set) var pointers: [UnsafeMutablePointer<CChar>?] = []
    /// Names of injected variables that the container has already and that stay as they are.
    package private(set) var kept: [String] = []

    /// - Parameter existing: an array of C strings that ends with NULL, as environ(7).
    package init(
        _ existing: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
        adding variables: [EnvironmentFile.Variable]
    ) {
        var next = existing
        while let entry = next.pointee {
            pointers.append(entry)
            next += 1
        }
        for variable in variables { add(variable) }
        pointers.append(nil)
    }

    private mutating func add(_ variable: EnvironmentFile.Variable) {
        let isSame = { (entry: UnsafeMutablePointer<CChar>?) -> Bool in
            guard let entry else { return false }
            return strncmp(entry, variable.text, variable.nameLength + 1) == 0
        }
        guard let place = pointers.firstIndex(where: isSame) else { return pointers.append(variable.text) }
        guard variable.replaces else {
            let name = UnsafeRawBufferPointer(start: variable.text, count: variable.nameLength)
            return kept.append(String(decoding: name, as: UTF8.self))
        }
        // A name may stand there twice, and programs differ in which one they see.
        pointers.removeAll(where: isSame)
        pointers.insert(variable.text, at: place)
    }
}
