import GoTemplate
import KeeperCrypto
package import Plan
package import SecretMemory
import TemplateSyntax
package import Vault

/// Makes files of selections: `(Selection, Vault) → RenderedFile`.
///
///     let renderer = Renderer(vault: vault, strictLookup: plan.strictLookup)
///     let files = try renderer.render(plan.selections, attachment: fetcher.download)
///
/// It does no I/O; the one who calls fetches attachments.
package struct Renderer: Sendable {
    private let vault: Vault
    private let strictLookup: Bool
    private let strictTemplates: Bool
    let limits: RenderLimits
    private let earlier: [AbsolutePath: EarlierFile]

    /// - Parameters:
    ///   - strictLookup: two records of one title are an error.
    ///   - strictTemplates: a missing key of a template is an error.
    ///   - earlier: files of the last time that are not the same when they are made again: of templates with
    ///     random or time functions.
    package init(
        vault: Vault, strictLookup: Bool, strictTemplates: Bool = false,
        limits: RenderLimits = RenderLimits(), earlier: [AbsolutePath: EarlierFile] = [:]
    ) {
        self.vault = vault
        self.strictLookup = strictLookup
        self.strictTemplates = strictTemplates
        self.limits = limits
        self.earlier = earlier
    }

    /// All files of a Plan, each path once, in the order of the selections.
    ///
    /// - Parameter attachment: fetches an attachment's content.
    /// - Throws: `RenderFailure` with every selection that cannot be written.
    package func render<Failure: ExplainedError>(
        _ selections: [Selection], attachment: (Attachment) throws(Failure) -> SecretBytes
    ) throws(RenderFailure) -> [RenderedFile] {
        var files: [RenderedFile] = []
        var positions: [AbsolutePath: Int] = [:]
        var errors: [RenderError] = []
        var size = 0
        for selection in selections {
            do throws(RenderError) {
                let file = try render(selection, attachment: attachment)
                if let position = positions[file.path] {
                    // Two titles may make one name, and two selections may mean one record.
                    let other = files[position]
                    guard other.mode == file.mode, other.content.hasSameBytes(as: file.content) else {
                        throw selection.error(.samePath(file.path, other: other.origin))
                    }
                    continue
                }
                size += file.content.count
                guard size <= limits.all else {
                    throw selection.error(.allTooLarge(size: size, limit: limits.all))
                }
                positions[file.path] = files.count
                files.append(file)
            } catch {
                errors.append(error)
                if case .allTooLarge = error.reason { break }
            }
        }
        guard errors.isEmpty else { throw RenderFailure(errors: errors) }
        return files
    }

    /// The file of one selection.
    ///
    /// - Parameter attachment: fetches an attachment's content.
    package func render<Failure: ExplainedError>(
        _ selection: Selection, attachment: (Attachment) throws(Failure) -> SecretBytes
    ) throws(RenderError) -> RenderedFile {
        var found = try find(selection)
        let path = try path(of: selection, record: found.record)
        let content = try write(&found, selection, path, attachment)
        guard content.count <= limits.file else {
            throw selection.error(.tooLarge(size: Int64(content.count), limit: limits.file))
        }
        return RenderedFile(
            path: path, content: content, origin: selection.origin, mode: selection.mode,
            warnings: found.warnings.map { RenderWarning(origin: selection.origin, message: $0) },
            source: found.source)
    }

    /// What a selection means in this vault.
    private struct Found {
        var content: Content
        let record: Record
        var warnings: [String] = []
        var source: FileSource

        init(_ content: Content, of record: Record) {
            self.content = content
            self.record = record
            source = FileSource(record: record.uid, revision: record.revision)
        }

        mutating func warn(aboutShadowed names: [String]) {
            warnings += names.map {
                "record \(quoted(record.title)) has several fields \(quoted($0)), one of them is written"
            }
        }
    }

    private enum Content {
        /// Fields with their names; `whole` when they are all of the record's.
        case fields([FieldMap.Entry], whole: Bool)
        case values([NotationValue])
        case attachment(Attachment)
    }

    private func find(_ selection: Selection) throws(RenderError) -> Found {
        switch selection.target {
        case .record(let name):
            var found = try find(name, selection)
            let map = FieldMap(found.record)
            let wanted = selection.fields
            for name in wanted { _ = try entry(name, of: found.record, selection) }
            found.content = .fields(
                map.entries.filter { wanted.isEmpty || wanted.contains($0.key) }, whole: wanted.isEmpty)
            found.warn(aboutShadowed: map.shadowed.filter { wanted.isEmpty || wanted.contains($0) })
            return found
        case .field(let name, let field):
            var found = try find(name, selection)
            found.content = .fields([try entry(field, of: found.record, selection)], whole: false)
            found.warn(aboutShadowed: FieldMap(found.record).shadowed.filter { $0 == field })
            return found
        case .attachment(let name, let file):
            var found = try find(name, selection)
            do throws(LookupError) {
                found.content = .attachment(try found.record.attachment(file))
            } catch {
                throw selection.error(.lookup(error))
            }
            return found
        case .notation(let notation, let folder):
            do throws(LookupError) {
                let record = try vault.record(notation.record, in: folder, strict: true).record
                switch try record.values(of: notation.selector) {
                case .values(let values): return Found(.values(values), of: record)
                case .attachment(let attachment): return Found(.attachment(attachment), of: record)
                }
            } catch {
                throw selection.error(.lookup(error))
            }
        }
    }

    /// The fields of a whole record that a selection asks for, and what is to be said about them.
    func fields(
        of selection: Selection
    ) throws(RenderError) -> (record: Record, fields: [FieldMap.Entry], warnings: [String]) {
        let found = try find(selection)
        guard case .fields(let entries, _) = found.content else { return (found.record, [], found.warnings) }
        return (found.record, entries, found.warnings)
    }

    /// - Throws: `noField`, with the nearest names.
    func require(_ name: String, of record: Record, _ selection: Selection) throws(RenderError) {
        _ = try entry(name, of: record, selection)
    }

    private func find(_ name: String, _ selection: Selection) throws(RenderError) -> Found {
        do throws(LookupError) {
            let (record, others) = try vault.record(name, strict: strictLookup)
            var found = Found(.values([]), of: record)
            if !others.isEmpty {
                found.warnings.append(
                    "several records have the title \(quoted(name)): \(record.uid) is taken, not "
                        + others.prefix(10).joined(separator: ", "))
            }
            return found
        } catch {
            throw selection.error(.lookup(error))
        }
    }

    private func entry(
        _ name: String, of record: Record, _ selection: Selection
    ) throws(RenderError) -> FieldMap.Entry {
        let map = FieldMap(record)
        if let entry = map[name] { return entry }
        let typed = (record.fields + record.custom).filter { $0.type == name }.compactMap(\.label)
        throw selection.error(
            .noField(name, record: record.title, nearest: nearest(to: name, among: map.keys), typed: typed))
    }

    private func write<Failure: ExplainedError>(
        _ found: inout Found, _ selection: Selection, _ path: AbsolutePath,
        _ attachment: (Attachment) throws(Failure) -> SecretBytes
    ) throws(RenderError) -> SecretBytes {
        switch (found.content, selection.format) {
        case (.fields(let entries, _), .json): return JSONFormat.file(of: entries)
        case (.fields(let entries, _), .env):
            found.warnings += EnvFormat.warnings(for: entries)
            return try selection.naming { () throws(FormatProblem) in try EnvFormat.file(of: entries) }
        case (.fields(let entries, _), .properties): return PropertiesFormat.file(of: entries)
        case (.fields(let entries, _), .yaml): return YAMLFormat.file(of: entries)
        case (.fields(let entries, _), .ini):
            return try selection.naming { () throws(FormatProblem) in try INIFormat.file(of: entries) }
        case (.fields(let entries, _), .template(let source)):
            return try template(source, entries, &found, selection, path)
        case (.fields(let entries, let whole), .raw):
            guard let entry = entries.first, entries.count == 1 || !whole else {
                throw selection.error(
                    .notOneField(record: found.record.title, names: entries.map(\.key)))
            }
            if entry.isEmpty { found.warnings.append("field \(quoted(entry.key)) is empty") }
            return RawFormat.bytes(of: entry.values.map(NotationValue.json))
        case (.values(let values), .raw):
            if values.isEmpty { found.warnings.append("the notation selects no value, the file is empty") }
            return RawFormat.bytes(of: values)
        case (.values(let values), .json): return JSONFormat.file(of: values)
        case (.values(let values), .yaml): return YAMLFormat.file(of: values)
        case (.attachment(let file), .raw):
            found.source.attachment = file.version
            // Before it is downloaded; what was downloaded is measured again.
            guard file.size <= limits.file else {
                throw selection.error(.tooLarge(size: file.size, limit: limits.file))
            }
            do throws(Failure) {
                return try attachment(file)
            } catch {
                throw selection.error(.attachment(error))
            }
        case (.values, _), (.attachment, _):
            throw selection.error(.needsRecord(selection.format))
        }
    }

    private func template(
        _ source: String, _ entries: [FieldMap.Entry], _ found: inout Found, _ selection: Selection,
        _ path: AbsolutePath
    ) throws(RenderError) -> SecretBytes {
        let record = found.record
        var volatile = found.source
        do throws(CryptoError) {
            volatile.volatileTemplate = try sha256(of: source)
        } catch {
            throw selection.error(.failed(error.description))
        }
        if let known = earlier[path], known.source == volatile {
            found.source = volatile
            return known.content
        }
        do throws(TemplateError) {
            let made = try Template(parsing: source).render(
                .fields(
                    entries.map { (key: $0.key, values: $0.values) }, texts: record.texts),
                options: RenderOptions(isStrict: strictTemplates))
            if made.isVolatile { found.source = volatile }
            found.warnings += made.missing.map {
                "the template asks for \(quoted($0)), which record \(quoted(record.title)) does not have"
            }
            return made.output
        } catch {
            throw selection.error(.template(error))
        }
    }

    private func path(of selection: Selection, record: Record) throws(RenderError) -> AbsolutePath {
        switch selection.output {
        case .path(let path): return path
        case .noFile: throw selection.error(.notAvailable("a selection without a file is"))
        case .namedByTitle(let directory, let suffix):
            do throws(AbsolutePathError) {
                return try directory.appending(
                    fileName(forTitle: record.title, uid: record.uid) + suffix)
            } catch {
                throw selection.error(.noPath(error))
            }
        }
    }
}

extension Record {
    /// What a template sees beside the fields (KSM-PROTOCOL, section 6).
    fileprivate var texts: [(key: String, value: SecretBytes)] {
        [
            (key: "_title", value: SecretBytes(title.utf8)), (key: "_type", value: SecretBytes(type.utf8)),
            (key: "_uid", value: SecretBytes(uid.utf8)),
            (key: "_notes", value: notes?.secretString ?? SecretBytes([])),
        ]
    }
}

extension Selection {
    fileprivate func naming<Result>(
        _ body: () throws(FormatProblem) -> Result
    ) throws(RenderError) -> Result {
        do throws(FormatProblem) { return try body() } catch { throw self.error(error.reason) }
    }

    func error(_ reason: RenderError.Reason) -> RenderError {
        RenderError(origin: origin, reason: reason)
    }
}
