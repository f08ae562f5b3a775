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

    private func place(of key: String) -> String { place.isEmpty ? key : place + "." + key }
}
