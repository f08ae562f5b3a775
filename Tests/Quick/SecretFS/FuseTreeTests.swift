import Glibc
import Plan
import SecretMemory
import Testing

@testable import SecretFS

@Suite("A FUSE tree")
struct FuseTreeTests {
    private var secretsPath: AbsolutePath { get throws { try AbsolutePath("/keeper/secrets") } }

    private func tree(
        _ files: [String: String], key: VersionKey, now: Int64 = 1, mode: UInt32 = 0o600,
        known: [String: [FuseVersion]] = [:]
    ) throws -> FuseTree {
        let generation = try Generation(
            files.map {
                GenerationFile(
                    path: try secretsPath.appending($0.key), content: SecretBytes($0.value.utf8),
                    origin: $0.key)
            })
        var builder = FuseTreeBuilder(
            key: key, ownership: Ownership(user: 7, group: 8, fileMode: mode), now: now,
            known: { known[$0] ?? [] })
        return try builder.build(
            try Tree.distribute(generation, over: [secretsPath])[0], others: [:])
    }

    private func number(_ path: String, in tree: FuseTree) -> UInt64? {
        path.split(separator: "/").reduce(Optional(tree.root)) { $0?.listing?[String($1)] }?.number
    }

    @Test("a file at the top and in ..data is one inode, a directory is two")
    func links() throws {
        let tree = try tree(["a": "x", "sub/b": "y"], key: VersionKey())
        #expect(number("a", in: tree) == number("..data/a", in: tree))
        #expect(number("sub/b", in: tree) == number("..data/sub/b", in: tree))
        #expect(number("sub", in: tree) != number("..data/sub", in: tree))
        #expect(tree.root.listing?["a"]?.linkCount == 2)
        #expect(tree.root.linkCount == 4)
        #expect(Set(tree.versions.keys) == ["", "a", "sub/", "sub/b", "..data/", "..data/sub/"])
    }

    @Test("a successor that knows the versions has the same numbers and times for what is the same")
    func succession() throws {
        let key = try VersionKey()
        let first = try tree(["a": "x", "sub/b": "y"], key: key, now: 100)
        let known = first.versions.mapValues { [$0] }
        let second = try tree(["a": "x", "sub/b": "z"], key: key, now: 200, known: known)
        #expect(number("a", in: second) == number("a", in: first))
        #expect(second.root.listing?["a"]?.time == 100)
        for path in ["sub", "sub/b", "..data", "..data/sub"] {
            #expect(number(path, in: second) != number(path, in: first), "\(path)")
        }
        #expect(second.root.listing?["sub"]?.time == 200)
        let changes = second.changes(since: first.versions)
        #expect(changes.changed == ["sub/b"] && changes.added.isEmpty && changes.removed.isEmpty)
    }

    @Test("numbers depend on path, content, mode, time and key")
    func numbers() throws {
        let key = try VersionKey()
        let files = ["a": "x", "b": "x"]
        let one = try tree(files, key: key)
        let others = [
            try tree(files, key: key, now: 2), try tree(files, key: key, mode: 0o640),
            try tree(files, key: VersionKey()), try tree(["a": "y", "b": "y"], key: key),
        ]
        #expect(number("a", in: one) != number("b", in: one))
        for other in others { #expect(number("a", in: other) != number("a", in: one)) }
    }

    @Test("readdir goes on at the same name after names came and went")
    func cookies() throws {
        let key = try VersionKey()
        let names = (0..<500).map { "name\($0)" }
        let many = Dictionary(uniqueKeysWithValues: names.map { ($0, "x") })
        let before = try #require(try tree(many, key: key).root.listing)
        var fewer = many
        for name in names where name.hasSuffix("7") { fewer[name] = nil }
        fewer["later"] = "x"
        let after = try #require(try tree(fewer, key: key).root.listing)
        let middle = before.entries[250].cookie
        let seen = before.entries(after: 0).prefix { $0.cookie <= middle }.map(\.name)
        let rest = after.entries(after: middle).map(\.name)
        #expect(Set(seen).isDisjoint(with: rest))
        #expect(Set(seen + rest).isSuperset(of: names.filter { !$0.hasSuffix("7") }))
        #expect(before.entries.allSatisfy { $0.cookie >= 3 && $0.cookie <= 0x7FFF_FFFF })
    }

    @Test("a version's hidden name leads to its number, and no other name does")
    func hiddenNames() {
        #expect(VersionName.number(of: VersionName.name(of: 0x5A46_D7D4_75AF_E919)) == 0x5A46_D7D4_75AF_E919)
        for name in ["..v", "..vxyz", "v12", "..data", "..v12345678901234567"] {
            #expect(VersionName.number(of: name) == nil, "\(name)")
        }
    }

    @Test("the state of a session survives in its file; what is cut short or foreign is refused")
    func sessionState() throws {
        let tree = try tree(["a": "x", "sub/b": "y"], key: VersionKey())
        var state = SessionState(key: try VersionKey())
        state.initialization = Array(repeating: 7, count: 104)
        state.note(tree, only: false)
        let file = try state.makeFile()
        defer { close(file) }
        let again = try #require(SessionState(reading: file))
        #expect(again.key.bytes.hasSameBytes(as: state.key.bytes))
        #expect(again.initialization == state.initialization)
        #expect(again.versions == state.versions)
        #expect(write(file, "x", 1) == -1, "the file is sealed")

        var bytes = [UInt8](repeating: 0, count: 4096)
        let size = pread(file, &bytes, bytes.count, 0)
        for length in [0, 3, 4, 35, 40, 60, size - 1] {
            let stream = try #require(tmpfile())
            defer { fclose(stream) }
            let cut = fileno(stream)
            #expect(write(cut, bytes, length) == length)
            #expect(SessionState(reading: cut) == nil, "\(length) bytes")
        }
    }

    @Test("a requests' journal is taken over with what was not answered")
    func journal() throws {
        let journal = try RequestJournal()
        let request = [UInt8]([44, 0, 0, 0, 1, 0, 0, 0]) + [UInt8](repeating: 9, count: 36)
        journal.slot(1).copyBytes(from: request)
        guard let next = RequestJournal(adopting: dup(journal.file)) else {
            Issue.record("not taken over")
            return
        }
        #expect(next.pending(0) == nil)
        #expect(next.pending(1) == request)
        next.clear(1)
        #expect(journal.pending(1) == nil)
        if RequestJournal(adopting: open("/dev/null", O_RDWR)) != nil { Issue.record("took /dev/null over") }
    }

    @Test("paths below the mount are told as the app sees them")
    func layout() throws {
        let layout = FuseLayout(
            links: PublishedDirectory(mountPath: try secretsPath, root: "/keeper/secrets", below: []),
            seenAt: "/keeper/secrets",
            others: [
                (
                    0,
                    PublishedDirectory(
                        mountPath: try AbsolutePath("/app/config"), root: "/keeper/run", below: ["dirs", "0"])
                )
            ])
        #expect(layout.mountPoint == "/keeper/secrets/..fuse")
        #expect(layout.visiblePath(of: "..dir-0/db")?.description == "/app/config/db")
        #expect(layout.visiblePath(of: "a/b")?.description == "/keeper/secrets/a/b")
        let links = layout.linkDirectories(for: [Tree(), Tree()])
        #expect(links.map(\.0.target) == ["/keeper/secrets/..fuse/..dir-0", "..fuse"])
    }
}
