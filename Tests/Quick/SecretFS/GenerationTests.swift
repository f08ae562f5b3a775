import Plan
import SecretFS
import SecretMemory
import Testing

@Suite("Generation")
struct GenerationTests {
    private func file(_ path: String, _ text: String, _ origin: String) throws -> GenerationFile {
        GenerationFile(path: try AbsolutePath(path), content: SecretBytes(text.utf8), origin: origin)
    }

    @Test("two contents for one path name both selections")
    func collision() throws {
        let files = [try file("/a/b", "p@ss-one", "secret-x"), try file("/a/b", "p@ss-two", "secrets")]
        let error = try #require(throws: GenerationError.self) { try Generation(files) }
        #expect(error.message.contains("'secret-x' and 'secrets'"))
        #expect(error.message.contains("/a/b"))
        #expect(!"\(error.message) \(error)".contains("p@ss"))
        #expect(error.exitCode == .configuration)
    }

    @Test("the same content twice for one path is one file")
    func sameTwice() throws {
        let generation = try Generation([try file("/a/b", "1", "x"), try file("/a/b", "1", "y")])
        #expect(generation.files.map(\.origin) == ["x"])
    }

    @Test("a path cannot be a file and a directory", arguments: [false, true])
    func fileAndDirectory(reversed: Bool) throws {
        let files = [try file("/a/b", "1", "flat"), try file("/a/b/c/d", "2", "deep")]
        let error = try #require(throws: GenerationError.self) {
            try Generation(reversed ? files.reversed() : files)
        }
        #expect(error.message.contains("'flat' writes the file /a/b, which 'deep' needs"))
    }

    @Test(
        "directories can be entered where files can be read",
        arguments: [(0o600, 0o700), (0o640, 0o750), (0o400, 0o700), (0o440, 0o750), (0o444, 0o755)]
            as [(UInt32, UInt32)])
    func directoryModes(file: UInt32, directory: UInt32) {
        #expect(Ownership(fileMode: file).directoryMode == directory)
    }

    @Test("a location is split into what may be a link and what may not")
    func location() throws {
        let mount = try AbsolutePath("/x")
        let parts = ["/a/b/c", "/a", "a/b", "a"].map { PublishedDirectory(mountPath: mount, location: $0) }
        #expect(parts.map(\.root) == ["/a/b", "/", "a", "."])
        #expect(parts.map(\.below) == [["c"], ["a"], ["b"], ["a"]])
        #expect(parts.map(\.location) == ["/a/b/c", "/a", "a/b", "./a"])
    }
}
