import Foundation
import Plan
import SecretFS
import SecretMemory
import Testing
import TestSupport

@Suite("Volumes that refuse", .enabled(if: geteuid() == 0, "needs root, to mount and to be another user"))
struct TmpfsVolumeTests {
    /// A tmpfs of its own, unmounted with the last reference.
    private final class Volume {
        let directory: TemporaryDirectory
        var path: String { directory.path }

        init(_ options: String) throws {
            directory = try TemporaryDirectory()
            let result = try run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory.path])
            try #require(result.status == 0, "\(result.errors)")
        }

        deinit { _ = try? run("umount", ["--lazy", directory.path]) }
    }

    private func publisher(
        _ volume: String, ownership: Ownership = Ownership(), grace: Duration = .zero
    ) throws -> TmpfsPublisher {
        TmpfsPublisher(
            directories: [
                PublishedDirectory(mountPath: try AbsolutePath("/s"), root: volume, below: ["secrets"])
            ], ownership: ownership, retirementGrace: grace)
    }

    private func generation(_ letter: Character, bytes: Int) throws -> Generation {
        try Generation([
            GenerationFile(
                path: try AbsolutePath("/s/value"),
                content: SecretBytes(String(repeating: letter, count: bytes).utf8), origin: "secret-x"),
            GenerationFile(
                path: try AbsolutePath("/s/a/key"), content: SecretBytes([letter.asciiValue ?? 0]),
                origin: "secret-y"),
        ])
    }

    @Test("a full volume keeps the earlier files, says what is missing, and works again with space")
    func full() throws {
        let volume = try Volume("size=64k")
        let publisher = try publisher(volume.path)
        try publisher.publish(generation("a", bytes: 10_000))
        let before = try DiskTree.snapshot(volume.path)

        let error = try #require(throws: PublishError.self) {
            try publisher.publish(generation("b", bytes: 100_000))
        }
        #expect(error.message.contains(volume.path + "/secrets: 106496 bytes needed, 49152 available"))
        #expect(error.hint?.contains("tmpfs-size") == true)
        #expect(error.exitCode == .failed)
        try expectSame(before, volume.path)
        #expect(DiskTree.text(volume.path + "/secrets/value") == String(repeating: "a", count: 10_000))

        // Filled by somebody else, then freed.
        let filler = volume.path + "/filler"
        try Data(count: 40_000).write(to: URL(fileURLWithPath: filler))
        #expect(throws: PublishError.self) { try publisher.publish(generation("c", bytes: 20_000)) }
        try expectSame(before, volume.path, except: "filler")
        try FileManager.default.removeItem(atPath: filler)
        try publisher.publish(generation("c", bytes: 20_000))
        #expect(DiskTree.text(volume.path + "/secrets/value") == String(repeating: "c", count: 20_000))
        #expect(try DiskTree.names(volume.path + "/secrets") == ["..GENERATION", "..data", "a", "value"])
    }

    /// Names that came and went leave times behind, on directories alone.
    private func expectSame(_ before: [String: String], _ path: String, except: String? = nil) throws {
        let after = try DiskTree.snapshot(path).filter { $0.key != except }
        #expect(after.keys.sorted() == before.keys.sorted())
        for (name, status) in after where name != "." && name != "secrets" { #expect(before[name] == status) }
    }

    @Test("a volume without inodes for the new files says so")
    func noInodes() throws {
        let volume = try Volume("size=1m,nr_inodes=12")
        let publisher = try publisher(volume.path)
        try publisher.publish(generation("a", bytes: 10))
        let before = try DiskTree.snapshot(volume.path)
        for index in 0..<2 { try Data().write(to: URL(fileURLWithPath: volume.path + "/filler\(index)")) }
        let error = try #require(throws: PublishError.self) {
            try publisher.publish(generation("b", bytes: 10))
        }
        #expect(error.message.contains("more files can be made there"), "\(error.message)")
        for index in 0..<2 { try FileManager.default.removeItem(atPath: volume.path + "/filler\(index)") }
        try expectSame(before, volume.path)
    }

    @Test("space that old generations keep for slow readers is taken before giving up")
    func oldGenerations() throws {
        let volume = try Volume("size=64k")
        let publisher = try publisher(volume.path, grace: .seconds(3600))
        for letter in "abcdefgh" { try publisher.publish(generation(letter, bytes: 16_000)) }
        #expect(DiskTree.text(volume.path + "/secrets/value") == String(repeating: "h", count: 16_000))
    }

    @Test("a read-only volume keeps its files and says that it is read-only")
    func readOnly() throws {
        let volume = try Volume("size=64k")
        let publisher = try publisher(volume.path)
        try publisher.publish(generation("a", bytes: 10))
        #expect(try run("mount", ["-o", "remount,ro", volume.path]).status == 0)
        let before = try DiskTree.snapshot(volume.path)
        let error = try #require(throws: PublishError.self) {
            try publisher.publish(generation("b", bytes: 10))
        }
        #expect(error.message == "\(volume.path)/secrets is on a read-only file system")
        #expect(error.exitCode == .failed)
        #expect(try DiskTree.snapshot(volume.path) == before)
        // What is there already needs no writing.
        #expect(try publisher.publish(generation("a", bytes: 10)) == Publication())
    }

    @Test("a directory that the user may not write is named with the uid")
    func unwritable() throws {
        let directory = try TemporaryDirectory(in: "/dev/shm")
        let result = try runAs1234([directory.path, "1"])
        #expect(result.status == 1)
        #expect(result.errors.contains("\(directory.path)/app/tls cannot be written by uid 1234"))
        #expect(try DiskTree.names(directory.path).isEmpty)
    }

    @Test("a publisher without privileges wipes old files, even read-only ones", arguments: ["600", "400"])
    func unprivileged(mode: String) throws {
        let directory = try TemporaryDirectory(in: "/dev/shm")
        #expect(chown(directory.path, 1234, 1234) == 0)
        #expect(try runAs1234([directory.path, "1", "1", "0", mode]).status == 0)
        let key = directory.path + "/app/tls/..data/tls.key"
        #expect(DiskTree.access(key) == "\(mode) 1234:1234")
        let link = directory.path + "/link"
        let real = URL(fileURLWithPath: key).resolvingSymlinksInPath().path
        try FileManager.default.linkItem(atPath: real, toPath: link)
        #expect(try runAs1234([directory.path, "2", "2", "0", mode]).status == 0)
        #expect(try #require(DiskTree.text(link)).allSatisfy { $0 == "\0" })
        try ProbeState(root: directory.path).expectOnly(2)
    }

    private func runAs1234(_ arguments: [String]) throws -> CommandResult {
        try run(
            "setpriv",
            ["--reuid=1234", "--regid=1234", "--clear-groups", ProbeState.executable] + arguments)
    }

    @Test("files and directories get the owner, the group and the modes")
    func ownership() throws {
        let directory = try TemporaryDirectory(in: "/dev/shm")
        let ownership = Ownership(user: 1234, group: 5678, fileMode: 0o640)
        try publisher(directory.path + "/new", ownership: ownership).publish(generation("a", bytes: 10))
        let secrets = directory.path + "/new/secrets"
        #expect(DiskTree.access(secrets + "/value") == "640 1234:5678")
        #expect(DiskTree.access(secrets + "/a/key") == "640 1234:5678")
        for path in ["", "/..data", "/..data/a"] {
            #expect(DiskTree.access(secrets + path) == "750 1234:5678")
        }
        #expect(
            try publisher(directory.path + "/new", ownership: ownership).publish(generation("a", bytes: 10))
                == Publication())
        // Another owner: the same bytes are published anew.
        let publication = try publisher(directory.path + "/new").publish(generation("a", bytes: 10))
        #expect(publication.changed.count == 2)
        #expect(DiskTree.access(secrets + "/value").hasPrefix("600 "))
    }
}
