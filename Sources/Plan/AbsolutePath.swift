/// A path from the root, made of real names alone: no `.`, no `..`, no `//`, no control characters.
///
///     try AbsolutePath("/keeper/secrets/db.json").parent  // /keeper/secrets
package struct AbsolutePath: Hashable, Sendable, CustomStringConvertible {
    /// The names between the slashes.
    package let components: [String]

    package static let defaultSecretsPath = AbsolutePath(uncheckedComponents: ["keeper", "secrets"])

    private static let maximumLength = 4096

    private var length: Int { components.reduce(0) { $0 + 1 + $1.utf8.count } }

    private init(uncheckedComponents: [String]) {
        components = uncheckedComponents
    }

    /// - Throws: `AbsolutePathError` that says which rule is broken.
    package init(_ text: String) throws(AbsolutePathError) {
        guard text.utf8.count <= AbsolutePath.maximumLength else { throw .tooLong }
        guard text.hasPrefix("/") else { throw .relative }
        // NUL, C0, DEL and C1 (contract, section 4).
        guard !text.holdsControlCharacter else {
            throw .controlCharacter
        }
        let names = text.split(separator: "/").map(String.init)
        guard !names.isEmpty else { throw .root }
        guard !names.contains(".."), !names.contains(".") else { throw .dots }
        guard names.allSatisfy({ $0.utf8.count <= 255 }) else { throw .nameTooLong }
        components = names
    }

    package var description: String { "/" + components.joined(separator: "/") }

    /// The last name.
    package var name: String { components.last ?? "" }

    /// The directory it lies in; `nil` directly below the root.
    package var parent: AbsolutePath? {
        components.count > 1 ? AbsolutePath(uncheckedComponents: Array(components.dropLast())) : nil
    }

    package func appending(_ name: String) throws(AbsolutePathError) -> AbsolutePath {
        // The names that are there are known to be good.
        let rest = try AbsolutePath("/" + name).components
        let path = AbsolutePath(uncheckedComponents: components + rest)
        guard path.length <= AbsolutePath.maximumLength else { throw .tooLong }
        return path
    }

    /// The path seen from `directory`, without a leading slash; `nil` when it does not lie below it.
    package func relative(to directory: AbsolutePath) -> String? {
        guard components.count > directory.components.count,
            components.starts(with: directory.components)
        else { return nil }
        return components.dropFirst(directory.components.count).joined(separator: "/")
    }
}

/// Which rule for paths is broken.
package enum AbsolutePathError: Error, Equatable, CustomStringConvertible {
    case tooLong, nameTooLong, relative, root, dots, controlCharacter

    package var description: String {
        switch self {
        case .tooLong: "longer than 4,096 bytes"
        case .nameTooLong: "has a name longer than 255 bytes"
        case .relative: "does not start with '/'"
        case .root: "is the root directory"
        case .dots: "contains '.' or '..'"
        case .controlCharacter: "contains a control character"
        }
    }
}
