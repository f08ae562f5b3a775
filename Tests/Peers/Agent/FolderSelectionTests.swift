import Foundation
import KeeperEmulator
import TestSupport
import Testing

@Suite("Folders, and many selections at once")
struct FolderSelectionTests {
    /// 200 selections of all kinds, and what each must write.
    private struct Wish {
        var annotations: [String] = []
        var files: [String: String] = [:]
        var count = 0

        mutating func add(_ annotation: String, _ path: String, _ content: String) {
            annotations.append(annotation)
            files[path] = content
            count += 1
        }
    }

    private static func password(_ number: Int) -> String {
        "generated-password-" + String(repeating: "0", count: 7 - "\(number)".count) + "\(number)"
    }

    private static func wish() -> Wish {
        var wish = Wish()
        for n in 1...40 {
            wish.add("secret-a\(n)=Record \(n)[login]:/app/login/\(n)", "/app/login/\(n)", "user-\(n)")
        }
        for n in 41...70 {
            wish.add(
                "secret-b\(n)=keeper://Record \(n)/field/password:/app/password/\(n)",
                "/app/password/\(n)", password(n))
        }
        for n in 71...110 {
            wish.add(
                "secret-c\(n)=\(LargeVault.path(of: n))/Record \(n)/field/url:/app/url/\(n)", "/app/url/\(n)",
                "https://service-\(n).example")
        }
        for n in stride(from: 1, through: 291, by: 10) {
            wish.add(
                "file-d\(n)=Record \(n):key.bin:/app/file/\(n)", "/app/file/\(n)", "attachment of Record \(n)"
            )
        }
        var config = "config=secrets:\n"
        for n in 301...340 {
            config += """
                  - record: Record \(n)
                    path: /app/template/\(n)
                    template: "{{ .login | upper }}:{{ .password }}"

                """
            wish.files["/app/template/\(n)"] = "USER-\(n):" + password(n)
            wish.count += 1
        }
        config += "folders:\n"
        for team in 0..<8 {
            config += """
                  - path: Team \(team)/Databases
                    outputPath: /app/team\(team)/databases
                    format: env
                  - uid: \(LargeVault.folderUID(team, []))
                    outputPath: /app/team\(team)/all
                    recursive: true

                """
            wish.count += 2
        }
        wish.annotations.append(config)
        for n in [350, 351, 352, 353] {
            wish.annotations.append("secret-e\(n)=Record \(n):/app/json/\(n).json")
            wish.count += 1
        }
        return wish
    }

    @Test("200 selections of 500 records: one get_secret, one get_folders, each attachment once")
    func many() async throws {
        let laboratory = try Laboratory(LargeVault().vault)
        let wish = Self.wish()
        try #require(wish.count == 200)
        let counters = { laboratory.emulator.counters }
        let process = try laboratory.start(wish.annotations, interval: "2s")
        let isThere = { FileManager.default.fileExists(atPath: laboratory.path("/app/url/..data")) }
        #expect(try await eventually { isThere() }, "\(process.errors.prefix(2000))")
        #expect(try await eventually { process.errors.contains("published") }, "\(process.errors)")
        let first = try Inventory(laboratory.root)
        #expect(counters().getSecret == 1)
        #expect(counters().getFolders == 1)
        #expect(counters().fileDownloads == 30)

        for (path, content) in wish.files { #expect(laboratory.text(path) == content, "\(path)") }
        #expect(laboratory.text("/app/json/350.json")?.contains("\"login\": \"user-350\"") == true)
        for team in 0..<8 {
            let here = (1...500).filter { number in
                LargeVault.place(of: number).team == team || Self.shortcut(of: number)?.team == team
            }
            let all = try laboratory.tree().keys.filter {
                $0.contains("app/team\(team)/all/..data/") || $0.hasPrefix("app/team\(team)/all/..2")
            }
            #expect(all.count == here.count, "team \(team)")
            let databases = here.filter { number in
                LargeVault.place(of: number) == (team, ["Databases"])
                    || Self.shortcut(of: number).map { $0 == (team, ["Databases"]) } == true
            }
            let names = try FileManager.default.contentsOfDirectory(
                atPath: laboratory.path("/app/team\(team)/databases")
            ).filter { !$0.hasPrefix("..") }
            #expect(Set(names) == Set(databases.map { "record-\($0).env" }))
        }
        #expect(
            laboratory.text("/app/team0/all/databases/a-b/record-3.json")?.contains("user-3\"") == true)
        #expect(laboratory.text("/app/team0/all/ünïcödé/record-5.json") != nil)

        // The second refresh, and the third.
        #expect(try await eventually { counters().getSecret >= 3 })
        #expect(counters().getFolders == 1)
        #expect(counters().fileDownloads == 30)
        #expect(try Inventory(laboratory.root) == first, "something was touched")
        process.signal(SIGTERM)
        #expect(try await process.wait() == 0)
    }

