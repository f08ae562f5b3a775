extension Library {
    static let strings: [String: FunctionBody] = [
        "trim": { call in .string(call.text(0).trimmed(\.isGoSpace)) },
        "upper": { (call) throws(FunctionFailure) in try mapped(call, 0) { $0.goUpper } },
        "lower": { (call) throws(FunctionFailure) in try mapped(call, 0) { $0.goLower } },
        "title": { (call) throws(FunctionFailure) in
            var previous: UnicodeScalar = " "
            return try mapped(call, 0) { scalar in
                defer { previous = scalar }
                return isSeparator(previous) ? scalar.goTitle : scalar
            }
        },
        "untitle": { (call) throws(FunctionFailure) in
            var startsWord = true
            return try mapped(call, 0) { scalar in
                if scalar.isGoSpace {
                    startsWord = true
                    return scalar
                }
                defer { startsWord = false }
                return startsWord ? scalar.goLower : scalar
            }
        },
        "swapcase": { (call) throws(FunctionFailure) in
            var startsWord = true
            return try mapped(call, 0) { scalar in
                defer { startsWord = scalar.isGoSpace }
                if scalar.isGoUpper || scalar.properties.generalCategory == .titlecaseLetter {
                    return scalar.goLower
                }
                if scalar.isGoLower { return startsWord ? scalar.goTitle : scalar.goUpper }
                return scalar
            }
        },
        "nospace": { (call) throws(FunctionFailure) in
            let text = call.text(0)
            return try call.engine.string { builder in
                for rune in text.runes where !rune.scalar.isGoSpace { builder.append(text.part(rune.range)) }
            }
        },
        "initials": { (call) throws(FunctionFailure) in
            let text = call.text(0)
            return try call.engine.string { builder in
                var startsWord = true
                for rune in text.runes {
                    if rune.scalar.isGoSpace {
                        startsWord = true
                    } else if startsWord {
                        builder.append(text.part(rune.range))
                        startsWord = false
                    }
                }
            }
        },
        "trunc": { call in
            let (length, text) = (call.int(0), call.text(1))
            if length < 0, text.count + length > 0 { return .string(text.from(text.count + length)) }
            return .string(length >= 0 ? text.upTo(length) : text)
        },
        "substr": { (call) throws(FunctionFailure) in
            let (start, end, text) = (call.int(0), call.int(1), call.text(2))
            let from = max(start, 0)
            let to = start < 0 ? end : end < 0 || end > text.count ? text.count : end
            guard to >= 0, to <= text.count, from <= to else {
                throw FunctionFailure("the part is not within the string")
            }
            return .string(text.part(from..<to))
        },
        "repeat": { (call) throws(FunctionFailure) in
            let (count, text) = (call.int(0), call.text(1))
            guard count >= 0 else { throw FunctionFailure("a negative count") }
            return try call.engine.string { builder in
                guard !text.isEmpty else { return }
                for _ in 0..<count {
                    builder.append(text)
                    if builder.overflowed { return }
                }
            }
        },
        "trimAll": { call in .string(trimmedOf(call.text(1), call.text(0))) },
        "trimall": { call in .string(trimmedOf(call.text(1), call.text(0))) },
        "trimSuffix": { call in
            let (suffix, text) = (call.text(0), call.text(1))
            return .string(text.hasSuffix(suffix) ? text.upTo(text.count - suffix.count) : text)
        },
        "trimPrefix": { call in
            let (prefix, text) = (call.text(0), call.text(1))
            return .string(text.hasPrefix(prefix) ? text.from(prefix.count) : text)
        },
        "contains": { call in .bool(call.text(1).firstIndex(of: call.text(0)) != nil) },
        "hasPrefix": { call in .bool(call.text(1).hasPrefix(call.text(0))) },
        "hasSuffix": { call in .bool(call.text(1).hasSuffix(call.text(0))) },
        "replace": { (call) throws(FunctionFailure) in
            try replaced(call.text(2), call.text(0), with: call.text(1), call.engine)
        },
        "indent": { (call) throws(FunctionFailure) in try indented(call, prefix: "") },
        "nindent": { (call) throws(FunctionFailure) in try indented(call, prefix: "\n") },
        "plural": { call in .string(call.int(2) == 1 ? call.text(0) : call.text(1)) },
        "quote": { (call) throws(FunctionFailure) in
            try spaced(call) { (value, builder) throws(FunctionFailure) in
                Quoting.append(try call.engine.plain(value), asciiOnly: false, to: &builder)
            }
        },
        "squote": { (call) throws(FunctionFailure) in
            try spaced(call) { (value, builder) throws(FunctionFailure) in
                builder.append("'")
                builder.append(try call.engine.plain(value))
                builder.append("'")
            }
        },
        "cat": { (call) throws(FunctionFailure) in
            try spaced(call) { (value, builder) throws(FunctionFailure) in
                builder.append(try call.engine.plain(value))
            }
        },
        "toString": { (call) throws(FunctionFailure) in .string(try call.engine.plain(call[0])) },
        "toStrings": { (call) throws(FunctionFailure) in
            try call.engine.strings(try call.engine.texts(call[0]))
        },
        "join": { (call) throws(FunctionFailure) in
            let texts = try call.engine.texts(call[1])
            return try call.engine.string { builder in
                for (index, text) in texts.enumerated() {
                    if index > 0 { builder.append(call.text(0)) }
                    builder.append(text)
                }
            }
        },
        "sortAlpha": { (call) throws(FunctionFailure) in
            guard case .list = call[0] else {
                return try call.engine.strings([try call.engine.plain(call[0])])
            }
            return try call.engine.strings(try call.engine.texts(call[0]).sorted())
        },
        "splitList": { (call) throws(FunctionFailure) in
            try call.engine.strings(call.text(1).split(by: call.text(0)))
        },
        "split": { (call) throws(FunctionFailure) in
            try numbered(call.text(1).split(by: call.text(0)), call.engine)
        },
        "splitn": { (call) throws(FunctionFailure) in
            try numbered(call.text(2).split(by: call.text(0), limit: call.int(1)), call.engine)
        },
        "abbrev": { (call) throws(FunctionFailure) in
            try abbreviated(
                call.text(1), offset: 0, width: call.int(0), isAllowed: call.int(0) >= 4, call.engine)
        },
        "abbrevboth": { (call) throws(FunctionFailure) in
            let (left, right) = (call.int(0), call.int(1))
            return try abbreviated(
                call.text(2), offset: left, width: right, isAllowed: !(right < 4 || left > 0 && right < 7),
                call.engine)
        },
        "wrap": { (call) throws(FunctionFailure) in
            try wrapped(call.text(1), width: call.int(0), by: Text("\n"), breaksWords: false, call.engine)
        },
        "wrapWith": { (call) throws(FunctionFailure) in
            try wrapped(call.text(2), width: call.int(0), by: call.text(1), breaksWords: true, call.engine)
        },
        "snakecase": { (call) throws(FunctionFailure) in
            try WordCase.joined(call.text(0), by: "_", call.engine)
        },
        "kebabcase": { (call) throws(FunctionFailure) in
            try WordCase.joined(call.text(0), by: "-", call.engine)
        },
        "camelcase": { (call) throws(FunctionFailure) in try WordCase.camel(call.text(0), call.engine) },
    ]

    private static func mapped(
        _ call: Call, _ index: Int, _ map: (UnicodeScalar) -> UnicodeScalar
    ) throws(FunctionFailure) -> Value {
        try call.engine.string { builder in
            for rune in call.text(index).runes { builder.append(map(rune.scalar)) }
        }
    }

    /// Go's rule for `strings.Title`.
    private static func isSeparator(_ scalar: UnicodeScalar) -> Bool {
        if scalar.isASCII { return !(scalar == "_" || scalar.isGoLetter || scalar.isGoDigit) }
        return !scalar.isGoLetter && !scalar.isGoDigit && scalar.isGoSpace
    }

    private static func trimmedOf(_ text: Text, _ set: Text) -> Text {
        let scalars = Set(set.runes.map(\.scalar))
        return text.trimmed { scalars.contains($0) }
    }

    static func replaced(
        _ text: Text, _ old: Text, with new: Text, _ engine: Engine
    ) throws(FunctionFailure) -> Value {
        try engine.string { builder in
            var start = 0
            if old.isEmpty {
                for rune in text.runes {
                    builder.append(new)
                    builder.append(text.part(rune.range))
                }
                return builder.append(new)
            }
            while let index = text.firstIndex(of: old, from: start) {
                builder.append(text.part(start..<index))
                builder.append(new)
                start = index + old.count
            }
            builder.append(text.from(start))
        }
    }

    private static func indented(_ call: Call, prefix: String) throws(FunctionFailure) -> Value {
        let (spaces, text) = (call.int(0), call.text(1))
        guard spaces >= 0 else { throw FunctionFailure("a negative count") }
        return try call.engine.string { builder in
            builder.append(prefix)
            builder.append(UInt8(ascii: " "), times: spaces)
            for byte in text {
                builder.append(byte)
                if byte == UInt8(ascii: "\n") { builder.append(UInt8(ascii: " "), times: spaces) }
            }
        }
    }

    private static func spaced(
        _ call: Call, _ append: (Value, inout TextBuilder) throws(FunctionFailure) -> Void
    ) throws(FunctionFailure) -> Value {
        try call.engine.string { (builder) throws(FunctionFailure) in
            var isFirst = true
            for value in call.arguments where !value.isNil {
                if !isFirst { builder.append(" ") }
                isFirst = false
                try append(value, &builder)
            }
        }
    }

    /// `_0`, `_1`, … as `split` has them.
    private static func numbered(_ parts: [Text], _ engine: Engine) throws(FunctionFailure) -> Value {
        var members: [Text: Value] = [:]
        for (index, part) in parts.enumerated() { members[Text("_\(index)")] = .string(part) }
        return try engine.dict(members, of: .string)
    }

    /// goutils.AbbreviateFull, which counts bytes.
    private static func abbreviated(
        _ text: Text, offset: Int, width: Int, isAllowed: Bool, _ engine: Engine
    ) throws(FunctionFailure) -> Value {
        guard isAllowed, text.count > width else { return .string(text) }
        var start = min(offset, text.count)
        if text.count - start < width - 3 { start = text.count - (width - 3) }
        return try engine.string { builder in
            if start <= 4 {
                builder.append(text.upTo(width - 3))
                builder.append("...")
            } else if start + width - 3 < text.count {
                builder.append("...")
                let rest = text.from(start)
                builder.append(rest.upTo(width - 6))
                builder.append("...")
            } else {
                builder.append("...")
                builder.append(text.from(text.count - (width - 3)))
            }
        }
    }

    /// goutils.WrapCustom: at spaces, or in the middle of a word that is too long.
    private static func wrapped(
        _ text: Text, width: Int, by separator: Text, breaksWords: Bool, _ engine: Engine
    ) throws(FunctionFailure) -> Value {
        let width = max(width, 1)
        let newline = separator.isEmpty ? Text("\n") : separator
        let space = UInt8(ascii: " ")
        return try engine.string { builder in
            var offset = 0
            while text.count - offset > width {
                if text[offset] == space {
                    offset += 1
                    continue
                }
                let end = width + offset + 1
                let window = text.part(offset..<min(end, text.count))
                if let last = window.lastIndex(of: space).map({ $0 + offset }), last >= offset {
                    builder.append(text.part(offset..<last))
                    builder.append(newline)
                    offset = last + 1
                } else if breaksWords {
                    builder.append(text.part(offset..<offset + width))
                    builder.append(newline)
                    offset += width
                } else {
                    let from = min(offset + width, text.count)
                    if let next = text.from(from).firstIndex(of: space).map({ $0 + from }) {
                        builder.append(text.part(offset..<next))
                        builder.append(newline)
                        offset = next + 1
                    } else {
                        builder.append(text.from(offset))
                        offset = text.count
                    }
                }
            }
            builder.append(text.from(offset))
        }
    }
}
