/// Go's `fmt` for the values of templates.
struct Printer {
    /// What stands between `%` and the verb.
    struct Flags {
        var plus = false
        var minus = false
        var sharp = false
        var space = false
        var zero = false
        /// `%+v` and `%#v`
        var plusV = false
        var sharpV = false
        var width: Int?
        var precision: Int?
    }

    let engine: Engine
    var flags = Flags()
    private var depth = 0

    init(engine: Engine) { self.engine = engine }

    /// One value by a verb.
    mutating func print(
        _ value: Value, verb: UnicodeScalar, to builder: inout TextBuilder
    ) throws(FunctionFailure) {
        if value.isNil {
            switch verb {
            case "T", "v": pad("<nil>", to: &builder)
            default: try bad(verb, value, to: &builder)
            }
            return
        }
        if verb == "T" { return try element(.text(value.typeName), verb: "s", to: &builder) }
        if verb == "p" { return try bad(verb, value, to: &builder) }
        try element(value, verb: verb, to: &builder)
    }

    private mutating func element(
        _ value: Value, verb: UnicodeScalar, to builder: inout TextBuilder
    ) throws(FunctionFailure) {
        switch value {
        case .none, .null: builder.append(flags.sharpV ? "interface {}(nil)" : "<nil>")
        case .bool(let bool):
            if verb == "t" || verb == "v" {
                pad(bool ? "true" : "false", to: &builder)
            } else {
                try bad(verb, value, to: &builder)
            }
        case .int(let integer, let type): try self.integer(integer, type, value, verb, to: &builder)
        case .float(let float): try self.float(float, value, verb, to: &builder)
        case .complex(let real, let imaginary):
            let outer = flags
            builder.append("(")
            try self.float(real, value, verb, to: &builder)
            flags.plus = true
            try self.float(imaginary, value, verb, to: &builder)
            flags = outer
            builder.append("i)")
        case .string(let text): try string(text, value, verb, to: &builder)
        case .time(let time): try string(Text(time.description), value, verb, to: &builder)
        case .version(let version): try string(Text(version.description), value, verb, to: &builder)
        case .list(let list): try self.list(list, verb, to: &builder)
        case .dict(let dict): try self.dict(dict, verb, to: &builder)
        }
    }

    /// `%!d(string=…)`
    private mutating func bad(
        _ verb: UnicodeScalar, _ value: Value, to builder: inout TextBuilder
    ) throws(FunctionFailure) {
        builder.append("%!")
        builder.append(verb)
        builder.append("(")
        if value.isNil {
            builder.append("<nil>")
        } else {
            builder.append(value.typeName)
            builder.append("=")
            try print(value, verb: "v", to: &builder)
        }
        builder.append(")")
    }

    // MARK: Collections

    private mutating func deeper(
        _ body: (inout Printer) throws(FunctionFailure) -> Void
    ) throws(FunctionFailure) {
        try engine.charge(steps: 1)
        depth += 1
        defer { depth -= 1 }
        guard depth <= engine.template.limits.depth else {
            throw FunctionFailure(
                "lists and dicts within each other deeper than \(engine.template.limits.depth)")
        }
        try body(&self)
    }

    private mutating func list(
        _ list: List, _ verb: UnicodeScalar, to builder: inout TextBuilder
    ) throws(FunctionFailure) {
        let isGo = flags.sharpV
        if isGo, list.isNil { return builder.append("[]" + list.elementType.rawValue + "(nil)") }
        builder.append(isGo ? "[]" + list.elementType.rawValue + "{" : "[")
        for (index, item) in list.elements.enumerated() {
            if index > 0 { builder.append(isGo ? ", " : " ") }
            try deeper { (printer) throws(FunctionFailure) in
                try printer.element(item, verb: verb, to: &builder)
            }
        }
        builder.append(isGo ? "}" : "]")
    }

    private mutating func dict(
        _ dict: Dict, _ verb: UnicodeScalar, to builder: inout TextBuilder
    ) throws(FunctionFailure) {
        let isGo = flags.sharpV
        builder.append(isGo ? "map[string]" + dict.elementType.rawValue + "{" : "map[")
        for (index, member) in dict.sorted.enumerated() {
            if index > 0 { builder.append(isGo ? ", " : " ") }
            try deeper { (printer) throws(FunctionFailure) in
                try printer.element(.string(member.key), verb: verb, to: &builder)
                builder.append(":")
                try printer.element(member.value, verb: verb, to: &builder)
            }
        }
        builder.append(isGo ? "}" : "]")
    }

    // MARK: Strings

    private mutating func string(
        _ text: Text, _ value: Value, _ verb: UnicodeScalar, to builder: inout TextBuilder
    ) throws(FunctionFailure) {
        switch verb {
        case "v" where flags.sharpV: quote(text, to: &builder)
        case "v", "s": padText(cut(text), to: &builder)
        case "x", "X": hexadecimal(text, isUpper: verb == "X", to: &builder)
        case "q": quote(cut(text), to: &builder)
        default: try bad(verb, value, to: &builder)
        }
    }

    /// To `precision` characters.
    private func cut(_ text: Text) -> Text {
        guard let precision = flags.precision else { return text }
        var end = 0
        for (count, rune) in text.runes.enumerated() {
            guard count < precision else { return text.upTo(end) }
            end = rune.range.upperBound
        }
        return text
    }

    private func hexadecimal(_ text: Text, isUpper: Bool, to builder: inout TextBuilder) {
        let digits = Array((isUpper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        let bytes = flags.precision.map { text.upTo($0) } ?? text
        let prefix = flags.sharp ? (isUpper ? "0X" : "0x") : ""
        var width = 0
        if !bytes.isEmpty {
            width = 2 * bytes.count + prefix.utf8.count
            if flags.space { width += (bytes.count - 1) * (1 + prefix.utf8.count) }
        }
        let padding = (flags.width ?? 0) - width
        let filler = flags.zero && !flags.minus ? UInt8(ascii: "0") : UInt8(ascii: " ")
        if !flags.minus { builder.append(filler, times: padding) }
        for (index, byte) in bytes.enumerated() {
            if index == 0 || flags.space {
                if index > 0 { builder.append(" ") }
                builder.append(prefix)
            }
            builder.append(digits[Int(byte >> 4)])
            builder.append(digits[Int(byte & 15)])
        }
        if flags.minus { builder.append(UInt8(ascii: " "), times: padding) }
    }

    private func quote(_ text: Text, to builder: inout TextBuilder) {
        let padding = (flags.width ?? 0) - (flags.width == nil ? 0 : Quoting.width(text, flags))
        let filler = flags.zero && !flags.minus ? UInt8(ascii: "0") : UInt8(ascii: " ")
        if !flags.minus { builder.append(filler, times: padding) }
        if flags.sharp, Quoting.fitsBackquotes(text) {
            builder.append("`")
            builder.append(text)
            builder.append("`")
        } else {
            Quoting.append(text, asciiOnly: flags.plus, to: &builder)
        }
        if flags.minus { builder.append(UInt8(ascii: " "), times: padding) }
    }

    // MARK: Padding

    func pad(_ text: String, to builder: inout TextBuilder) { padText(Text(text), to: &builder) }

    func padText(_ text: Text, to builder: inout TextBuilder) {
        guard let width = flags.width else { return builder.append(text) }
        let padding = width - text.runeCount
        if flags.minus {
            builder.append(text)
            builder.append(UInt8(ascii: " "), times: padding)
        } else {
            builder.append(flags.zero ? UInt8(ascii: "0") : UInt8(ascii: " "), times: padding)
            builder.append(text)
        }
    }
}
