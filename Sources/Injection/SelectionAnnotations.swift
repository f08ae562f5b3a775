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
            let selection = try annotation.namedSelection(secretsPath: draft.secretsPath)
            draft.add(selection, of: annotation)
        },
    ]
}

extension Draft {
    /// A whole record as `<secrets-path>/<name>.json`.
    fileprivate mutating func addRecord(_ record: String, of annotation: Annotation) {
        // A uid, maybe: then the title, which makes the name, is known when the record is.
        var output = Selection.Output.namedByTitle(directory: secretsPath, suffix: ".json")
        if !looksLikeUID(record), let name = fileName(forTitle: record),
            let path = try? secretsPath.appending(name + ".json")
        {
            output = .path(path)
        }
        add(
            Selection(origin: annotation.key, target: .record(record), output: output, format: .json),
            of: annotation)
    }
}

extension Annotation {
    /// A record's title or uid that stands alone.
    fileprivate func recordName(_ text: some StringProtocol) throws(Mistake) -> String {
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
    fileprivate func namedSelection(secretsPath: AbsolutePath) throws(Mistake) -> Selection {
        let title = String(key.dropFirst("secret-".count))
        guard !title.isEmpty else {
            throw mistake("has no name behind \"secret-\"", expected: "secret-NAME")
        }
        guard !title.contains("/") else { throw mistake("has a '/' in its name", expected: "secret-NAME") }
        let text = try SelectionText(self, title: title)
        let output: AbsolutePath
        if let path = text.path {
            output = path
        } else {
            do throws(AbsolutePathError) {
                output = try secretsPath.appending(title)
            } catch {
                throw mistake("its name makes a path that \(error)", expected: "secret-NAME")
            }
        }
        return Selection(origin: key, target: text.target, output: .path(output), format: text.format)
    }
}
