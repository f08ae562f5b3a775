import SecretMemory
import Vault

extension Vault {
    /// The same records with their titles and names, and values that say what they stand for: to look at
    /// a template's result with nobody's secret in it.
    ///
    /// - Throws: `JSONError` never in practice: what is parsed was written here.
    func withSampleValues() throws -> Vault {
        var sample = self
        for index in sample.records.indices {
            sample.records[index].fields = try sample.records[index].fields.map { try $0.withSampleValues() }
            sample.records[index].custom = try sample.records[index].custom.map { try $0.withSampleValues() }
            if sample.records[index].notes != nil {
                sample.records[index].notes = try JSONDocument(parsing: SecretBytes("\"sample-notes\"".utf8))
                    .root
            }
        }
        return sample
    }
}

extension Attachment {
    /// In place of what would have been downloaded.
    var sampleContent: SecretBytes { SecretBytes("sample content of \(name)\n".utf8) }
}

extension Field {
    fileprivate func withSampleValues() throws -> Field {
        var sample = self
        let name = label.flatMap { $0.isEmpty ? nil : $0 } ?? type
        var text = SecretBuffer()
        text.append("[")
        for (position, value) in values.enumerated() {
            if position > 0 { text.append(",") }
            value.appendSample(named: position == 0 ? name : "\(name)-\(position + 1)", type: type, to: &text)
        }
        text.append("]")
        sample.values = try JSONDocument(parsing: text.finish()).root.elements
        return sample
    }
}

extension JSONValue {
    /// Appends JSON of the same shape. What is empty stays so, since templates ask for it.
    fileprivate func appendSample(named name: String, type: String, to buffer: inout SecretBuffer) {
        switch kind {
        case .null: buffer.append("null")
        case .true, .false: buffer.append("true")
        case .number: buffer.append("1")
        case .string:
            let isEmpty = withText(\.isEmpty)
            buffer.appendJSONString(isEmpty ? "" : Self.sample(named: name, type: type))
        case .array:
            buffer.append("[")
            for (position, element) in elements.enumerated() {
                if position > 0 { buffer.append(",") }
                element.appendSample(named: name, type: type, to: &buffer)
            }
            buffer.append("]")
        case .object:
            buffer.append("{")
            for (position, member) in members.enumerated() {
                if position > 0 { buffer.append(",") }
                let key = member.key.string ?? ""
                buffer.appendJSONString(key)
                buffer.append(":")
                member.value.appendSample(named: "\(name)-\(key)", type: key, to: &buffer)
            }
            buffer.append("}")
        }
    }

    /// What templates take apart keeps its form.
    private static func sample(named name: String, type: String) -> String {
        switch type {
        case "url": "https://sample.example/\(name)"
        case "email": "\(name)@sample.example"
        default: "sample-\(name)"
        }
    }
}