    private static func shortcut(of number: Int) -> (team: Int, path: [String])? {
        (number - 1) % 25 == 0 ? LargeVault.place(of: number + 7) : nil
    }

    @Test("a folder that is renamed and one that comes are found; get_folders is asked only then")
    func changes() async throws {
        let laboratory = try Laboratory(LargeVault().vault)
        let process = try laboratory.start(["secret-x=Team 1/Databases/Record 7/field/login:/app/x"])
        #expect(try await eventually { laboratory.text("/app/x") == "user-7" }, "\(process.errors)")
        #expect(try await eventually { laboratory.emulator.counters.getSecret > 4 })
        #expect(laboratory.emulator.counters.getFolders == 1)

        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.add(
                EmulatorFolder(
                    uid: "NewFolder0000000000000", name: "New", parent: LargeVault.folderUID(1, [])))
            try vault.update("Record 7") { $0.folder = "NewFolder0000000000000" }
            try vault.set("login", of: "Record 7", to: "moved")
        }
        // The record is no longer where the plan says: what was published stays.
        #expect(
            try await eventually { process.errors.contains("no record has the title or uid") },
            "\(process.errors)")
        #expect(laboratory.text("/app/x") == "user-7")
        #expect(laboratory.emulator.counters.getFolders == 2)
        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.update("Record 7") { $0.folder = LargeVault.folderUID(1, ["Databases"]) }
        }
        #expect(try await eventually { laboratory.text("/app/x") == "moved" }, "\(process.errors)")
        #expect(laboratory.emulator.counters.getFolders == 2)
        process.signal(SIGTERM)
        #expect(try await process.wait() == 0)
    }

    @Test("a renamed record: its uid goes on, its title is told with the new one")
    func renamed() async throws {
        let laboratory = try Laboratory()
        let uid = try laboratory.emulator.vault.record("Web shop login").uid
        let process = try laboratory.start([
            "secret-x=Web shop login[login]:/app/x", "secret-y=\(uid)[login]:/app/y",
        ])
        #expect(try await eventually { laboratory.text("/app/y") != nil }, "\(process.errors)")
        try laboratory.emulator.edit { vault throws(VaultError) in
            try vault.rename("Web shop login", to: "Shop login")
        }
        let message = "the record 'Web shop login' was renamed: \(uid) has the title 'Shop login' now"
        #expect(try await eventually { process.errors.contains(message) }, "\(process.errors)")
        #expect(!process.errors.contains("secret-y"))
        #expect(laboratory.text("/app/x") != nil)
        process.signal(SIGTERM)
        #expect(try await process.wait() == 0)
    }

    @Test("a file has its own mode, and the directory lets in whom it may be read by")
    func modes() throws {
        let laboratory = try Laboratory()
        let result = try laboratory.runOnce([
            """
            config=secrets:
              - record: Web shop login
                path: /app/a.json
                mode: "0440"
              - record: Web shop login
                path: /app/b.json
            """
        ])
        #expect(result.status == 0, "\(result.errors)")
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: laboratory.path(path))[.posixPermissions] as? Int
        }
        #expect(try mode("/app/..data/a.json") == 0o440)
        #expect(try mode("/app/..data/b.json") == 0o600)
        #expect(try mode("/app/..data/") == 0o750)
    }
}

/// Inode, times and size of everything below a directory: equal only where nothing was touched.
private struct Inventory: Equatable {
    private var entries: [String: [Int]] = [:]

    init(_ root: String) throws {
        for case let name as String in FileManager.default.enumerator(atPath: root) ?? .init() {
            var status = stat()
            try #require(lstat(root + "/" + name, &status) == 0)
            entries[name] = [
                Int(status.st_ino), Int(status.st_size), Int(status.st_mode), status.st_mtim.tv_sec,
                status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
            ]
        }
    }
}
