import Foundation
import KeeperEmulator
import TestSupport
import Testing

@Suite(
    "keeper-injector run on a volume that refuses",
    .enabled(if: geteuid() == 0, "needs root, to mount and to be another user"))
struct VolumeTests {
    private static let annotations = ["secret-pw=Web shop login[password]:/keeper/secrets/password"]

    /// A laboratory whose root is a memory file system of its own; unmounted with the last reference.
    private final class Volume {
        let laboratory: Laboratory

        init() throws {
            laboratory = try Laboratory()
            try FileManager.default.createDirectory(
                atPath: laboratory.root, withIntermediateDirectories: false)
            try mount(["-t", "tmpfs", "-o", "size=64k", "tmpfs", laboratory.root])
            try #require(laboratory.runOnce(annotations).status == 0)
            #expect(laboratory.text("/keeper/secrets/password") == "hunter2-but-longer")
        }

        func mount(_ arguments: [String]) throws {
            let result = try run("mount", arguments)
            try #require(result.status == 0, "\(result.errors)")
        }

        deinit { _ = try? run("umount", ["--lazy", laboratory.root]) }
    }

    private func set(_ laboratory: Laboratory, to password: String) throws {
        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.set("password", of: "Web shop login", to: password)
        }
    }

    @Test("a full volume is said with the remedy, the files stay, and with space it goes on")
    func full() throws {
        let volume = try Volume()
        let laboratory = volume.laboratory
        let filler = laboratory.path("/filler")
        try Data(count: 48_000).write(to: URL(fileURLWithPath: filler))
        let before = try laboratory.tree()
        let long = String(repeating: "long ", count: 4000)
        try set(laboratory, to: long)

        let result = try laboratory.runOnce(VolumeTests.annotations)
        #expect(result.status == 1)
        #expect(result.errors.contains("no space for the secrets"), "\(result.errors)")
        #expect(result.errors.contains("tmpfs-size"), "\(result.errors)")
        #expect(try laboratory.tree() == before)

        try FileManager.default.removeItem(atPath: filler)
        let again = try laboratory.runOnce(VolumeTests.annotations)
        #expect(again.status == 0, "\(again.errors)")
        #expect(laboratory.text("/keeper/secrets/password") == long)
        #expect(
            try DiskTree.names(laboratory.path("/keeper/secrets")) == ["..GENERATION", "..data", "password"])
    }

    @Test("a volume that became read-only is said, and the files stay")
    func readOnly() throws {
        let volume = try Volume()
        let laboratory = volume.laboratory
        try set(laboratory, to: "changed")
        try volume.mount(["-o", "remount,ro", laboratory.root])
        let before = try DiskTree.snapshot(laboratory.root)
        let result = try laboratory.runOnce(VolumeTests.annotations)
        #expect(result.status == 1)
        #expect(result.errors.contains("read-only file system"), "\(result.errors)")
        #expect(try DiskTree.snapshot(laboratory.root) == before)
    }

    @Test("a directory that belongs to somebody else is said with the uid, and the files stay")
    func unwritable() throws {
        let laboratory = try Laboratory()
        try #require(laboratory.runOnce(VolumeTests.annotations).status == 0)
        try set(laboratory, to: "changed")
        let before = try DiskTree.snapshot(laboratory.root)
        let result = try run(
            "setpriv",
            [
                "--reuid=1234", "--regid=1234", "--clear-groups", Checkout.product("keeper-injector"), "run",
                "--once", "--root", laboratory.root,
            ] + VolumeTests.annotations.flatMap { ["--annotation", $0] } + laboratory.connection)
        #expect(result.status == 1)
        #expect(result.errors.contains("cannot be written by uid 1234"), "\(result.errors)")
        #expect(try DiskTree.snapshot(laboratory.root) == before)
    }
}
