/// YAML as sigs.k8s.io/yaml writes it, with go-yaml 2's style.
struct YAMLWriter {
    let engine: Engine
    private var column = 0

    init(engine: Engine) { self.engine = engine }

    mutating func write(_ value: Value, to builder: inout TextBuilder) throws(FunctionFailure) {
        try write(value, indent: 0, depth: 0, to: &builder)
    }

    private mutating func write(
        _ value: Value, indent: Int, depth: Int, to builder: inout TextBuilder
    ) throws(FunctionFailure) {
        try engine.charge(steps: 1)
        guard depth <= engine.template.limits.depth else { throw FunctionFailure("lists and dicts too deep") }
        switch value {
        case .list(let list) where !list.elements.isEmpty:
            for (index, element) in list.elements.enumerated() {
                if index > 0 { line(indent, &builder) }
                builder.append("- ")
                column += 2
                let inner = element.isCollection ? indent + 2 : indent
                try write(element, indent: inner, depth: depth + 1, to: &builder)
            }
        case .dict(let dict) where !dict.members.isEmpty:
            let members = dict.members.sorted { YAMLKeys.precedes($0.key, $1.key) }
            for (index, member) in members.enumerated() {
                if index > 0 { line(indent, &builder) }
                let before = builder.count
                YAMLScalar.write(member.key, indent: indent, column: column, isKey: true, to: &builder)
                builder.append(":")
                column += builder.count - before
                try self.value(member.value, indent: indent, depth: depth, to: &builder)
            }
        default: try scalar(value, indent: indent, to: &builder)
        }
    }

    private mutating func value(
        _ value: Value, indent: Int, depth: Int, to builder: inout TextBuilder
    ) throws(FunctionFailure) {
        switch value {
        case .list(let list) where !list.elements.isEmpty:
            line(indent, &builder)
            try write(value, indent: indent, depth: depth + 1, to: &builder)
        case .dict(let dict) where !dict.members.isEmpty:
            line(indent + 2, &builder)
            try write(value, indent: indent + 2, depth: depth + 1, to: &builder)
        default:
            builder.append(" ")
            column += 1
            try scalar(value, indent: indent, to: &builder)
        }
    }

    private mutating func line(_ indent: Int, _ builder: inout TextBuilder) {
        builder.append("\n")
        builder.append(UInt8(ascii: " "), times: indent)
        column = indent
    }

    private func scalar(_ value: Value, indent: Int, to builder: inout TextBuilder) throws(FunctionFailure) {
        switch value {
        case .none, .null: builder.append("null")
        case .bool(let bool): builder.append(bool ? "true" : "false")
        case .int(let integer, _): builder.append("\(integer)")
        case .float(let float):
            if let integer = Int64(exactly: float) {
                builder.append("\(integer)")
            } else {
                builder.append(NumberFormat.shortest(float))
            }
        case .complex: throw FunctionFailure("YAML has no complex numbers")
        case .string(let text):
            YAMLScalar.write(text, indent: indent, column: column, isKey: false, to: &builder)
        case .time(let time):
            YAMLScalar.write(Text(time.rfc3339), indent: indent, column: column, isKey: false, to: &builder)
        case .version(let version):
            YAMLScalar.write(
                Text(version.description), indent: indent, column: column, isKey: false, to: &builder)
        case .list(let list): builder.append(list.isNil ? "null" : "[]")
        case .dict: builder.append("{}")
        }
    }
}

extension Value {
    fileprivate var isCollection: Bool {
        switch self {
        case .list(let list): !list.elements.isEmpty
        case .dict(let dict): !dict.members.isEmpty
        default: false
        }
    }
}

/// go-yaml's order of keys: letters after all else, digits by their number.
enum YAMLKeys {
    static func precedes(_ left: Text, _ right: Text) -> Bool {
        let a = Array(left.runes.map(\.scalar))
        let b = Array(right.runes.map(\.scalar))
        var digits = false
        for index in 0..<min(a.count, b.count) {
            if a[index] == b[index] {
                digits = a[index].isGoDigit
                continue
            }
            let (aLetter, bLetter) = (a[index].isGoLetter, b[index].isGoLetter)
            if aLetter, bLetter { return a[index].value < b[index].value }
            if aLetter || bLetter { return digits ? aLetter : bLetter }
            var aEnd = index
            var bEnd = index
            if a[index] == "0" || b[index] == "0" {
                var before = index - 1
                while before >= 0, a[before].isGoDigit {
                    if a[before] != "0" { break }
                    before -= 1
                }
            }
            var aNumber = 0
            var bNumber = 0
            while aEnd < a.count, a[aEnd].isGoDigit, aEnd - index < 18 {
                aNumber = aNumber * 10 + Int(a[aEnd].value) - 48
                aEnd += 1
            }
            while bEnd < b.count, b[bEnd].isGoDigit, bEnd - index < 18 {
                bNumber = bNumber * 10 + Int(b[bEnd].value) - 48
                bEnd += 1
            }
            if aNumber != bNumber { return aNumber < bNumber }
            if aEnd != bEnd { return aEnd < bEnd }
            return a[index].value < b[index].value
        }
        return a.count < b.count
    }
}
