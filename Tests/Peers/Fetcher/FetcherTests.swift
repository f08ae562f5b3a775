import Fetcher
import Foundation
import KeeperEmulator
import Plan
import SecretMemory
import TestSupport
import Testing
import Vault

private func text(_ secret: SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}

@Suite("The client against the emulated service")
struct FetcherTests {
    @Test("every record, field, file and folder of the sample vault arrives as it is, in two requests")
    func sample() throws {
        let bench = try FetcherBench()
        let vault = try bench.client.fetchVault()
        let (folders, damaged) = try bench.client.fetchFolders()
        #expect(vault.damaged.isEmpty && damaged.isEmpty)

        let wanted = bench.emulator.vault
        #expect(Set(vault.records.map(\.uid)) == Set(wanted.records.map(\.uid)))
        #expect(vault.records.count == wanted.records.count)
        for record in wanted.records {
            let found = try vault.record(record.uid, strict: true).record
            #expect(found.title == record.title && found.type == record.type)
            #expect(found.revision == Int64(record.revision))
            #expect(found.notes?.string == record.notes)
            let fields = found.fields.filter { $0.type != "fileRef" }
            expectEqual(fields, record.fields, record.uid)
            expectEqual(found.custom, record.custom, record.uid)
            #expect(found.attachments.map(\.uid) == record.files.map(\.uid))
            for (attachment, file) in zip(found.attachments, record.files) {
                #expect(attachment.name == file.name && attachment.size == Int64(file.content.count))
                let content = try bench.client.download(attachment)
                #expect(content.withUnsafeBytes { $0.elementsEqual(file.content) }, "\(file.name)")
            }
        }
        #expect(
            Set(folders.map { "\($0.uid) \($0.name) \($0.parentUID ?? "")" })
                == Set(wanted.folders.map { "\($0.uid) \($0.name) \($0.parent ?? "")" }))

