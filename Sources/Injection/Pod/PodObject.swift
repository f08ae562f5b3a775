package import JSONText

/// An object of a pod, read as the API server reads it: `null` is as good as missing, and what it could
/// understand in another way than we (a key given twice) is refused.
package struct PodObject {
    package let view: JSONView
    package let place: PodPlace

    package init(_ view: JSONView, _ place: PodPlace) throws(PodError) {
        guard view.kind == .object else {
            throw PodError(place: place.description, problem: "is not an object")
        }
        self.view = view
        self.place = place
    }

    package func value(_ key: StaticString) throws(PodError) -> JSONView? {
        guard let (value, repeated) = view.member(key) else { return nil }
        guard !repeated else { throw place.error(key, "is given twice") }
        return value.kind == .null ? nil : value
    }

    package func object(_ key: StaticString, _ place: PodPlace) throws(PodError) -> PodObject? {
        guard let value = try value(key) else { return nil }
        return try PodObject(value, place)
    }

    package func array(_ key: StaticString) throws(PodError) -> JSONView? {
        guard let value = try value(key) else { return nil }
        guard value.kind == .array else { throw place.error(key, "is not a list") }
        return value
    }

    package func string(_ key: StaticString) throws(PodError) -> String? {
        guard let value = try value(key) else { return nil }
        guard let string = value.string else { throw place.error(key, "is not a string") }
        return string
    }

    package func boolean(_ key: StaticString) throws(PodError) -> Bool? {
        guard let value = try value(key) else { return nil }
        guard value.kind == .true || value.kind == .false else {
            throw place.error(key, "is not true or false")
        }
        return value.kind == .true
    }

    /// A uid or gid.
    package func identifier(_ key: StaticString) throws(PodError) -> UInt32? {
        guard let value = try value(key) else { return nil }
        return try PodObject.identifier(value, place, key)
    }

    static func identifier(
        _ value: JSONView, _ place: PodPlace, _ key: StaticString
    ) throws(PodError) -> UInt32 {
        guard let number = value.integer, let identifier = UInt32(exactly: number) else {
            throw place.error(key, "is not a whole number from 0 to \(UInt32.max)")
        }
        return identifier
    }
}
