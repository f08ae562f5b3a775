import Foundation
import SecretFS
import Testing
import TestSupport

@Suite("Damage and strangers on tmpfs")
struct TmpfsRepairTests {
    let scratch: Scratch
    let files = ["a": "1", "b/c": "2"]

    init() throws {
        scratch = try Scratch()
        try scratch.publisher().publish(generation(files))
    }

    private func checkRepaired(_ publication: Publication) throws {
        #expect(publication.wroteAnything)
        #expect(try DiskTree.names(scratch.path("secrets")) == ["..GENERATION", "..data", "a", "b"])
        #expect(DiskTree.text(scratch.path("secrets/a")) == "1")
        #expect(DiskTree.text(scratch.path("secrets/b/c")) == "2")
        #expect(DiskTree.access(scratch.path("secrets/..data/a")).hasPrefix("600 "))
        #expect(DiskTree.access(scratch.path("secrets/..data/b")).hasPrefix("700 "))
        #expect(try scratch.publisher().publish(generation(files)) == Publication())
    }

    @Test(
        "is put right by the next publish",
        arguments: [
            "rm a", "rm ..data", "rm -r ..data/b", "echo x > ..data/a", "chmod 644 ..data/a",
            "chmod 755 ..data/b", "echo x > ..data/more", "mkdir -p ..data/more/dirs",
            "rm -r \"$(readlink ..data)\"", "ln -sfn /etc ..data", "rm ..data/a; mkdir ..data/a",
            "rm ..data/a; mkfifo ..data/a", "rm -r ..data/b; ln -s /etc ..data/b", "rm -r ../secrets",
        ])
    func repaired(damage: String) throws {
        let result = try run("/bin/sh", ["-c", damage], directory: scratch.path("secrets"))
        try #require(result.status == 0, "\(result.errors)")
        try checkRepaired(scratch.publisher().publish(generation(files)))
    }

    @Test("a stranger's file of the same name is refused, named and left alone")
    func occupied() throws {
        let stranger = scratch.path("secrets/mine.txt")
        try "precious".write(toFile: stranger, atomically: false, encoding: .utf8)
        let before = try DiskTree.snapshot(scratch.directory.path)
        let error = try #require(throws: PublishError.self) {
            try scratch.publisher().publish(generation(["mine.txt": "p@ss", "a": "2"]))
        }
        #expect(error.message.contains(stranger) && error.exitCode == .failed)
        #expect(try DiskTree.snapshot(scratch.directory.path) == before)
        // Of another name it disturbs nobody.
        try scratch.publisher().publish(generation(["a": "2"]))
        #expect(DiskTree.text(stranger) == "precious")
    }

    @Test(
        "a symbolic link in place of a directory is not followed", arguments: ["secrets", "secrets/..data"])
    func plantedLink(name: String) throws {
        let elsewhere = scratch.path("elsewhere")
        try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: false)
        try FileManager.default.removeItem(atPath: scratch.path(name))
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path(name), withDestinationPath: elsewhere)
        let publisher = try scratch.publisher()
        if name == "secrets" {
            let error = try #require(throws: PublishError.self) { try publisher.publish(generation(files)) }
            #expect(error.message.contains("secrets"))
            #expect(!publisher.hasPublished)
        } else {
            try checkRepaired(publisher.publish(generation(files)))
        }
        #expect(try DiskTree.names(elsewhere).isEmpty)
    }

    @Test("a directory with strangers in it keeps its mode; one of our own gets the right one")
    func directoryMode() throws {
        let path = scratch.path("secrets")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        try scratch.publisher().publish(generation(["a": "2"]))
        #expect(DiskTree.access(path).hasPrefix("700 "))
        try "x".write(toFile: path + "/stranger", atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        try scratch.publisher().publish(generation(["a": "3"]))
        #expect(DiskTree.access(path).hasPrefix("755 "))
    }
}
