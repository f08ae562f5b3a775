package import Plan
import SecretMemory
import Vault

extension Renderer {
    /// Bytes of one `NAME=value` with its end that the kernel takes: execve(2), MAX_ARG_STRLEN.
    private static let longest = 128 * 1024

    /// The variables of all selections that ask for them (contract, section 6).
    ///
    /// Two fields that become one variable are an error, be they of one record or of two: which one an app
    /// would see would depend on an order that nobody looks at.
    ///
    /// - Throws: `RenderFailure` with every field that cannot be a variable.
    package func environment(of selections: [Selection]) throws(RenderFailure) -> RenderedEnvironment {
        var entries: [EnvironmentEntry] = []
        var warnings: [RenderWarning] = []
        var owners: [String: String] = [:]
        var errors: [RenderError] = []
        for selection in selections {
            guard let wanted = selection.environment else { continue }
            do throws(RenderError) {
                let found = try variables(of: selection, wanted)
                warnings += found.warnings.map { RenderWarning(origin: selection.origin, message: $0) }
                for entry in found.entries {
                    if let owner = owners[entry.name] {
                        // The same field once more, as by its record's title and by its uid.
                        if owner == entry.origin { continue }
                        errors.append(
                            selection.error(.variableTwice(entry.name, sources: [owner, entry.origin])))
                        continue
                    }
                    owners[entry.name] = entry.origin
                    entries.append(entry)
                }
            } catch {
                errors.append(error)
            }
        }
        let rendered = RenderedEnvironment(entries: entries, warnings: warnings)
        if errors.isEmpty, let last = selections.last(where: { $0.environment != nil }) {
            let size = rendered.file.count
            if size > limits.file {
                errors.append(last.error(.environmentTooLarge(size: size, limit: limits.file)))
            }
        }
        guard errors.isEmpty else { throw RenderFailure(errors: errors) }
        return rendered
    }

    private func variables(
        of selection: Selection, _ wanted: EnvironmentVariables
    ) throws(RenderError) -> (entries: [EnvironmentEntry], warnings: [String]) {
        guard case .record = selection.target else {
            throw selection.error(.notAvailable("variables of less than a record are"))
        }
        let (record, fields, found) = try fields(of: selection)
        var warnings = found
        for name in wanted.names { try require(name.field, of: record, selection) }
        let unsafe = fields.filter { field in !wanted.names.contains { $0.field == field.key } }
        if wanted.prefix.isEmpty { warnings += EnvFormat.warnings(for: unsafe) }
        var entries: [EnvironmentEntry] = []
        for field in fields {
            let own = wanted.names.first { $0.field == field.key }
            let name = own?.name ?? EnvironmentVariables.name(for: field.key, prefix: wanted.prefix)
            let value = RawFormat.bytes(of: field.values.map(NotationValue.json))
            guard value.withUnsafeBytes({ !$0.contains(0) }) else {
                throw selection.error(.nulInVariable(key: field.key, record: record.title))
            }
            guard name.utf8.count + value.count + 2 <= Self.longest else {
                throw selection.error(
                    .variableTooLong(key: field.key, record: record.title, limit: Self.longest))
            }
            entries.append(
                EnvironmentEntry(
                    name: name, value: value, replaces: own != nil,
                    origin: "record \(quoted(record.title)) (\(record.uid)), field \(quoted(field.key))"))
        }
        return (entries, warnings)
    }
}

extension EnvironmentVariables {
    /// Prefix and key, the key in capitals; what is no letter, digit or `_` of ASCII becomes `_`, and a digit
    /// in front gets one (contract, section 6).
    package static func name(for key: String, prefix: String) -> String {
        let name = EnvFormat.variableName(for: key)
        guard !prefix.isEmpty, let first = key.unicodeScalars.first, ("0"..."9").contains(first) else {
            return prefix + name
        }
        // Behind a prefix the digit is not in front.
        return prefix + String(name.dropFirst())
    }
}
