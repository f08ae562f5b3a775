/// What lies in one published directory, and how that differs from what should: looked at, not touched.
struct Inspection {
    /// The real directory; `nil` when it is missing.
    let directory: Descriptor?
    /// Name of the generation in force.
    private(set) var current: String?
    let comparison: Comparison
    /// Visible names without their link.
    private(set) var missingLinks: [String]
    /// Links of ours that lead to nothing in the new generation.
    private(set) var staleLinks: [String] = []
    /// What an earlier process, or a publish that failed, left behind.
    private(set) var debris: [String] = []
    /// Whether there is anything that is not ours.
    private(set) var hasForeign = false

    /// - Throws: `PublishError.occupied` when something not ours has a name we need, or `.failed`.
    init(_ published: PublishedDirectory, for tree: Tree, ownership: Ownership) throws(PublishError) {
        do throws(SystemError) {
            directory = try published.open()
            missingLinks = tree.names.sorted()
            guard let directory else {
                comparison = Comparison(of: tree, with: nil, ownership: ownership)
                return
            }
            current = try directory.currentGeneration()
            comparison = Comparison(
                of: tree,
                with: try current.map { (name) throws(SystemError) in
                    try directory.open(name, for: .directory)
                }, ownership: ownership)
        } catch {
            throw PublishError(error, in: published, ownership: ownership)
        }
        var occupied: String?
        do throws(SystemError) {
            occupied = try sort(wanted: tree.names)
        } catch {
            throw PublishError(error, in: published, ownership: ownership)
        }
        if let occupied { throw .occupied(path: published.location + "/" + occupied) }
    }

    /// Tells what each name in the directory is.
    ///
    /// - Returns: a name we need that something else has.
    private mutating func sort(wanted: Set<String>) throws(SystemError) -> String? {
        guard let directory else { return nil }
        var linked: Set<String> = []
        for name in try directory.names() {
            // Gone meanwhile: then it is none of these.
            guard let kind = try directory.status(of: name)?.kind else { continue }
            if name == GenerationName.current || name == GenerationName.next {
                guard kind == .link else { return name }
                if name == GenerationName.next { debris.append(name) }
            } else if GenerationName.isGeneration(name) {
                if name != current { debris.append(name) }
            } else if try directory.target(of: name) == GenerationName.target(ofVisible: name) {
                if wanted.contains(name) { linked.insert(name) } else { staleLinks.append(name) }
            } else {
                guard !wanted.contains(name) else { return name }
                hasForeign = true
            }
        }
        missingLinks.removeAll { linked.contains($0) }
        return nil
    }
}

extension Descriptor {
    /// The name of the generation that `..data` points to; `nil` when there is none, or no such link.
    func currentGeneration() throws(SystemError) -> String? {
        guard let name = try target(of: GenerationName.current), GenerationName.isGeneration(name),
            try status(of: name)?.kind == .directory
        else { return nil }
        return name
    }
}
