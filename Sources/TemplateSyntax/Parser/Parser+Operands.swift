import Plan

extension Parser {
    /// A value and the fields that follow it without a space.
    mutating func operand() throws(TemplateError) -> Operand {
        let first = next
        let value = try term()
        guard next.kind == .field else { return value }
        var fields: [String] = []
        while next.kind == .field { fields.append(String(text(take()).dropFirst())) }
        switch value.kind {
        case .field(let names): return Operand(kind: .field(names + fields), position: value.position)
        case .variable(let name, let names):
            return Operand(kind: .variable(name, fields: names + fields), position: value.position)
        case .bool, .string, .number, .nil, .dot:
            throw error("a field cannot follow \(text(first))", at: first)
        case .function, .pipeline, .chain:
            return Operand(kind: .chain(value, fields: fields), position: value.position)
        }
    }

    private mutating func term() throws(TemplateError) -> Operand {
        let token = take()
        let place = position(token)
        switch token.kind {
        case .identifier: return Operand(kind: try word(token), position: place)
        case .dot: return Operand(kind: .dot, position: place)
        case .field: return Operand(kind: .field([String(text(token).dropFirst())]), position: place)
        case .variable:
            try require(text(token), at: token)
            return Operand(kind: .variable(text(token), fields: []), position: place)
        case .number:
            guard let number = NumberLiteral(parsing: text(token)) else {
                throw error("\(quoted(text(token), limit: 40)) is no number, or too large", at: token)
            }
            return Operand(kind: .number(number), position: place)
        case .character:
            return Operand(kind: .number(try character(token)), position: place)
        case .string, .rawString: return Operand(kind: .string(try stringLiteral(token)), position: place)
        case .leftParenthesis:
            let inner = try nested(at: token) { parser throws(TemplateError) in
                try parser.pipeline(in: "parentheses", until: .rightParenthesis)
            }
            return Operand(kind: .pipeline(inner), position: place)
        default: throw unexpected(token, in: "an action")
        }
    }

    private func word(_ token: Token) throws(TemplateError) -> Operand.Kind {
        let name = text(token)
        switch name {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "nil": return .nil
        case "if", "else", "end", "range", "with", "define", "block", "template", "break", "continue":
            throw error("{{\(name)}} cannot stand inside an action", at: token)
        default: break
        }
        if FunctionTable.offered[name] != nil { return .function(name) }
        if let reason = FunctionTable.refused[name] {
            throw error("the function \(name) is not offered: it \(reason)", at: token)
        }
        let near = nearest(to: name, among: FunctionTable.offered.keys, limit: 2)
        throw error(
            "there is no function \(quoted(name, limit: 40))", at: token,
            hint: near.isEmpty
                ? "a field has a dot in front: .\(name)"
                : "did you mean " + near.joined(separator: " or ") + "?")
    }

    /// - Returns: the bytes between the quotes, escapes resolved.
    func stringLiteral(_ token: Token) throws(TemplateError) -> [UInt8] {
        let inside = source.bytes[token.range].dropFirst().dropLast()
        // As strconv.Unquote does: carriage returns are no part of a raw string.
        if token.kind == .rawString { return inside.filter { $0 != UInt8(ascii: "\r") } }
        guard let bytes = Escapes.unescaped(inside, quote: UInt8(ascii: "\"")) else {
            throw error(
                "an escape that Go does not know", at: token, hint: "backslashes stay as they are in `…`")
        }
        return bytes
    }

    private func character(_ token: Token) throws(TemplateError) -> NumberLiteral {
        let inside = source.bytes[token.range].dropFirst().dropLast()
        let raw = inside.first == UInt8(ascii: "\\") ? inside.dropFirst() : []
        let isByte = raw.first.map { "x01234567".utf8.contains($0) } ?? false
        if let bytes = Escapes.unescaped(inside, quote: UInt8(ascii: "'")) {
            if isByte, bytes.count == 1, let byte = bytes.first {
                return NumberLiteral(character: UnicodeScalar(byte), text: text(token))
            }
            let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
            if scalars.count == 1, let scalar = scalars.first {
                return NumberLiteral(character: scalar, text: text(token))
            }
        }
        throw error("a character constant holds one character", at: token, hint: "text goes in \"…\"")
    }
}
