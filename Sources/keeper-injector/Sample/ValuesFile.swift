import Glibc
import Plan
import SecretMemory

/// The map that a template gets without Keeper.
enum ValuesFile {
    private static let maxSize = 8 << 20

    /// Reads a JSON object, `{"login": "app", …}`.
    static func read(_ path: String) throws(ValuesFileError) -> JSONValue {
        let text: SecretBytes
        do throws(SecretFileError) {
            text = try SecretFile.read(path, limit: maxSize)
        } catch {
            throw .unreadable(path, error.code)
        }
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: text).root
        } catch {
            throw .notJSON(path, error.reason, line: text.line(at: error.offset))
        }
        guard root.kind == .object else { throw .noMap(path) }
        return root
    }

    /// A map of made-up values.
    static func sample(of names: [String]) throws -> JSONValue {
        var text = SecretBuffer()
        text.append("{")
        for (position, name) in names.enumerated() {
            if position > 0 { text.append(",") }
            text.appendJSONString(name)
            text.append(":")
            text.appendJSONString("sample-" + name)
        }
        text.append("}")
        return try JSONDocument(parsing: text.finish()).root
    }
}

/// Why `--values` cannot be used.
enum ValuesFileError: ExplainedError {
    case unreadable(String, Int32)
    case notJSON(String, String, line: Int)
    case noMap(String)

    var message: String {
        switch self {
        case .unreadable(let path, let code):
            "cannot read the values '\(path)': \(String(cString: strerror(code)))"
        case .notJSON(let path, let reason, let line): "'\(path)', line \(line): not JSON: \(reason)"
        case .noMap(let path): "'\(path)' holds JSON, but no map"
        }
    }

    var hint: String? {
        switch self {
        case .unreadable: "give --values FILE.json"
        case .notJSON, .noMap: #"expected an object such as {"login": "app", "password": "x"}"#
        }
    }

    var exitCode: CommandStatus { .configuration }
}

extension SecretBytes {
    /// The line, from 1, of a byte.
    fileprivate func line(at offset: Int) -> Int {
        withUnsafeBytes { bytes in 1 + bytes.prefix(offset).count { $0 == UInt8(ascii: "\n") } }
    }
}
