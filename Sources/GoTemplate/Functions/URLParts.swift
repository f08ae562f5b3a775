/// What Go's `url.Parse` finds in a URL.
struct URLParts {
    var scheme = Text.empty
    var opaque = Text.empty
    var userinfo: Text?
    var host = Text.empty
    var path = Text.empty
    var query = Text.empty
    var fragment = Text.empty

    /// - Returns: `nil` where Go refuses it.
    init?(_ text: Text, _ engine: Engine) throws(FunctionFailure) {
        guard !text.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        var rest = text
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            guard let unescaped = try Self.unescaped(rest.from(hash + 1), engine) else { return nil }
            fragment = unescaped
            rest = rest.upTo(hash)
        }
        if let colon = Self.schemeEnd(rest) {
            guard colon > 0 else { return nil }
            scheme = Text(rest.upTo(colon).map { (65...90).contains($0) ? $0 + 32 : $0 })
            rest = rest.from(colon + 1)
        }
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            query = rest.from(mark + 1)
            rest = rest.upTo(mark)
        }
        if rest.first != UInt8(ascii: "/") {
            if !scheme.isEmpty {
                opaque = rest
                return
            }
            // A colon in the first part of a relative path would be a scheme's.
            let segment = rest.prefix { $0 != UInt8(ascii: "/") }
            guard !segment.contains(UInt8(ascii: ":")) else { return nil }
        }
        if rest.hasPrefix(Text("//")), !scheme.isEmpty || !rest.hasPrefix(Text("///")) {
            let end = rest.from(2).firstIndex(of: UInt8(ascii: "/")).map { $0 + 2 } ?? rest.count
            guard try readAuthority(rest.part(2..<end), engine) else { return nil }
            rest = rest.from(end)
        }
        guard let unescaped = try Self.unescaped(rest, engine) else { return nil }
        path = unescaped
    }

    var hostname: Text {
        if host.first == UInt8(ascii: "["), let end = host.firstIndex(of: UInt8(ascii: "]")) {
            return host.part(1..<end)
        }
        return host.upTo(host.lastIndex(of: UInt8(ascii: ":")) ?? host.count)
    }

    private static func schemeEnd(_ text: Text) -> Int? {
        for (index, byte) in text.enumerated() {
            switch byte {
            case 65...90, 97...122: continue
            case 48...57, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                if index == 0 { return nil }
            case UInt8(ascii: ":"): return index
            default: return nil
            }
        }
        return nil
    }

    private mutating func readAuthority(_ text: Text, _ engine: Engine) throws(FunctionFailure) -> Bool {
        var rest = text
        if let at = rest.lastIndex(of: UInt8(ascii: "@")) {
            let user = rest.upTo(at)
            guard let plain = try Self.unescaped(user, engine) else { return false }
            _ = plain
            userinfo = user
            rest = rest.from(at + 1)
        }
        if let colon = rest.lastIndex(of: UInt8(ascii: ":")), rest.last != UInt8(ascii: "]") {
            guard rest.from(colon + 1).allSatisfy({ (48...57).contains($0) }) else { return false }
        }
        guard !rest.contains(32) else { return false }
        guard let plain = try Self.unescaped(rest, engine) else { return false }
        host = plain
        return true
    }

    private static func unescaped(_ text: Text, _ engine: Engine) throws(FunctionFailure) -> Text? {
        guard text.contains(UInt8(ascii: "%")) else { return text }
        var isWell = true
        let result = try engine.text { builder in
            var index = 0
            while index < text.count {
                guard text[index] == UInt8(ascii: "%") else {
                    builder.append(text[index])
                    index += 1
                    continue
                }
                guard index + 2 < text.count, let high = hexValue(text[index + 1]),
                    let low = hexValue(text[index + 2])
                else { return isWell = false }
                builder.append(high << 4 | low)
                index += 3
            }
        }
        return isWell ? result : nil
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }

    static func escape(_ text: Text, keeping: String, _ builder: inout TextBuilder) {
        for byte in text {
            if Escaping.isUnreserved(byte) || keeping.utf8.contains(byte) || byte == UInt8(ascii: "%") {
                builder.append(byte)
            } else {
                Escaping.percent(byte, &builder)
            }
        }
    }
}
