import Plan

/// The files of one directory, by name, as they will lie on disk.
struct Tree {
    private(set) var files: [String: GenerationFile] = [:]
    private(set) var directories: [String: Tree] = [:]

    /// All names at the top.
    var names: Set<String> { Set(files.keys).union(directories.keys) }

    /// What the files take on a tmpfs: whole pages.
    var byteCount: Int {
        let page = 4096
        let own = files.values.reduce(0) { $0 + ($1.content.count + page - 1) / page * page }
        return directories.values.reduce(own) { $0 + $1.byteCount }
    }

    /// The relative paths of all files, each begun with `prefix`.
    func paths(prefix: String = "") -> [String] {
        files.keys.map { prefix + $0 }
            + directories.flatMap { name, tree in tree.paths(prefix: prefix + name + "/") }
    }

    /// Adds a file at a relative path, given by its names.
    mutating func insert(_ file: GenerationFile, at names: ArraySlice<String>) {
        guard let name = names.first else { return }
        if names.count == 1 {
            files[name] = file
        } else {
            directories[name, default: Tree()].insert(file, at: names.dropFirst())
        }
    }

    /// Writes everything into an empty directory, which it then closes up with `ownership`.
    ///
    /// Nobody but us can enter it or read a file before its owner, group and mode are right.
    func write(into directory: Descriptor, ownership: Ownership) throws(SystemError) {
        for (name, file) in files {
            let target = try directory.open(name, for: .create)
            try target.setOwner(user: ownership.user, group: ownership.group)
            try file.content.withUnsafeBytes { (bytes) throws(SystemError) in try target.write(bytes) }
            // Not left to the mode of open(2), which the process's umask would clip.
            try target.setMode(ownership.mode(of: file))
        }
        for (name, tree) in directories {
            try directory.makeDirectory(name, mode: 0o700)
            try tree.write(into: directory.open(name, for: .directory), ownership: ownership)
        }
        try directory.setOwner(user: ownership.user, group: ownership.group)
        try directory.setMode(ownership.directoryMode)
    }
}

extension Tree {
    /// One tree for each directory: a file goes to the longest one that it lies in.
    static func distribute(
        _ generation: Generation, over directories: [AbsolutePath]
    ) throws(PublishError) -> [Tree] {
        var trees = [Tree](repeating: Tree(), count: directories.count)
        for file in generation.files {
            let candidates = directories.indices.filter { file.path.relative(to: directories[$0]) != nil }
            guard
                let index = candidates.max(by: {
                    directories[$0].components.count < directories[$1].components.count
                })
            else { throw .outside(path: file.path, origin: file.origin) }
            let names = file.path.components.dropFirst(directories[index].components.count)
            guard names.first?.hasPrefix("..") != true else {
                throw .reserved(path: file.path, origin: file.origin)
            }
            trees[index].insert(file, at: names)
        }
        return trees
    }
}
