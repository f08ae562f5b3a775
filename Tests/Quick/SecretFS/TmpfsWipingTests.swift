import Foundation
import SecretFS
import Testing
import TestSupport

/// Hard links let the tests look into files that were removed.
@Suite("Old generations on tmpfs")
struct TmpfsWipingTests {
    let scratch: Scratch
    let old = String(repeating: "old p@ss ", count: 1000)

    init() throws { scratch = try Scratch() }

    private func keepLink(to name: String) throws -> String {
        let real = URL(fileURLWithPath: scratch.path("secrets/" + name)).resolvingSymlinksInPath().path
        let link = scratch.path("link-" + name.replacing("/", with: "-"))
        try FileManager.default.linkItem(atPath: real, toPath: link)
        return link
    }

    @Test("are overwritten with zeros", arguments: [0o600, 0o400] as [UInt32])
    func zeroed(mode: UInt32) throws {
        let publisher = try scratch.publisher(ownership: Ownership(fileMode: mode))
        try publisher.publish(generation(["a": old, "b/c": old]))
        let links = [try keepLink(to: "a"), try keepLink(to: "b/c")]
        try publisher.publish(generation(["a": "new", "b/c": "new"]))
        for link in links {
            #expect(DiskTree.text(link) == String(repeating: "\0", count: old.utf8.count))
        }
    }

    @Test("keep their content for a reader that holds a file open; its neighbours are overwritten")
    func held() throws {
        let publisher = try scratch.publisher()
        try publisher.publish(generation(["held": old, "free": old]))
        let links = [try keepLink(to: "held"), try keepLink(to: "free")]
        let handle = try #require(FileHandle(forReadingAtPath: scratch.path("secrets/held")))
        try publisher.publish(generation(["held": "new", "free": "new"]))
        publisher.finish()
        #expect(DiskTree.text(scratch.path("secrets/held")) == "new")
        #expect(try handle.readToEnd().map { String(decoding: $0, as: UTF8.self) } == old)
        #expect(DiskTree.text(links[0]) == old)
        #expect(DiskTree.text(links[1])?.contains("p@ss") == false)
    }

    @Test("keep their content for a reader that mapped a file and closed it")
    func mapped() throws {
        let publisher = try scratch.publisher()
        try publisher.publish(generation(["held": old]))
        let descriptor = open(scratch.path("secrets/held"), O_RDONLY)
        let bytes = mmap(nil, old.utf8.count, PROT_READ, MAP_SHARED, descriptor, 0)
        close(descriptor)
        try #require(bytes != MAP_FAILED)
        defer { munmap(bytes, old.utf8.count) }
        try publisher.publish(generation(["held": "new"]))
        let seen = UnsafeRawBufferPointer(start: bytes, count: old.utf8.count)
        #expect(String(decoding: seen, as: UTF8.self) == old)
    }

    @Test("that an earlier process left are overwritten and removed")
    func debris() throws {
        try scratch.publisher().publish(generation(["a": "1"]))
        let left = scratch.path("secrets/..2020_01_02_03_04_05.123456789123456")
        try FileManager.default.createDirectory(atPath: left + "/x", withIntermediateDirectories: true)
        try old.write(toFile: left + "/x/y", atomically: false, encoding: .utf8)
        let link = scratch.path("link")
        try FileManager.default.linkItem(atPath: left + "/x/y", toPath: link)
        let secrets = scratch.path("secrets")
        for (name, target) in [("..data_tmp", "nowhere"), ("lost", "..data/lost")] {
            try FileManager.default.createSymbolicLink(
                atPath: secrets + "/" + name, withDestinationPath: target)
        }

        let publication = try scratch.publisher().publish(generation(["a": "1"]))
        #expect(!publication.changedFiles)
        #expect(try DiskTree.names(secrets) == ["..GENERATION", "..data", "a"])
        #expect(DiskTree.text(link) == String(repeating: "\0", count: old.utf8.count))
    }
}
