/// Cuts a stream of YAML documents where they begin, so that each keeps its very bytes.
enum DocumentSplitter {
    /// The pieces, in order; joined they are the text.
    ///
    /// A line that begins with `---` or `...` is a document marker wherever it stands, also within a
    /// block of text (YAML 1.1, 9.1.2).
    static func split(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        var pieces: [String] = []
        var start = 0
        var line = 0
        while line < bytes.count {
            var next = line
            while next < bytes.count, bytes[next] != UInt8(ascii: "\n") { next += 1 }
            next = min(next + 1, bytes.count)
            let isStart = isMarker("-", bytes[line..<next])
            // Comments, blank lines and directives before the first marker belong to its document.
            if isStart, line > start, hasContent(bytes[start..<line]) {
                pieces.append(String(decoding: bytes[start..<line], as: UTF8.self))
                start = line
            } else if isMarker(".", bytes[line..<next]) {
                pieces.append(String(decoding: bytes[start..<next], as: UTF8.self))
                start = next
            }
            line = next
        }
        if start < bytes.count { pieces.append(String(decoding: bytes[start...], as: UTF8.self)) }
        return pieces
    }

    private static func isMarker(_ mark: Character, _ line: ArraySlice<UInt8>) -> Bool {
        guard let byte = mark.asciiValue, line.count >= 3, line.prefix(3).allSatisfy({ $0 == byte }) else {
            return false
        }
        return line.count == 3 || [0x20, 0x09, 0x0A, 0x0D].contains(line[line.startIndex + 3])
    }

    private static func hasContent(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.split(separator: UInt8(ascii: "\n")).contains { line in
            guard let first = line.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else {
                return false
            }
            let isDirective = line.first == UInt8(ascii: "%")
            return first != UInt8(ascii: "#") && !isDirective
        }
    }
}
