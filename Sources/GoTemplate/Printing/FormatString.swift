/// Go's `fmt.Sprintf`: the format with its arguments.
struct FormatString {
    private let format: Text
    private let arguments: ArraySlice<Value>
    private var printer: Printer
    private var index = 0
    private var argument = 0
    private var isReordered = false
    private var isGoodIndex = true

    static func print(
        _ format: Text, _ arguments: ArraySlice<Value>, engine: Engine, to builder: inout TextBuilder
    ) throws(FunctionFailure) {
        var run = FormatString(
            format: format, arguments: ArraySlice(Array(arguments)), printer: Printer(engine: engine))
        try run.run(to: &builder)
    }

    private init(format: Text, arguments: ArraySlice<Value>, printer: Printer) {
        self.format = format
        self.arguments = arguments
        self.printer = printer
    }

    private var byte: UInt8 { index < format.count ? format[index] : 0 }

    private mutating func run(to builder: inout TextBuilder) throws(FunctionFailure) {
        while index < format.count {
            isGoodIndex = true
            let start = index
            while index < format.count, byte != UInt8(ascii: "%") { index += 1 }
            builder.append(format.part(start..<index))
            guard index < format.count else { break }
            index += 1
            try directive(to: &builder)
        }
        try reportExtra(to: &builder)
    }

    private mutating func directive(to builder: inout TextBuilder) throws(FunctionFailure) {
        printer.flags = Printer.Flags()
        readFlags()
        var afterIndex = readIndex()
        if byte == UInt8(ascii: "*"), index < format.count {
            index += 1
            let width = takeNumber()
            if width == nil { builder.append("%!(BADWIDTH)") }
            if let width, width < 0 {
                printer.flags.minus = true
                printer.flags.zero = false
            }
            printer.flags.width = width.map { abs($0) }
            afterIndex = false
        } else {
            printer.flags.width = readNumber()
            if afterIndex, printer.flags.width != nil { isGoodIndex = false }
        }
        if byte == UInt8(ascii: "."), index < format.count {
            index += 1
            if afterIndex { isGoodIndex = false }
            afterIndex = readIndex()
            if byte == UInt8(ascii: "*"), index < format.count {
                index += 1
                let precision = takeNumber()
                printer.flags.precision = precision.flatMap { $0 < 0 ? nil : $0 }
                if printer.flags.precision == nil { builder.append("%!(BADPREC)") }
                afterIndex = false
            } else {
                printer.flags.precision = readNumber() ?? 0
            }
        }
        if !afterIndex { _ = readIndex() }
        guard index < format.count else { return builder.append("%!(NOVERB)") }
        let rune = format.rune(at: index)
        index = rune.range.upperBound
        try verb(rune.scalar, to: &builder)
    }

    private mutating func verb(
        _ verb: UnicodeScalar, to builder: inout TextBuilder
    ) throws(FunctionFailure) {
        if verb == "%" { return builder.append("%") }
        guard isGoodIndex, argument < arguments.count else {
            builder.append("%!")
            builder.append(verb)
            return builder.append(isGoodIndex ? "(MISSING)" : "(BADINDEX)")
        }
        if verb == "v" {
            printer.flags.sharpV = printer.flags.sharp
            printer.flags.sharp = false
            printer.flags.plusV = printer.flags.plus
            printer.flags.plus = false
        }
        let value = arguments[argument]
        argument += 1
        try printer.print(value, verb: verb, to: &builder)
    }

    private mutating func reportExtra(to builder: inout TextBuilder) throws(FunctionFailure) {
        guard !isReordered, argument < arguments.count else { return }
        printer.flags = Printer.Flags()
        builder.append("%!(EXTRA ")
        for (position, value) in arguments[argument...].enumerated() {
            if position > 0 { builder.append(", ") }
            if !value.isNil { builder.append(value.typeName + "=") }
            try printer.print(value, verb: "v", to: &builder)
        }
        builder.append(")")
    }

    private mutating func readFlags() {
        while index < format.count {
            switch byte {
            case UInt8(ascii: "#"): printer.flags.sharp = true
            case UInt8(ascii: "0"): printer.flags.zero = true
            case UInt8(ascii: "+"): printer.flags.plus = true
            case UInt8(ascii: "-"): printer.flags.minus = true
            case UInt8(ascii: " "): printer.flags.space = true
            default: return
            }
            index += 1
        }
    }

    /// A number in the format, up to a million.
    private mutating func readNumber() -> Int? {
        var number: Int?
        while index < format.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            let next = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
            // As Go: too large is none, and the digits after are the verb.
            guard next <= 1_000_000 else { return nil }
            number = next
            index += 1
        }
        return number
    }

    /// An argument for `*`.
    private mutating func takeNumber() -> Int? {
        guard argument < arguments.count else { return nil }
        defer { argument += 1 }
        guard case .int(let number, _) = arguments[argument], number.magnitude <= 1_000_000 else {
            return nil
        }
        return Int(number)
    }

    /// `[n]`.
    /// - Returns: whether there was a good one.
    private mutating func readIndex() -> Bool {
        guard index < format.count, byte == UInt8(ascii: "[") else { return false }
        isReordered = true
        guard format.count - index >= 3,
            let end = (index + 1..<format.count).first(where: { format[$0] == UInt8(ascii: "]") })
        else {
            index += 1
            isGoodIndex = false
            return false
        }
        index += 1
        let number = readNumber()
        let isWhole = index == end
        index = end + 1
        guard let number, isWhole, number >= 1, number <= arguments.count else {
            isGoodIndex = false
            return number != nil && isWhole
        }
        argument = number - 1
        return true
    }
}
