package import Plan
package import SecretMemory
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
    private let limits: RenderLimits

    /// - Parameter strictLookup: two records of one title are an error.
    package init(vault: Vault, strictLookup: Bool, limits: RenderLimits = RenderLimits()) {
        self.vault = vault
        self.strictLookup = strictLookup
        self.limits = limits
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
                    guard other.content.hasSameBytes(as: file.content) else {
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
        let content = try write(&found, selection, attachment)
        guard content.count <= limits.file else {
            throw selection.error(.tooLarge(size: Int64(content.count), limit: limits.file))
        }
        return RenderedFile(
            path: try path(of: selection, record: found.record), content: content, origin: selection.origin,
            warnings: found.warnings.map { RenderWarning(origin: selection.origin, message: $0) })
    }

    /// What a selection means in this vault.
    private struct Found {
        var content: Content
        /// `nil` for notation.
        var record: Record?
        var warnings: [String] = []
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
            if let record = found.record {
                let map = FieldMap(record)
                let wanted = selection.fields
                for name in wanted { _ = try entry(name, of: record, selection) }
                found.content = .fields(
                    map.entries.filter { wanted.isEmpty || wanted.contains($0.key) }, whole: wanted.isEmpty)
                found.warnings += map.shadowed.filter { wanted.isEmpty || wanted.contains($0) }.map {
                    "record \(quoted(record.title)) has several fields \(quoted($0)), one of them is written"
                }
            }
            return found
        case .field(let name, let field):
            var found = try find(name, selection)
            if let record = found.record {
                found.content = .fields([try entry(field, of: record, selection)], whole: false)
                if FieldMap(record).shadowed.contains(field) {
                    found.warnings.append(
                        "record \(quoted(record.title)) has several fields \(quoted(field)), one of them is written"
                    )
                }
            }
            return found
        case .attachment: throw selection.error(.notAvailable("files by name are"))
        case .notation(let notation, let folder):
            guard folder.isEmpty else { throw selection.error(.notAvailable("notation with folders is")) }
            do throws(LookupError) {
                switch try vault.values(of: notation) {
                case .values(let values): return Found(content: .values(values))
                case .attachment(let attachment): return Found(content: .attachment(attachment))
                }
            } catch {
                throw selection.error(.lookup(error))
            }
        }
    }

    private func find(_ name: String, _ selection: Selection) throws(RenderError) -> Found {
        do throws(LookupError) {
            let (record, others) = try vault.record(name, strict: strictLookup)
            var found = Found(content: .values([]), record: record)
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
        _ found: inout Found, _ selection: Selection,
        _ attachment: (Attachment) throws(Failure) -> SecretBytes
    ) throws(RenderError) -> SecretBytes {
        switch (found.content, selection.format) {
        case (.fields(let entries, _), .json): return JSONFormat.file(of: entries)
        case (.fields(let entries, _), .env):
            do throws(EnvFormat.Problem) {
                found.warnings += EnvFormat.warnings(for: entries)
                return try EnvFormat.file(of: entries)
            } catch {
                throw selection.error(error.reason)
            }
        case (.fields(let entries, let whole), .raw):
            guard let entry = entries.first, entries.count == 1 || !whole else {
                throw selection.error(
                    .notOneField(record: found.record?.title ?? "", names: entries.map(\.key)))
            }
            if entry.isEmpty { found.warnings.append("field \(quoted(entry.key)) is empty") }
            return RawFormat.bytes(of: entry.values.map(NotationValue.json))
        case (.values(let values), .raw):
            if values.isEmpty { found.warnings.append("the notation selects no value, the file is empty") }
            return RawFormat.bytes(of: values)
        case (.values(let values), .json): return JSONFormat.file(of: values)
        case (.attachment(let file), .raw):
            // Before it is downloaded; what was downloaded is measured again.
            guard file.size <= limits.file else {
                throw selection.error(.tooLarge(size: file.size, limit: limits.file))
            }
            do throws(Failure) {
                return try attachment(file)
            } catch {
                throw selection.error(.attachment(error))
            }
        case (_, .properties), (_, .yaml), (_, .ini), (_, .template):
            throw selection.error(.notAvailable("the format \(selection.format.name) is"))
        case (.values, .env), (.attachment, .json), (.attachment, .env):
            throw selection.error(.needsRecord(selection.format))
        }
    }

    private func path(of selection: Selection, record: Record?) throws(RenderError) -> AbsolutePath {
        switch selection.output {
        case .path(let path): return path
        case .noFile: throw selection.error(.notAvailable("a selection without a file is"))
        case .namedByTitle(let directory, let suffix):
            do throws(AbsolutePathError) {
                return try directory.appending(
                    fileName(forTitle: record?.title ?? "", uid: record?.uid ?? "") + suffix)
            } catch {
                throw selection.error(.noPath(error))
            }
        }
    }
}

extension Selection {
    fileprivate func error(_ reason: RenderError.Reason) -> RenderError {
        RenderError(origin: origin, reason: reason)
    }
}
