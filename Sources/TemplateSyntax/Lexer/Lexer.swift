/// Cuts a template into text and the words of its actions, as Go's `text/template/parse` does.
struct Lexer {
    private let source: Source
    private var position = 0
    private var start = 0
    private var parentheses: [Int] = []
    private var tokens: [Token] = []

    /// - Throws: `TemplateError` where the text is none that Go takes.
    static func tokens(of source: Source) throws(TemplateError) -> [Token] {
        var lexer = Lexer(source: source)
        try lexer.run()
        return lexer.tokens
    }

    private init(source: Source) { self.source = source }

    private var bytes: [UInt8] { source.bytes }

    private mutating func run() throws(TemplateError) {
        while let delimiter = source.firstIndex(of: "{{", from: position) {
            let trims = hasLeftTrimMarker(at: delimiter + 2)
            var textEnd = delimiter
            if trims {
                while textEnd > position, isGoSpace(bytes[textEnd - 1]) { textEnd -= 1 }
            }
            emitText(position..<textEnd)
            position = delimiter + 2 + (trims ? 2 : 0)
            if source.hasPrefix("/*", at: position) {
                try skipComment(from: delimiter)
            } else {
                tokens.append(Token(kind: .leftDelimiter, range: delimiter..<position))
                try action(from: delimiter)
            }
        }
        emitText(position..<bytes.count)
        tokens.append(Token(kind: .end, range: bytes.count..<bytes.count))
    }

    private mutating func emitText(_ range: Range<Int>) {
        if !range.isEmpty { tokens.append(Token(kind: .text, range: range)) }
    }

    private func hasLeftTrimMarker(at offset: Int) -> Bool {
        offset + 1 < bytes.count && bytes[offset] == UInt8(ascii: "-") && isGoSpace(bytes[offset + 1])
    }

    private func hasRightTrimMarker(at offset: Int) -> Bool {
        offset + 1 < bytes.count && isGoSpace(bytes[offset]) && bytes[offset + 1] == UInt8(ascii: "-")
    }

    /// Length of what closes the action at `offset`, and whether it trims the text after.
    private func rightDelimiter(at offset: Int) -> (length: Int, trims: Bool)? {
        if hasRightTrimMarker(at: offset), source.hasPrefix("}}", at: offset + 2) { return (4, true) }
        return source.hasPrefix("}}", at: offset) ? (2, false) : nil
    }

    private mutating func close(_ delimiter: (length: Int, trims: Bool)) {
        position += delimiter.length
        guard delimiter.trims else { return }
        while position < bytes.count, isGoSpace(bytes[position]) { position += 1 }
    }

    private mutating func skipComment(from delimiter: Int) throws(TemplateError) {
        guard let end = source.firstIndex(of: "*/", from: position + 2) else {
            throw source.error("a comment is not closed", at: delimiter, hint: "close it with */}}")
        }
        position = end + 2
        guard let closing = rightDelimiter(at: position) else {
            throw source.error(
                "something follows the comment before }}", at: position,
                hint: "a comment stands alone: {{/* … */}}")
        }
        close(closing)
    }

    private mutating func action(from delimiter: Int) throws(TemplateError) {
        parentheses = []
        while true {
            start = position
            if let closing = rightDelimiter(at: position) {
                if let open = parentheses.last {
                    throw source.error("a parenthesis is not closed", at: open)
                }
                tokens.append(
                    Token(kind: .rightDelimiter, range: position..<position + closing.length))
                return close(closing)
            }
            guard let next = source.scalar(at: position) else {
                throw source.error("an action is not closed", at: delimiter, hint: "close it with }}")
            }
            position += next.length
            try word(beginningWith: next.scalar)
        }
    }

    private mutating func emit(_ kind: Token.Kind) {
        tokens.append(Token(kind: kind, range: start..<position))
    }

