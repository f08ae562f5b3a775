import Injection
import Plan
import Testing

@Suite("Path rules")
struct PathRuleTests {
    @Test(
        "refuse directories that an image needs, with the way out",
        arguments: [
            "/", "/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/proc", "/sys", "/dev", "/run", "/var",
            "/var/run",
            "/var/run/secrets/kubernetes.io/serviceaccount", "/run/secrets/kubernetes.io/serviceaccount",
            "/tmp",
            "/home", "/root",
        ])
    func denied(directory: String) throws {
        let file = (directory == "/" ? "" : directory) + "/db.json"
        let byFile = try AnnotationParserTests.mistakes(["secret-db": file])
        #expect(
            byFile.map(\.problem) == [
                "mounting secrets over \(directory) would hide what the image has there"
            ])
        #expect(byFile.first?.expected?.hasPrefix("a directory of its own") == true)
        #expect(try AnnotationParserTests.mistakes(["secret": "a", "secrets-path": directory]).count == 1)
        // A sub-directory is fine.
        let below = (directory == "/" ? "" : directory) + "/of-its-own/db.json"
        #expect(try AnnotationParserTests.plan(["secret-db": below]).directories.count == 2)
    }

    @Test(
        "refuse odd secrets-paths",
        arguments: ["", "secrets", "./x", "/a/../b", "/a:b", "/..x", "/a\u{0}b", "/a\nb"])
    func secretsPath(value: String) throws {
        let mistakes = try AnnotationParserTests.mistakes(["secret": "a", "secrets-path": value])
        #expect(mistakes.map(\.annotation) == ["keeper.security/secrets-path"])
    }

    @Test("mount each directory once, the outermost, secrets-path last")
    func directories() throws {
        let parsed = try AnnotationParserTests.parse([
            "secret-a": "/app/config/a.json", "secret-b": "/app/config/b.json",
            "secret-c": "/app/config/tls/c.json",
            "secret-d": "/app/configs/d.json", "secret-e": "/keeper/secrets/sub/e.json", "secret-f": "/zoo/f",
        ])
        #expect(
            parsed.plan?.directories.map(\.description) == [
                "/app/config", "/app/configs", "/zoo", "/keeper/secrets",
            ])
        #expect(
            parsed.warnings.map(\.description) == [
                "keeper.security/secret-a: /app/config is mounted over: what the image has in it cannot be seen",
                "keeper.security/secret-d: /app/configs is mounted over: what the image has in it cannot be seen",
                "keeper.security/secret-f: /zoo is mounted over: what the image has in it cannot be seen",
            ])
    }

    @Test("refuse two contents for one path, naming both")
    func conflicts() throws {
        let mistakes = try AnnotationParserTests.mistakes(["secret-a": "x:/app/f", "secret-b": "y:/app//f"])
        #expect(mistakes.map(\.annotation) == ["keeper.security/secret-b"])
        #expect(
            mistakes.first?.problem
                == "writes \"/app/f\", as keeper.security/secret-a does with other content")
        #expect(
            try AnnotationParserTests.mistakes(["secret-a": "x:/app/f", "secret-b": "x[y]:/app/f"]).count == 1
        )
        #expect(try AnnotationParserTests.mistakes(["secrets": "My DB, my-db"]).count == 1)
        // The same content twice is no harm.
        let same = try AnnotationParserTests.parse(["secret-a": "x:/app/f", "secret-b": "x:/app/f"])
        #expect(same.plan?.selections.count == 1)
        #expect(same.warnings.contains { $0.message == "asks for the same file as keeper.security/secret-a" })
    }

    @Test("refuse a file that is a directory too")
    func fileAndDirectory() throws {
        let mistakes = try AnnotationParserTests.mistakes([
            "secret-a": "x:/app/config/f", "secret-b": "y:/app/config",
        ])
        #expect(mistakes.map(\.annotation) == ["keeper.security/secret-b"])
        #expect(mistakes.first?.problem.contains("keeper.security/secret-a needs it as a directory") == true)
        #expect(
            try AnnotationParserTests.mistakes([
                "secret-a": "x:/keeper/secrets/d", "secret-b": "y:/keeper/secrets/d/e",
            ]).count == 1)
    }

    @Test("refuse a directory that would hide the secrets-path")
    func around() throws {
        let mistakes = try AnnotationParserTests.mistakes(["secret-a": "x:/keeper/f"])
        #expect(mistakes.first?.problem.contains("would hide the secrets-path") == true)
        #expect(
            try AnnotationParserTests.plan(["secret-a": "x:/keeper/f", "secrets-path": "/keeper"]).directories
                .count == 1)
    }
}