        let counters = bench.emulator.counters
        #expect(counters.getSecret == 1 && counters.getFolders == 1)
        #expect(counters.connections == 1, "one connection is kept alive")
        #expect(bench.failures.allSatisfy { $0 == nil })
    }

    private func expectEqual(_ fields: [Field], _ wanted: [EmulatorField], _ uid: String) {
        #expect(fields.map(\.type) == wanted.map(\.type), "\(uid)")
        #expect(fields.map(\.label) == wanted.map(\.label), "\(uid)")
        for (field, wanted) in zip(fields, wanted) {
            // Objects are compared by keys, not by their order.
            #expect(
                field.values.map { JSON($0).sorted } == wanted.value.map(\.sorted), "\(uid) \(wanted.type)")
        }
    }

    @Test("one request fetches 1, 10 and 100 records, and a filter is sent", arguments: [1, 10, 100])
    func oneRequest(count: Int) throws {
        let bench = try FetcherBench(vault: .generated(records: 100))
        let uids = bench.emulator.vault.records.prefix(count).map(\.uid)
        let vault = try bench.client.fetchVault(recordUIDs: uids)
        #expect(vault.records.map(\.uid) == uids)
        #expect(bench.emulator.counters.getSecret == 1)
        let notation = try Notation("Record \(count)/field/password")
        guard case .values(let values) = try vault.values(of: notation), let value = values.first else {
            Issue.record("no value")
            return
        }
        let digits = String(count)
        #expect(
            text(value.bytes)
                == "generated-password-" + String(repeating: "0", count: 7 - digits.count) + digits)
    }

    @Test("a token is bound, and its configuration read by the client; a second use is refused")
    func bind() throws {
        let bench = try FetcherBench()
        let options = FetcherBench.options(caFile: bench.directory.file("ca.pem"))
        let emulator = bench.emulator
        let token = try emulator.oneTimeToken()
        let own = try OneTimeToken(token, serverKey: emulator.serverPublicKey)
        let configuration = try KeeperClient.bind(own, options: options)
        #expect(emulator.counters.getSecret == 2, "binding is confirmed by a second request")

        let written = try configuration.json()
        let client = try KeeperClient(
            configuration: ClientConfiguration(parsing: written), options: options)
        #expect(try client.fetchVault().records.count == emulator.vault.records.count)
        #expect(configuration.appOwnerPublicKey != nil)

        let error = try #require(throws: KeeperError.self) { try KeeperClient.bind(own, options: options) }
        guard case .tokenRefused = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.exitCode == .refused && error.hint?.contains("works once") == true)
        let isolated = try OneTimeToken(emulator.isolatedToken(), hostname: emulator.hostname)
        let second = try KeeperClient.bind(isolated, options: options)
        #expect(second.identity.serverKey != nil)
    }

    @Test(
        "a transient error is met with another attempt",
        arguments: [
            ("500*1", Failure.httpStatus), ("503*3", .httpStatus), ("proxy*2", .httpStatus),
            ("reset*1", .reset), ("truncate*1", .reset), ("corrupt*1", .undecryptable),
            ("tls-close*1", .tls),
        ])
    func transient(fault: String, failure: Failure) throws {
        let bench = try FetcherBench([Fault(parsing: fault)])
        #expect(try bench.client.fetchVault().records.count == bench.emulator.vault.records.count)
        let times = Int(fault.suffix(1)) ?? 0
        #expect(bench.failures.dropLast().count == times, "\(bench.failures)")
        #expect(bench.failures.last == .some(nil))
        for found in bench.failures.dropLast() {
            // How an ended connection is reported depends on the moment.
            let ends: [Failure] = [.reset, .tls, .connect, .other]
            #expect(found == failure || found.map(ends.contains) == true && ends.contains(failure))
        }
    }

    @Test("a service that stays broken is told with what it answered, after four attempts")
    func lasting() throws {
        let bench = try FetcherBench([Fault(.status(500))])
        let error = try #require(throws: KeeperError.self) { try bench.client.fetchVault() }
        #expect(error.exitCode == .unreachable)
        #expect(error.message.contains("HTTP 500"))
        #expect(bench.emulator.counters.getSecret == 4)
        bench.emulator.faults = []
        #expect(try !bench.client.fetchVault().records.isEmpty, "the client recovers")
    }

    @Test("a body that never decrypts is an error that says so")
    func corrupt() throws {
        let bench = try FetcherBench([Fault(.corruptBody)])
        let error = try #require(throws: KeeperError.self) { try bench.client.fetchVault() }
        guard case .unreadable = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.exitCode == .unreachable)
    }

    @Test("one corrupt record is damage, the others arrive")
    func corruptRecord() throws {
        let uid = "PaymentsDatabase000001"
        let bench = try FetcherBench([Fault(.corruptRecord(uid: uid))])
        let vault = try bench.client.fetchVault()
        #expect(vault.records.count == bench.emulator.vault.records.count - 1)
        #expect(vault.damaged.map(\.uid) == [uid])
        #expect(throws: LookupError.self) { try vault.record(uid, strict: false) }
        #expect(bench.emulator.counters.getSecret == 1)
    }

    @Test("a wrong key id is switched at once, and the new one kept for the next call")
    func keySwitch() throws {
        let bench = try FetcherBench([Fault(parsing: "wrong-key*1")])
        _ = try bench.client.fetchVault()
        #expect(bench.failures == [.serverKey, nil])
        #expect(bench.events.contains { if case .serverKeySwitched = $0 { true } else { false } })
        _ = try bench.client.fetchVault()
        #expect(bench.emulator.counters.getSecret == 3)

        let stubborn = try FetcherBench([Fault(parsing: "wrong-key")])
        let error = try #require(throws: KeeperError.self) { try stubborn.client.fetchVault() }
        #expect(error.exitCode == .refused)
        #expect(stubborn.emulator.counters.getSecret == 2)
    }

    @Test("throttling is waited for as Keeper wishes, and not beyond the deadline")
    func throttle() throws {
        let bench = try FetcherBench([Fault(.throttle(retryAfter: 1), times: 1)])
        _ = try bench.client.fetchVault()
        #expect(bench.throttled.count == 1)
        #expect(bench.throttled.allSatisfy { $0 >= .seconds(1) && $0 <= .milliseconds(1250) })
        bench.emulator.faults = [Fault(.throttle(retryAfter: 600))]
        let deadline = ContinuousClock.now + .seconds(5)
        let error = try #require(throws: KeeperError.self) {
            try bench.client.fetchVault(deadline: deadline)
        }
        #expect(error == .throttled(waits: 0))
        #expect(ContinuousClock.now < deadline)
    }

    @Test("a kept connection that breaks is followed by a new request with a key of its own")
    func brokenConnection() throws {
        let bench = try FetcherBench()
        for _ in 0..<5 {
            _ = try bench.client.fetchVault()
            bench.emulator.faults = [Fault(.reset, times: 1)]
            _ = try bench.client.fetchVault()
        }
        // The emulator refuses a transmission key that it has seen.
        #expect(bench.failures.compactMap(\.self).allSatisfy { $0 == .reset }, "\(bench.failures)")
        #expect(bench.failures.compactMap(\.self).count == 5)
    }

    @Test("a permanent refusal is asked once", arguments: ["access_denied", "signature", "bad_request"])
    func refused(code: String) throws {
        let bench = try FetcherBench([Fault(.error(code: code))])
        let error = try #require(throws: KeeperError.self) { try bench.client.fetchVault() }
        #expect(error == .refused(code: code, text: "injected"))
        #expect(error.exitCode == .refused && error.hint != nil)
        #expect(bench.emulator.counters.getSecret == 1)
    }

    @Test("a revoked device is refused")
    func revoked() throws {
        let bench = try FetcherBench()
        bench.emulator.revoke(bench.client.configuration.identity.clientID)
        let error = try #require(throws: KeeperError.self) { try bench.client.fetchVault() }
        guard case .refused("access_denied", _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.hint?.contains("revoked") == true)
    }

    @Test("a service that hangs is given up", arguments: ["hang", "tls-hang"])
    func hang(fault: String) throws {
        let options = ClientOptions(
            requestTimeout: .milliseconds(200), retryDelays: [.milliseconds(2)])
        let bench = try FetcherBench([Fault(parsing: fault)], options: options)
        let error = try #require(throws: KeeperError.self) { try bench.client.fetchVault() }
        guard case .unreachable(_, .timeout, _, 2) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(bench.failures == [.timeout, .timeout])
    }

    @Test(
        "another thread stops a transfer and a wait at once", arguments: ["hang", "throttle=60", "tls-hang"])
    func cancel(fault: String) throws {
        let cancellation = Cancellation()
        let bench = try FetcherBench([Fault(parsing: fault)], cancellation: cancellation)
        let thread = Thread {
            Thread.sleep(forTimeInterval: 0.3)
            cancellation.cancel()
        }
        thread.start()
        let start = ContinuousClock.now
        #expect(throws: KeeperError.cancelled) { try bench.client.fetchVault() }
        // The time-out would be 30 s and the wait 60 s: this only tells one from the other.
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(throws: KeeperError.cancelled) { try bench.client.fetchVault() }
    }

    @Test("an answer beyond the bound is refused, whatever its headers say")
    func oversized() throws {
        let bench = try FetcherBench(options: ClientOptions(answerLimit: 1000))
        let error = try #require(throws: KeeperError.self) { try bench.client.fetchVault() }
        guard case .tooLarge(_, 1000) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(bench.emulator.counters.getSecret == 1, "not repeated")
    }

    @Test("an unknown certificate authority is told at once, with the way out")
    func untrusted() throws {
        let bench = try FetcherBench(trusted: false)
        let error = try #require(throws: KeeperError.self) { try bench.client.fetchVault() }
        guard case .certificate(_, .unknownIssuer) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.hint?.contains("--ca-cert") == true)
        #expect(error.exitCode == .unreachable)
        #expect(bench.failures == [.certificate])
        #expect(bench.emulator.counters.getSecret == 0)
    }

    @Test("a certificate for another host is told as such")
    func otherHost() throws {
        let bench = try FetcherBench(address: "127.0.0.2") {
            $0.replacing("127.0.0.1:", with: "127.0.0.2:")
        }
        let error = try #require(throws: KeeperError.self) { try bench.client.fetchVault() }
        guard case .certificate(_, .otherHost) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.message.contains("127.0.0.2"))
        #expect(bench.emulator.counters.getSecret == 0)
    }

    @Test("nobody at the port, and no such host, are told with the host")
    func unreachable() throws {
        for host in ["127.0.0.1:1", "no-such-host.invalid"] {
            let bench = try FetcherBench {
                $0.replacing(/"127\.0\.0\.1:\d+"/, with: "\"\(host)\"")
            }
            let error = try #require(throws: KeeperError.self) { try bench.client.fetchVault() }
            guard case .unreachable(host, _, _, 4) = error else {
                Issue.record("\(error)")
                continue
            }
            #expect(error.exitCode == .unreachable && error.hint != nil)
        }
    }

    @Test("a CA file that is none is a mistake of the configuration")
    func caFile() throws {
        let bench = try FetcherBench()
        let configuration = bench.client.configuration
        let empty = bench.directory.file("empty.pem")
        try "nothing".write(toFile: empty, atomically: false, encoding: .utf8)
        for path in [empty, bench.directory.file("absent.pem")] {
            let error = try #require(throws: KeeperError.self) {
                try KeeperClient(configuration: configuration, options: ClientOptions(caFile: path))
            }
            #expect(error.exitCode == .configuration && error.message.contains(path))
        }
    }

    @Test("a download is repeated after a transient error, and a corrupt file told by its uid")
    func download() throws {
        let bench = try FetcherBench()
        let record = try bench.client.fetchVault().record("Web shop login", strict: true).record
        let file = try #require(record.attachments.first)
        bench.emulator.faults = [try Fault(parsing: "503@file*2")]
        #expect(text(try bench.client.download(file)) == "Zugangsdaten für den Shop ✓\n")
        #expect(bench.emulator.counters.fileDownloads == 3)

        bench.emulator.faults = [Fault(.corruptFile(uid: file.uid))]
        let error = try #require(throws: KeeperError.self) { try bench.client.download(file) }
        #expect(error.message.contains(file.uid))
        var other = file
        other.url = "http://127.0.0.1/x"
        #expect(throws: KeeperError.attachment(uid: file.uid, reason: "its address is not https")) {
            try bench.client.download(other)
        }
        // An address opens the file for whoever has it.
        bench.emulator.faults = [try Fault(parsing: "404@file")]
        let gone = try #require(throws: KeeperError.self) { try bench.client.download(file) }
        let secret = try #require(file.url.split(separator: "/").last)
        #expect(!gone.message.contains(secret))
    }
}
