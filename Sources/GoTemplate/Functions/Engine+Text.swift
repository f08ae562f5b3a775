extension Engine {
    /// What Sprig's `strval` makes of a value: a string as it is, else what `%v` prints.
    func plain(_ value: Value) throws(FunctionFailure) -> Text {
        if case .string(let text) = value { return text }
        return try text { (builder) throws(FunctionFailure) in
            var printer = Printer(engine: self)
            try printer.print(value, verb: "v", to: &builder)
        }
    }

    /// Sprig's `strslice`: the elements of a list without nils, else the value alone.
    func texts(_ value: Value) throws(FunctionFailure) -> [Text] {
        switch value {
        case .none, .null: return []
        case .list(let list):
            try charge(steps: list.elements.count / 4)
            var texts: [Text] = []
            for element in list.elements where !element.isNil { texts.append(try plain(element)) }
            return texts
        default: return [try plain(value)]
        }
    }
}
