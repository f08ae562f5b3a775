import Foundation
import SecretFS
import SecretMemory
import TestSupport
import Testing

@Suite("Launcher and environment files on the volume")
struct EnvironmentVolumeTests {
    private let scratch: TemporaryDirectory

    init() throws { scratch = try TemporaryDirectory(in: "/dev/shm") }

    private func volume(_ ownership: Ownership = Ownership()) -> EnvironmentVolume {
        EnvironmentVolume(root: scratch.file("run"), containers: ["app", "web"], ownership: ownership)
    }

    @Test("each container has a directory of its own; what is right already is not touched")
    func publish() throws {
        let volume = volume(Ownership(fileMode: 0o640))
        #expect(!volume.isPublished)
        #expect(try volume.publish(SecretBytes("one".utf8)) == ["app", "web"])
        #expect(volume.isPublished)
        #expect(DiskTree.text(scratch.file("run/env/app/environment")) == "one")
        let user = "\(geteuid()):\(getegid())"
        #expect(DiskTree.access(scratch.file("run/env/app/environment")) == "640 \(user)")
        #expect(DiskTree.access(scratch.file("run/env/app")) == "750 \(user)")
        let before = try DiskTree.snapshot(scratch.path)
        #expect(try volume.publish(SecretBytes("one".utf8)).isEmpty)
        #expect(try DiskTree.snapshot(scratch.path) == before)
        try "damaged".write(
            toFile: scratch.file("run/env/web/environment"), atomically: false, encoding: .utf8)
        #expect(try volume.publish(SecretBytes("one".utf8)) == ["web"])
        #expect(try volume.publish(SecretBytes("two".utf8)) == ["app", "web"])
        #expect(try DiskTree.names(scratch.file("run/env/app")) == ["environment"])
        volume.remove()
        #expect(!volume.isPublished)
        #expect(try DiskTree.names(scratch.file("run/env/app")).isEmpty)
    }

    @Test("a reader that has the old file open keeps it whole; nobody's old file is zeroed")
    func replacement() throws {
        let volume = volume()
        let path = scratch.file("run/env/app/environment")
        _ = try volume.publish(SecretBytes("the old one".utf8))
        let reader = try #require(FileHandle(forReadingAtPath: path))
        _ = try volume.publish(SecretBytes("the new one".utf8))
        #expect(String(decoding: reader.readDataToEndOfFile(), as: UTF8.self) == "the old one")
        // A second name of ours, to see what becomes of a file that nobody has open.
        #expect(link(path, scratch.file("witness")) == 0)
        _ = try volume.publish(SecretBytes("the third".utf8))
        #expect(DiskTree.text(scratch.file("witness"))?.utf8.allSatisfy { $0 == 0 } == true)
    }

    @Test(
        "the launcher is everybody's to run, is put there once, and mended; without it the error says what to do"
    )
    func launcher() throws {
        let volume = volume()
        let source = scratch.file("source")
        try Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }).write(
            to: URL(fileURLWithPath: source))
        try volume.install(source)
        let path = scratch.file("run/launcher/keeper-injector-exec")
        let content = FileManager.default.contents(atPath: source)
        #expect(FileManager.default.contents(atPath: path) == content)
        let user = "\(geteuid()):\(getegid())"
        #expect(DiskTree.access(path) == "555 \(user)")
        #expect(DiskTree.access(scratch.file("run/launcher")) == "755 \(user)")
        let before = try DiskTree.snapshot(scratch.file("run"))
        try volume.install(source)
        #expect(try DiskTree.snapshot(scratch.file("run")) == before)
        chmod(path, 0o755)
        try Data("x".utf8).write(to: URL(fileURLWithPath: path))
        try volume.install(source)
        #expect(FileManager.default.contents(atPath: path) == content)
        #expect(try DiskTree.names(scratch.file("run/launcher")) == ["keeper-injector-exec"])
        let error = try #require(throws: PublishError.self) { try volume.install(scratch.file("absent")) }
        #expect(error.message.contains("absent") && error.hint?.contains("keeper-injector-exec") == true)
    }

    @Test("a symbolic link that somebody planted leads nowhere")
    func links() throws {
        let volume = volume()
        let run = scratch.file("run")
        try FileManager.default.createDirectory(atPath: run + "/env/app", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: run + "/launcher", withIntermediateDirectories: true)
        let victim = scratch.file("victim")
        try "mine".write(toFile: victim, atomically: false, encoding: .utf8)
        for name in ["/env/app/environment", "/env/app/..next-environment", "/launcher/keeper-injector-exec"]
        {
            try FileManager.default.createSymbolicLink(atPath: run + name, withDestinationPath: victim)
        }
        _ = try volume.publish(SecretBytes("secret".utf8))
        try volume.install("/bin/true")
        #expect(DiskTree.text(victim) == "mine")
        #expect(DiskTree.text(run + "/env/app/environment") == "secret")
        try FileManager.default.createSymbolicLink(
            atPath: run + "/env/web2", withDestinationPath: scratch.path)
        let other = EnvironmentVolume(root: run, containers: ["web2"], ownership: Ownership())
        #expect(throws: PublishError.self) { try other.publish(SecretBytes("secret".utf8)) }
    }
}
