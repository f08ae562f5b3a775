import Glibc

/// Structured lines on stderr: one JSON object each, or text for a terminal.
///
///     log.warn("refresh failed", ["reason": "unreachable", "age_seconds": 42])
///
/// Nothing that may be secret is ever given to it: names, uids, counts and reasons only.
package struct Log: Sendable {
    /// In the order of their weight.
    package enum Level: String, Comparable, CaseIterable, Sendable {
        case debug, info, warn, error

        package static func < (a: Level, b: Level) -> Bool { a.weight < b.weight }

        private var weight: Int { Level.allCases.firstIndex(of: self) ?? 0 }
    }

    package enum Format: String, Sendable {
        case json, text
    }

    private let level: Level
    private let format: Format
    private let descriptor: Int32
    private let coloured: Bool

    /// - Parameter format: `nil` for text on a terminal and JSON elsewhere.
    package init(level: Level = .info, format: Format? = nil, descriptor: Int32 = STDERR_FILENO) {
        let terminal = isatty(descriptor) == 1
        self.level = level
        self.format = format ?? (terminal ? .text : .json)
        self.descriptor = descriptor
        // https://no-color.org
        coloured = terminal && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true)
    }

    package func debug(_ message: String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.debug, message, fields)
    }

    package func info(_ message: String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.info, message, fields)
    }

    package func warn(_ message: String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.warn, message, fields)
    }

    package func error(_ message: String, _ fields: KeyValuePairs<String, LogValue> = [:]) {
        write(.error, message, fields)
    }

    private func write(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, LogValue>) {
        guard level >= self.level else { return }
        var line =
            switch format {
            case .json: jsonLine(level, message, fields)
            case .text: textLine(level, message, fields)
            }
        line.append("\n")
        // One write a line: lines of several threads do not mix. A closed stderr is nobody's error.
        line.withUTF8 { _ = Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    private func jsonLine(
        _ level: Level, _ message: String, _ fields: KeyValuePairs<String, LogValue>
    ) -> String {
        var line =
            "{\"level\":\"\(level.rawValue)\",\"ts\":\"\(Timestamp.now())\",\"msg\":\(jsonString(message))"
        for (key, value) in fields { line += ",\(jsonString(key)):\(value.json)" }
        return line + "}"
    }

    private func textLine(
        _ level: Level, _ message: String, _ fields: KeyValuePairs<String, LogValue>
    ) -> String {
        let colour =
            switch level {
            case .debug: "2"
            case .info: "36"
            case .warn: "33"
            case .error: "31"
            }
        let name = coloured ? "\u{1B}[\(colour)m\(level.rawValue)\u{1B}[0m" : level.rawValue
        let padding = String(repeating: " ", count: 5 - level.rawValue.count)
        var line = "\(Timestamp.now().dropFirst(11).prefix(12)) \(name)\(padding) \(printable(message))"
        for (key, value) in fields {
            let text = value.text
            line +=
                " \(key)=\(text.contains(where: { $0 == " " || $0 == "=" }) ? jsonString(text) : printable(text))"
        }
        return line
    }
}

/// A value of a log field.
package enum LogValue: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    case string(String)
    case integer(Int)
    case bool(Bool)
    case list([String])

    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }

    fileprivate var json: String {
        switch self {
        case .string(let text): jsonString(text)
        case .integer(let number): String(number)
        case .bool(let bool): String(bool)
        case .list(let items): "[" + items.map(jsonString).joined(separator: ",") + "]"
        }
    }

    fileprivate var text: String {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        case .bool(let bool): String(bool)
        case .list(let items): items.joined(separator: ",")
        }
    }
}

/// A title from outside can neither forge a line, move the cursor, nor turn the direction of writing.
private func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isTreacherous) else { return text }
    return String(jsonString(text).dropFirst().dropLast())
}

/// Controls, invisible characters and direction marks, as far as one `\u` escape can name them.
private func isTreacherous(_ scalar: UnicodeScalar) -> Bool {
    guard scalar.value <= 0xFFFF else { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
}

private func jsonString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case _ where isTreacherous(scalar):
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
