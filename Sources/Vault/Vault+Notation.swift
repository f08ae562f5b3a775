package import Plan
import SecretMemory

extension Vault {
    /// What a notation selects (KSM-PROTOCOL, section 5), as the official client's
    /// `get_notation_results` finds it.
    ///
    /// - Parameter path: the names of the folders the record lies in, from the top; empty: anywhere.
    /// - Throws: `LookupError`; two records of the title, two fields or two files of the name are
    ///   errors always.
    package func values(
        of notation: Notation, in path: [String] = []
    ) throws(LookupError) -> NotationResult {
        try record(notation.record, in: path, strict: true).record.values(of: notation.selector)
    }
}

extension Record {
    /// What a notation selects of the record it names.
    package func values(of selector: Notation.Selector) throws(LookupError) -> NotationResult {
        switch selector {
        case .type: return .values([.text(type)])
        case .title: return .values([.text(title)])
        case .notes: return .values(notes.map { [.json($0)] } ?? [])
        case .field(let name, let index):
            let elsewhere = custom.contains { $0.has(name: name) } ? "custom_field/\(name)" : nil
            return .values(
                try values(of: name, in: fields, index: index, elsewhere: elsewhere))
        case .customField(let name, let index):
            let elsewhere = fields.contains { $0.has(name: name) } ? "field/\(name)" : nil
            return .values(
                try values(of: name, in: custom, index: index, elsewhere: elsewhere))
        case .file(let name): return .attachment(try attachment(name))
        }
    }
}

extension Record {
    /// Finds an attachment by name, title or uid.
    /// - Throws: `noFile`, `ambiguousFile`.
    package func attachment(_ name: String) throws(LookupError) -> Attachment {
        let matches = attachments.filter {
            isSame($0.name, name) || isSame($0.title, name) || isSame($0.uid, name)
        }
        guard let first = matches.first else {
            let names = Set(attachments.flatMap { [$0.name, $0.title] })
            throw .noFile(name, record: title, nearest: nearest(to: name, among: names))
        }
        guard matches.count == 1 else {
            throw .ambiguousFile(name, record: title, uids: matches.map(\.uid))
        }
        return first
    }

    fileprivate func values(
        of name: String, in fields: [Field], index: Notation.Index, elsewhere: String?
    ) throws(LookupError) -> [NotationValue] {
        let matches = fields.filter { $0.has(name: name) }
        guard let field = matches.first else {
            let names = Set(fields.flatMap { [$0.label, $0.type].compactMap(\.self) })
            throw .noField(
                name, record: title, nearest: nearest(to: name, among: names), elsewhere: elsewhere)
        }
        guard matches.count == 1 else {
            throw .ambiguousField(name, record: title, count: matches.count)
        }
        var values = field.values
        if let position = index.position {
            guard position < values.count else {
                throw .indexOutOfBounds(position, count: values.count, field: name, record: title)
            }
            values = [values[position]]
        }
        guard let property = index.property else { return values.map(NotationValue.json) }
        // Not every object has every property (a name without a middle name): those are skipped.
        return values.compactMap { $0[property].map(NotationValue.json) }
    }
}

extension Field {
    fileprivate func has(name: String) -> Bool {
        isSame(type, name) || label.map { isSame($0, name) } == true
    }
}
