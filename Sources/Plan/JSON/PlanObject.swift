import SecretMemory

/// An object of the Plan's JSON whose keys are known, and where it stands.
struct PlanObject {
    let place: String
    private var values: [String: JSONValue] = [:]

    /// - Throws: `PlanError` when it is no object, or has a key twice, or one that is not in `keys`.
    init(_ value: JSONValue, place: String, keys: [String]) throws(PlanError) {
        guard value.kind == .object else { throw PlanError(place: place, reason: "is not an object") }
        self.place = place
        for member in value.members {
            let key = member.key.string ?? ""
            guard keys.contains(key) else {
                let near = nearest(to: key, among: keys, limit: 1).first.map { ", is \"\($0)\" meant?" } ?? ""
                throw PlanError(place: place, reason: "unknown key \(quoted(key))" + near)
            }
            guard values[key] == nil else {
                throw PlanError(place: place, reason: "has the key \"\(key)\" twice")
            }
            values[key] = member.value
        }
    }

    /// Those that are there, sorted.
    var keys: [String] { values.keys.sorted() }

    func has(_ key: String) -> Bool { values[key] != nil }

    func value(_ key: String) throws(PlanError) -> JSONValue {
        guard let value = values[key] else { throw PlanError(place: place(of: key), reason: "is missing") }
        return value
    }

    func string(_ key: String) throws(PlanError) -> String {
        guard let text = try value(key).string else {
            throw PlanError(place: place(of: key), reason: "is not a string")
        }
        return text
    }

    func bool(_ key: String) throws(PlanError) -> Bool {
        guard let flag = try value(key).bool else {
            throw PlanError(place: place(of: key), reason: "is neither true nor false")
        }
        return flag
    }

    func duration(_ key: String) throws(PlanError) -> Duration {
        let text = try string(key)
        do throws(GoDurationError) {
            return try Duration(go: text)
        } catch {
            throw PlanError(place: place(of: key), reason: "is no duration: it " + error.reason)
        }
    }

    func path(_ key: String) throws(PlanError) -> AbsolutePath {
        try PlanObject.path(try value(key), place(of: key))
    }

    /// The elements of an array with their places.
    func array(_ key: String) throws(PlanError) -> [(JSONValue, String)] {
        let value = try value(key)
        guard value.kind == .array else { throw PlanError(place: place(of: key), reason: "is not a list") }
        return value.elements.enumerated().map { ($1, "\(place(of: key))[\($0)]") }
    }

    static func path(_ value: JSONValue, _ place: String) throws(PlanError) -> AbsolutePath {
        guard let text = value.string else { throw PlanError(place: place, reason: "is not a string") }
        do throws(AbsolutePathError) {
            return try AbsolutePath(text)
        } catch {
            throw PlanError(place: place, reason: "\(quoted(text)) \(error)")
        }
    }

    func strings(_ key: String) throws(PlanError) -> [String] {
        try array(key).map { value, place throws(PlanError) in
            guard let text = value.string else { throw PlanError(place: place, reason: "is not a string") }
            return text
        }
    }

    func number<Number: FixedWidthInteger>(
        _ key: String, upTo limit: Number
    ) throws(PlanError) -> Number {
        guard let value = try value(key).integer, let number = Number(exactly: value),
            (0...limit).contains(number)
        else { throw PlanError(place: place(of: key), reason: "is no number from 0 to \(limit)") }
        return number
    }

    /// One of the words of an enumeration.
    func word<Word: RawRepresentable<String> & CaseIterable>(_ key: String) throws(PlanError) -> Word {
        let text = try string(key)
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw PlanError(place: place(of: key), reason: "\(quoted(text)) is none of \(words)")
        }
        return word
    }

    func object(_ key: String, keys: [String]) throws(PlanError) -> PlanObject {
        try PlanObject(try value(key), place: place(of: key), keys: keys)
    }

    /// A map of texts, sorted by key; a missing one is empty.
    func names(_ key: String) throws(PlanError) -> [FieldName] {
        guard has(key) else { return [] }
        let value = try value(key)
        guard value.kind == .object else {
            throw PlanError(place: place(of: key), reason: "is not an object")
        }
        var names: [FieldName] = []
        for member in value.members {
            guard let field = member.key.string, let name = member.value.string,
                !names.contains(where: { $0.field == field })
            else { throw PlanError(place: place(of: key), reason: "is no map of texts, each key once") }
            names.append(FieldName(field: field, name: name))
        }
        return names.sorted { $0.field < $1.field }
    }

    private func place(of key: String) -> String { place.isEmpty ? key : place + "." + key }
}
