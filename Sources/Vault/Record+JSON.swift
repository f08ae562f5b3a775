package import SecretMemory

extension Record {
    /// Reads a record's decrypted `data`: `{title, type, notes?, fields[], custom[]}`.
    ///
    /// As tolerant as the official client: what has another shape than expected counts as absent.
    /// - Returns: `nil` when `data` is no object.
    package init?(uid: String, data: JSONValue) {
        guard data.kind == .object else { return nil }
        self.init(
            uid: uid, title: data["title"]?.string ?? "", type: data["type"]?.string ?? "",
            fields: Field.list(data["fields"]), custom: Field.list(data["custom"]))
        if let notes = data["notes"], notes.kind == .string { self.notes = notes }
    }
}

extension Field {
    fileprivate static func list(_ value: JSONValue?) -> [Field] {
        (value?.elements ?? []).compactMap { field in
            guard field.kind == .object else { return nil }
            return Field(
                type: field["type"]?.string ?? "", label: field["label"]?.string,
                values: field["value"]?.elements ?? [])
        }
    }
}
