import Plan

/// `folder`, `folder-uid` and `folder-path`, which belong together.
struct FolderDraft {
    var chosen: [(annotation: Annotation, folder: FolderSelection.Folder)] = []
    var directory: (annotation: Annotation, path: AbsolutePath)?
}

extension KnownAnnotation {
    static let folderRows = [
        KnownAnnotation("folder", .selections) { annotation, draft throws(Mistake) in
            let names = try annotation.folderNames()
            draft.folder.chosen.append((annotation, .path(names)))
        },
        KnownAnnotation("folder-uid", .selections) { annotation, draft throws(Mistake) in
            let uid = try annotation.text(what: "a folder's uid", example: "4YwonuuDX3fjG247yaOKbA")
            guard looksLikeUID(uid) else {
                throw annotation.mistake(
                    "is no uid", expected: "22 characters of A-Z, a-z, 0-9, '-' and '_'",
                    example: "4YwonuuDX3fjG247yaOKbA")
            }
            draft.folder.chosen.append((annotation, .uid(uid)))
        },
        KnownAnnotation("folder-path", .selections) { annotation, draft throws(Mistake) in
            let text = annotation.trimmed
            do throws(AbsolutePathError) {
                draft.folder.directory = (annotation, try AbsolutePath(text))
            } catch {
                throw annotation.mistake(
                    text.isEmpty ? "is empty" : "the path \(error)",
                    expected: "an absolute path of a directory",
                    example: "/keeper/secrets/databases")
            }
        },
    ]
}

extension Draft {
    /// After all annotations: the directory may have come before the folder.
    mutating func finishFolder() {
        if let directory = folder.directory, folder.chosen.isEmpty, !hasMistake(about: "folder"),
            !hasMistake(about: "folder-uid")
        {
            warn(directory.annotation, "has no effect without folder or folder-uid")
        }
        let directory = folder.directory?.path ?? secretsPath
        for (annotation, chosen) in folder.chosen {
            var selection = FolderSelection(
                origin: annotation.key, folder: chosen, output: .directory(directory))
            if kubernetesSecret.isOn {
                selection.kubernetesSecret = kubernetesSecret.secret(named: kubernetesSecret.name ?? "")
                if folder.directory == nil { selection.output = .noFiles }
            }
            add(selection, of: folder.directory?.annotation ?? annotation)
        }
    }
}

extension Annotation {
    /// The names between the slashes; `\/` stands for a slash in a name.
    fileprivate func folderNames() throws(Mistake) -> [String] {
        let text = try text(what: "a folder path", example: "Production/Databases")
        let names = FolderPath.names(text)
        guard let names else {
            throw mistake(
                "has an empty folder name",
                expected: "names with one '/' between them, '\\/' for one in a name",
                example: "Production/Databases")
        }
        return names
    }
}

/// Folder paths: names from the top, with one slash between them.
enum FolderPath {
    /// `nil` when a name is empty. One leading and one trailing slash are let pass.
    static func names(_ text: String) -> [String]? {
        var parts = SelectionText.segments(text[...])
        if parts.count > 1, parts[0].isEmpty { parts.removeFirst() }
        if parts.count > 1, parts[parts.count - 1].isEmpty { parts.removeLast() }
        let names = parts.map { Annotation.trim(EscapedText(String($0)).text) }
        return names.contains("") || names.count > 32 ? nil : names
    }
}
