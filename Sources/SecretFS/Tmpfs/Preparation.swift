import Glibc

/// One directory's next generation, from its first byte to the switch.
struct Preparation {
    let published: PublishedDirectory
    let tree: Tree
    let ownership: Ownership
    let inspection: Inspection
    private var directory: Descriptor?
    private var generation: String?
    private var madeNext = false
    private var madeLinks: [String] = []
    private(set) var adopted = false

    init(_ published: PublishedDirectory, tree: Tree, ownership: Ownership) throws(PublishError) {
        self.published = published
        self.tree = tree
        self.ownership = ownership
        inspection = try Inspection(published, for: tree, ownership: ownership)
        directory = inspection.directory
    }

    /// Whether readers have to be switched to a new generation.
    var needsGeneration: Bool { !inspection.comparison.isSame }

    /// Whether publishing writes anything here.
    var writes: Bool {
        needsGeneration || !inspection.missingLinks.isEmpty || !inspection.staleLinks.isEmpty || adopted
    }

    /// Bytes that the new files take.
    var byteCount: Int { needsGeneration ? tree.byteCount : 0 }

    /// Does all that needs space or can be refused, out of the readers' sight.
    ///
    /// The visible links come now too. Those that are new lead to nothing for the instant until the
    /// switch, with which all new files appear at once; made after it, they would appear one by one, and
    /// a process killed in between would leave a certificate without its key.
    mutating func prepare() throws(SystemError) {
        let directory: Descriptor
        if let open = self.directory {
            directory = open
        } else {
            directory = try published.openOrMake(ownership)
        }
        self.directory = directory
        if !inspection.hasForeign {
            // A volume's root may belong to root: then it stays as kubelet made it.
            let result = try unless(EPERM) { () throws(SystemError) in try directory.adopt(ownership) }
            if result == true { adopted = true }
        }
        if needsGeneration {
            let name = GenerationName.new()
            try directory.makeDirectory(name, mode: 0o700)
            generation = name
            try tree.write(into: directory.open(name, for: .directory), ownership: ownership)
            try directory.makeLink(GenerationName.next, to: name)
            madeNext = true
        }
        for name in inspection.missingLinks {
            try directory.makeLink(name, to: GenerationName.target(ofVisible: name))
            madeLinks.append(name)
        }
    }

    /// Lets readers see the new generation.
    mutating func commit() throws(SystemError) {
        if madeNext { try directory?.rename(GenerationName.next, to: GenerationName.current) }
        madeNext = false
        generation = nil
        madeLinks = []
    }

    /// Removes links that lead nowhere since the switch; one that stays is found by the next publish.
    func tidy() {
        for name in inspection.staleLinks { try? directory?.removeFile(name) }
    }

    /// Removes a `..data_tmp` that a killed process left.
    func removeNext() { try? directory?.removeFile(GenerationName.next) }

    /// Undoes `prepare`, as far as it came.
    mutating func discard() {
        guard let directory else { return }
        for name in madeLinks { try? directory.removeFile(name) }
        if madeNext { try? directory.removeFile(GenerationName.next) }
        if let generation { directory.dispose(of: generation) }
        madeLinks = []
        madeNext = false
        generation = nil
    }

    /// What is left on the volume, or zeros when it cannot be told.
    var space: (bytes: Int, files: Int) { (try? directory?.space()) ?? (0, 0) }
}
