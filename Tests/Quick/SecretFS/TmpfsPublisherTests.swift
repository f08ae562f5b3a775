import Foundation
import Plan
import SecretFS
import Testing
import TestSupport

@Suite("TmpfsPublisher")
struct TmpfsPublisherTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("files appear under their names, as links into the generation in force")
    func layout() throws {
        let publisher = try scratch.publisher()
        #expect(!publisher.hasPublished)
        let publication = try publisher.publish(
            generation(["db.json": "{}", "a/b/c": "deep", "/app/tls/tls.key": "key"]))
        #expect(publisher.hasPublished)
        #expect(DiskTree.text(scratch.path("secrets/db.json")) == "{}")
        #expect(DiskTree.text(scratch.path("secrets/a/b/c")) == "deep")
        #expect(DiskTree.text(scratch.path("tls/tls.key")) == "key")
        #expect(try DiskTree.names(scratch.path("secrets")) == ["..GENERATION", "..data", "a", "db.json"])
        let link = try FileManager.default.destinationOfSymbolicLink(atPath: scratch.path("secrets/a"))
        #expect(link == "..data/a")
        let expected = try absolute("/app/tls/tls.key", "/keeper/secrets/a/b/c", "/keeper/secrets/db.json")
        #expect(publication.added == expected)
        #expect(publication.changed.isEmpty && publication.removed.isEmpty && publication.wroteAnything)
    }

    @Test("a publication tells what changed, and only directories that changed are switched")
    func difference() throws {
        let publisher = try scratch.publisher()
        try publisher.publish(generation(["same": "1", "other": "1", "gone": "1", "/app/tls/key": "k"]))
        let tls = try DiskTree.snapshot(scratch.path("tls"))
        let publication = try publisher.publish(
            generation(["same": "1", "other": "2", "new/er": "1", "/app/tls/key": "k"]))
        #expect(try publication.added == absolute("/keeper/secrets/new/er"))
        #expect(try publication.changed == absolute("/keeper/secrets/other"))
        #expect(try publication.removed == absolute("/keeper/secrets/gone"))
        #expect(
            try DiskTree.names(scratch.path("secrets"))
                == ["..GENERATION", "..data", "new", "other", "same"])
        #expect(try DiskTree.snapshot(scratch.path("tls")) == tls)
    }

    @Test("publishing the same again touches nothing, also from a new process")
    func unchanged() throws {
        let files = [
            "a": "1", "b/c": String(repeating: "long ", count: 5000), "/app/tls/key": "k", "empty": "",
        ]
        try scratch.publisher().publish(generation(files))
        let before = try DiskTree.snapshot(scratch.directory.path)
        for _ in 0..<2 {
            let publication = try scratch.publisher().publish(generation(files))
            #expect(publication == Publication())
        }
        #expect(try DiskTree.snapshot(scratch.directory.path) == before)
    }

    @Test("a file goes to the longest directory that holds it")
    func longestDirectory() throws {
        let publisher = TmpfsPublisher(
            directories: [
                PublishedDirectory(
                    mountPath: try AbsolutePath("/s/inner"), location: scratch.path("inner")),
                PublishedDirectory(mountPath: try AbsolutePath("/s"), location: scratch.path("outer")),
            ], ownership: Ownership())
        try publisher.publish(generation(["/s/inner/x": "in", "/s/y": "out"]))
        #expect(DiskTree.text(scratch.path("inner/x")) == "in")
        #expect(DiskTree.text(scratch.path("outer/y")) == "out")
        #expect(try DiskTree.names(scratch.path("outer")) == ["..GENERATION", "..data", "y"])
    }

    @Test("an empty generation removes all files and stays published")
    func empty() throws {
        let publisher = try scratch.publisher()
        try publisher.publish(generation(["a": "1", "/app/tls/b": "2"]))
        let publication = try publisher.publish(.empty)
        #expect(publication.removed.count == 2)
        #expect(try DiskTree.names(scratch.path("secrets")) == ["..GENERATION", "..data"])
        #expect(publisher.hasPublished)
    }

    @Test("a path outside of every directory, or of a reserved name, is refused before anything is made")
    func refusedPaths() throws {
        let publisher = try scratch.publisher()
        for (path, words) in [
            ("/elsewhere/x", "none of the published directories"), ("/keeper/secrets/..data", "reserved"),
            ("/keeper/secrets/..x/y", "reserved"),
        ] {
            let error = try #require(throws: PublishError.self) {
                try publisher.publish(generation([path: "p@ss"]))
            }
            #expect(error.message.contains(words) && error.message.contains(path))
            #expect(error.exitCode == .configuration)
        }
        #expect(try DiskTree.names(scratch.directory.path).isEmpty)
    }

    @Test("an old generation stays for its grace, then goes")
    func grace() throws {
        let publisher = try scratch.publisher(grace: .seconds(3600))
        try publisher.publish(generation(["a": "1"]))
        #expect(publisher.nextSweep == nil)
        try publisher.publish(generation(["a": "2"]))
        publisher.sweep()
        #expect(
            try DiskTree.names(scratch.path("secrets")) == ["..GENERATION", "..GENERATION", "..data", "a"])
        #expect(try #require(publisher.nextSweep) > .seconds(3000))

        let brief = try scratch.publisher(grace: .milliseconds(50))
        try brief.publish(generation(["a": "3"]))
        brief.finish()
        #expect(try DiskTree.names(scratch.path("secrets")) == ["..GENERATION", "..data", "a"])
        #expect(brief.nextSweep == nil)
    }
}
