import Foundation
import KeeperEmulator
import Testing

/// A vault each of whose values carries a mark, and the search for what must not be seen.
struct Secrets {
    let vault: EmulatorVault
    /// Texts of which none may be found.
    private(set) var forbidden: [String]

    /// The sample vault with every value, file and note replaced.
    init() throws {
        let mark = String((UInt64.random(in: .min ... .max) | 1 << 63), radix: 16)
        var vault = EmulatorVault.sample
        var count = 0
        func freshText() -> String {
            count += 1
            return "\(mark)-\(count)-" + String(repeating: "x", count: 24)
        }
        func marked(_ value: JSON) -> JSON {
            switch value {
            case .string: .string(freshText())
            case .array(let elements): .array(elements.map(marked))
            case .object(let members): .object(members.map { .init($0.key, marked($0.value)) })
            case .null, .bool, .number: value
            }
        }
        for record in vault.records {
            try vault.update(record.uid) { record in
                record.notes = freshText()
                for index in record.fields.indices {
                    record.fields[index].value = record.fields[index].value.map(marked)
                }
                for index in record.custom.indices {
                    record.custom[index].value = record.custom[index].value.map(marked)
                }
                for index in record.files.indices { record.files[index].content = Array(freshText().utf8) }
            }
        }
        self.vault = vault
        // As it is, and as it looks within base64 at each offset.
        forbidden = [mark]
        for offset in 0..<3 {
            let text = Data((String(repeating: " ", count: offset) + mark).utf8).base64EncodedString()
            forbidden.append(String(text.dropFirst(4).prefix(16)))
        }
        try #require(count > 50)
    }

    /// Adds the keys of a client configuration.
    mutating func forbid(configuration: String) throws {
        let object = try JSONSerialization.jsonObject(with: Data(configuration.utf8)) as? [String: Any]
        for key in ["privateKey", "appKey"] {
            let text = try #require(object?[key] as? String, "\(key)")
            // A private key begins with what all of them have. Between / and + it is the same in each
            // spelling of base64 and JSON.
            let own = key == "privateKey" ? String(text.dropFirst(52)) : text
            let pieces = own.split(whereSeparator: { (character: Character) in "/+-_=".contains(character) })
            let piece = try #require(pieces.max(by: { $0.count < $1.count }))
            forbidden.append(String(piece))
        }
    }

    func expectNone(in text: String, _ place: String, sourceLocation: SourceLocation = #_sourceLocation) {
        for secret in forbidden {
            #expect(!text.contains(secret), "\(place) has a secret", sourceLocation: sourceLocation)
        }
    }

    /// Argument list and environment of a running process.
    func expectNone(ofProcess pid: Int32, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for name in ["cmdline", "environ"] {
            let data = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/\(name)"))
            #expect(!data.isEmpty || name == "environ", sourceLocation: sourceLocation)
            expectNone(in: String(decoding: data, as: UTF8.self), name, sourceLocation: sourceLocation)
        }
    }

    /// All files below a directory but those that begin with one of `exceptions`.
    func expectNone(below directory: String, except exceptions: [String]) throws {
        for name in try FileManager.default.subpathsOfDirectory(atPath: directory)
        where !exceptions.contains(where: name.hasPrefix) {
            expectNone(in: name, "the name \(name)")
            var status = stat()
            guard lstat(directory + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                continue
            }
            let data = try Data(contentsOf: URL(fileURLWithPath: directory + "/" + name))
            expectNone(in: String(decoding: data, as: UTF8.self), name)
        }
    }
}
