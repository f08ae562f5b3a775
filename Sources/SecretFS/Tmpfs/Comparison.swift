import SecretMemory

/// How what lies on disk differs from what should: by looking, so that damage is found too.
struct Comparison {
    /// Paths relative to the published directory.
    private(set) var added: [String] = []
    private(set) var changed: [String] = []
    private(set) var removed: [String] = []
    /// A directory that is not as it should be, though its files are.
    private(set) var hasWrongDirectory = false

    private let ownership: Ownership

    var isSame: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty && !hasWrongDirectory }

    /// - Parameter directory: the generation in force; `nil`: there is none.
    init(of tree: Tree, with directory: Descriptor?, ownership: Ownership) {
        self.ownership = ownership
        if let directory {
            compare(tree, with: directory, prefix: "")
        } else {
            hasWrongDirectory = true
            added = tree.paths()
        }
        added.sort()
        changed.sort()
        removed.sort()
    }

    private mutating func compare(_ tree: Tree, with directory: Descriptor, prefix: String) {
        let isRight = (try? directory.status()).map { ownership.matches($0, mode: ownership.directoryMode) }
        if isRight != true { hasWrongDirectory = true }
        let present = Set((try? directory.names()) ?? [])

        for (name, file) in tree.files {
            if !present.contains(name) {
                added.append(prefix + name)
            } else if !holds(directory, file, name: name) {
                changed.append(prefix + name)
            }
        }
        for (name, subtree) in tree.directories {
            if let subdirectory = try? directory.open(name, for: .directory) {
                compare(subtree, with: subdirectory, prefix: prefix + name + "/")
            } else {
                added += subtree.paths(prefix: prefix + name + "/")
            }
        }
        for name in present.subtracting(tree.names) { remove(name, from: directory, prefix: prefix) }
    }

    private mutating func remove(_ name: String, from directory: Descriptor, prefix: String) {
        guard let subdirectory = try? directory.open(name, for: .directory) else {
            removed.append(prefix + name)
            return
        }
        hasWrongDirectory = true
        for inner in (try? subdirectory.names()) ?? [] {
            remove(inner, from: subdirectory, prefix: prefix + name + "/")
        }
    }

    /// Whether the file is there with content, mode and owner; one that cannot be read is not.
    private func holds(_ directory: Descriptor, _ file: GenerationFile, name: String) -> Bool {
        guard let open = try? directory.open(name, for: .read), let status = try? open.status(),
            status.kind == .file, ownership.matches(status, mode: ownership.mode(of: file)),
            status.size == file.content.count
        else { return false }
        return file.content.withUnsafeBytes { (try? open.holds($0)) ?? false }
    }
}

extension Descriptor {
    /// Whether the rest of the file is `expected`; read in pieces, through secret memory.
    fileprivate func holds(_ expected: UnsafeRawBufferPointer) throws(SystemError) -> Bool {
        var same = true
        _ = try SecretBytes(capacity: 4096) { (piece) throws(SystemError) in
            var rest = expected[...]
            while same {
                let count = try read(into: piece)
                guard count > 0 else { break }
                same = rest.prefix(count).elementsEqual(piece[..<count])
                rest = rest.dropFirst(count)
            }
            same = same && rest.isEmpty
            return 0
        }
        return same
    }
}