    private mutating func word(beginningWith first: UnicodeScalar) throws(TemplateError) {
        switch first {
        case " ", "\t", "\r", "\n":
            while position < bytes.count, isGoSpace(bytes[position]),
                rightDelimiter(at: position)?.trims != true
            {
                position += 1
            }
            emit(.space)
        case "=": emit(.assign)
        case ":":
            guard source.hasPrefix("=", at: position) else {
                throw source.error("a lone \":\"", at: start, hint: "variables are declared with :=")
            }
            position += 1
            emit(.declare)
        case "|": emit(.pipe)
        case ",": emit(.comma)
        case "\"": try quoted(by: UInt8(ascii: "\""), kind: .string, named: "a quoted string")
        case "'": try quoted(by: UInt8(ascii: "'"), kind: .character, named: "a character constant")
        case "`":
            guard let end = source.firstIndex(of: "`", from: position) else {
                throw source.error("a raw string is not closed", at: start, hint: "close it with `")
            }
            position = end + 1
            emit(.rawString)
        case "$": try name(kind: .variable)
        case ".":
            if let next = source.scalar(at: position), ("0"..."9").contains(next.scalar) {
                try number()
            } else {
                try name(kind: .field)
            }
        case "+", "-", "0"..."9": try number()
        case "(":
            parentheses.append(start)
            emit(.leftParenthesis)
        case ")":
            guard parentheses.popLast() != nil else {
                throw source.error("a closing parenthesis without an opening one", at: start)
            }
            emit(.rightParenthesis)
        case _ where first.isGoAlphanumeric: try name(kind: .identifier)
        default: throw unexpectedCharacter(at: start)
        }
    }

    private func unexpectedCharacter(at offset: Int) -> TemplateError {
        let shown = source.scalar(at: offset).map { shownCharacter($0.scalar) } ?? "the end"
        return source.error("\(shown) cannot stand here", at: offset, hint: Self.hint(for: bytes, at: offset))
    }

    private static func hint(for bytes: [UInt8], at offset: Int) -> String? {
        guard offset < bytes.count else { return nil }
        return switch bytes[offset] {
        case UInt8(ascii: "-"): "a name with a dash is read by {{ index . \"some-name\" }}"
        case UInt8(ascii: "&"), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">"):
            "Go templates compare and join with functions: and, or, not, eq, lt, gt"
        case UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "%"):
            "Go templates compute with functions: add, sub, mul, div, mod"
        case UInt8(ascii: "["), UInt8(ascii: "]"): "elements are read by {{ index .list 0 }}"
        default: nil
        }
    }

    private mutating func quoted(
        by quote: UInt8, kind: Token.Kind, named: String
    ) throws(TemplateError) {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
            if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count,
                bytes[position + 1] != UInt8(ascii: "\n")
            {
                position += 2
                continue
            }
            position += 1
            if bytes[position - 1] == quote { return emit(kind) }
        }
        throw source.error(
            "\(named) is not closed", at: start, hint: kind == .string ? "over lines goes `…` only" : nil)
    }

    /// A field, a variable, or a word.
    private mutating func name(kind: Token.Kind) throws(TemplateError) {
        while let next = source.scalar(at: position), next.scalar.isGoAlphanumeric { position += next.length }
        guard isTerminated else { throw unexpectedCharacter(at: position) }
        emit(kind == .field && position == start + 1 ? .dot : kind)
    }

    /// Whether a word may end here.
    private var isTerminated: Bool {
        guard position < bytes.count else { return true }
        return isGoSpace(bytes[position]) || ".,|:()".utf8.contains(bytes[position])
            || source.hasPrefix("}}", at: position)
    }

    private mutating func number() throws(TemplateError) {
        position = start
        scanNumber()
        // A complex number: 1+2i.
        if position < bytes.count, "+-".utf8.contains(bytes[position]) { scanNumber() }
        if let next = source.scalar(at: position), next.scalar.isGoAlphanumeric {
            while let next = source.scalar(at: position), next.scalar.isGoAlphanumeric {
                position += next.length
            }
            throw source.error("\(source.text(start..<position)) is no number", at: start)
        }
        emit(.number)
    }

    private mutating func scanNumber() {
        accept("+-")
        var digits = "0123456789_"
        if accept("0") {
            if accept("xX") {
                digits = "0123456789abcdefABCDEF_"
            } else if accept("oO") {
                digits = "01234567_"
            } else if accept("bB") {
                digits = "01_"
            }
        }
        acceptRun(digits)
        if accept(".") { acceptRun(digits) }
        if digits.utf8.count == 11, accept("eE") {
            accept("+-")
            acceptRun("0123456789_")
        }
        if digits.utf8.count == 23, accept("pP") {
            accept("+-")
            acceptRun("0123456789_")
        }
        accept("i")
    }

    @discardableResult
    private mutating func accept(_ set: String) -> Bool {
        guard position < bytes.count, set.utf8.contains(bytes[position]) else { return false }
        position += 1
        return true
    }

    private mutating func acceptRun(_ set: String) { while accept(set) {} }
}
