import Plan

/// Which secrets are wanted.
extension KnownAnnotation {
    static let selectionRows = [
        KnownAnnotation("secret", .selections) { annotation, draft throws(Mistake) in
            let record = try annotation.recordName(annotation.value)
            draft.addRecord(record, of: annotation)
        },
        KnownAnnotation("secrets", .selections) { annotation, draft throws(Mistake) in
            try annotation.readList(&draft)
        },
        KnownAnnotation("secret-", .selections) { annotation, draft throws(Mistake) in
            let (selection, hasOwnPath) = try annotation.namedSelection(secretsPath: draft.secretsPath)
            draft.add(DraftSelection(annotation: annotation, selection: selection, hasOwnPath: hasOwnPath))
        },
        KnownAnnotation("file-", .selections) { annotation, draft throws(Mistake) in
            let selection = try annotation.fileSelection(secretsPath: draft.secretsPath)
            draft.add(DraftSelection(annotation: annotation, selection: selection, hasOwnPath: true))
        },
        KnownAnnotation("config", .selections) { annotation, draft throws(Mistake) in
            try ConfigDocument(annotation).read(into: &draft)
        },
    ]
}

extension Draft {
    /// A whole record as `<secrets-path>/<name>.json`.
    fileprivate mutating func addRecord(_ record: String, of annotation: Annotation) {
        let selection = Selection(
            origin: annotation.key, target: .record(record), output: output(for: record, suffix: ".json"),
            format: .json)
        add(DraftSelection(annotation: annotation, selection: selection, hasOwnPath: false))
    }

    /// Where a record goes that names no path.
    func output(for record: String, suffix: String) -> Selection.Output {
        // A uid, maybe: then the title, which makes the name, is known when the record is.
        if !looksLikeUID(record), let name = fileName(forTitle: record),
            let path = try? secretsPath.appending(name + suffix)
        {
            return .path(path)
        }
        return .namedByTitle(directory: secretsPath, suffix: suffix)
    }
}

extension Annotation {
    /// A record's title or uid that stands alone.
    func recordName(_ text: some StringProtocol) throws(Mistake) -> String {
        let name = Annotation.trim(text)
        let what = "the title or uid of a record"
        guard !name.isEmpty else {
            throw mistake("is empty", expected: what, example: "database-credentials")
        }
        if let position = name.firstControlCharacter {
            throw mistake("contains a control character", at: position, expected: what)
        }
        guard !SelectionText.hasScheme(name) else {
            throw Mistake(
                annotation: self.name, value: value, problem: "Keeper notation does not belong here",
                expected: "notation in an annotation of its own",
                example: Annotation.prefix + "secret-password: \"keeper://db/field/password\"")
        }
        return name
    }

    /// `secrets: "A, B"`.
    fileprivate func readList(_ draft: inout Draft) throws(Mistake) {
        guard !trimmed.isEmpty else {
            throw mistake(
                "is empty", expected: "titles or uids, separated by commas", example: "db, api-keys")
        }
        var names: [String] = []
        let entries = value.split(separator: ",", omittingEmptySubsequences: false)
        for (index, entry) in entries.enumerated() {
            guard !Annotation.trim(entry).isEmpty else {
                // Only the last comma of "a, b," is beyond doubt.
                if index == entries.count - 1 {
                    draft.warn(self, "ends with a comma")
                } else {
                    draft.report(
                        mistake("entry \(index + 1) is empty", expected: "a title or uid between the commas"))
                }
                continue
            }
            do throws(Mistake) {
                let name = try recordName(entry)
                if names.contains(name) {
                    draft.warn(self, "names \(quoted(name)) twice")
                } else {
                    names.append(name)
                    draft.addRecord(name, of: self)
                }
            } catch {
                draft.report(error)
            }
        }
    }

    /// `secret-KEY` in all its forms.
    fileprivate func namedSelection(
        secretsPath: AbsolutePath
    ) throws(Mistake) -> (Selection, hasOwnPath: Bool) {
        let title = try nameBehind("secret-")
        let text = try SelectionText(self, title: title)
        let output: AbsolutePath
        if let path = text.path {
            output = path
        } else {
            output = try ownPath(title, below: secretsPath, shape: "secret-NAME")
        }
        return (
            Selection(origin: key, target: text.target, output: .path(output), format: text.format),
            text.path != nil
        )
    }

    /// `file-KEY: "RECORD:FILENAME[:/path]"` or notation of a file.
    fileprivate func fileSelection(secretsPath: AbsolutePath) throws(Mistake) -> Selection {
        let title = try nameBehind("file-")
        let text = try FileText(self)
        let output: AbsolutePath
        if let path = text.path {
            output = path
        } else {
            output = try ownPath(text.fileName ?? title, below: secretsPath, shape: "file-NAME")
        }
        return Selection(origin: key, target: text.target, output: .path(output), format: .raw)
    }

    private func nameBehind(_ family: String) throws(Mistake) -> String {
        let title = String(key.dropFirst(family.count))
        guard !title.isEmpty else {
            throw mistake("has no name behind \"\(family)\"", expected: "\(family)NAME")
        }
        guard !title.contains("/") else { throw mistake("has a '/' in its name", expected: "\(family)NAME") }
        return title
    }

    private func ownPath(
        _ name: String, below secretsPath: AbsolutePath, shape: String
    ) throws(Mistake) -> AbsolutePath {
        guard !name.contains("/") else {
            throw mistake(
                "\(quoted(name)) cannot name a file", expected: "a path of its own behind it: \":/path\"")
        }
        do throws(AbsolutePathError) {
            return try secretsPath.appending(name)
        } catch {
            throw mistake("its name makes a path that \(error)", expected: shape)
        }
    }
}
