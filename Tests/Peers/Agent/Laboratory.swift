import Foundation
import KeeperEmulator
import TestSupport
import Testing

/// An emulator, a client of it, and the executables to try on it.
struct Laboratory {
    let emulator: Emulator
    let scratch: TemporaryDirectory

    init(_ vault: EmulatorVault = .sample, _ options: EmulatorOptions = EmulatorOptions()) throws {
        emulator = try Emulator.start(vault: vault, options: options)
        // A memory file system, as in a pod.
        scratch = try TemporaryDirectory(in: "/dev/shm")
        try emulator.writeCA(to: ca)
        try emulator.clientConfiguration().write(toFile: configuration, atomically: false, encoding: .utf8)
    }

    var ca: String { scratch.file("ca.pem") }
    var configuration: String { scratch.file("keeper.json") }
    var root: String { scratch.file("root") }
    var connection: [String] { ["--ksm-config", configuration, "--ca-cert", ca] }

    /// A path of the pod, as it is on this machine.
    func path(_ podPath: String) -> String { root + podPath }

    func text(_ podPath: String) -> String? { try? String(contentsOfFile: path(podPath), encoding: .utf8) }

    /// Runs `keeper-injector` to its end, with the connection's options added.
    func tool(_ arguments: String...) throws -> CommandResult {
        try run(Checkout.product("keeper-injector"), arguments + connection)
    }

    /// `keeper-injector run --once` with these annotations.
    func runOnce(_ annotations: [String], connection: [String]? = nil) throws -> CommandResult {
        try run(
            Checkout.product("keeper-injector"),
            ["run", "--once", "--root", root] + annotations.flatMap { ["--annotation", $0] }
                + (connection ?? self.connection))
    }

    /// `keeper-injector run` beside the test.
    func start(_ annotations: [String], interval: String = "50ms", more: [String] = []) throws
        -> BackgroundProcess
    {
        try BackgroundProcess(
            Checkout.product("keeper-injector"),
            ["run", "--root", root, "--refresh-interval", interval]
                + annotations.flatMap { ["--annotation", $0] } + connection + more)
    }

    /// `keeper-injector-agent` beside the test.
    func startAgent(_ verb: String, plan: String, more: [String] = []) throws -> BackgroundProcess {
        try BackgroundProcess(
            Checkout.product("keeper-injector-agent"), [verb, "--root", root] + connection + more,
            environment: ["KEEPER_INJECTOR_CONFIG": plan])
    }

    /// Runs `keeper-injector-agent` to its end, without a plan unless one is given.
    func runAgent(_ verb: String, plan: String? = nil, more: [String] = []) throws -> CommandResult {
        try run(
            Checkout.product("keeper-injector-agent"), [verb, "--root", root] + connection + more,
            environment: plan.map { ["KEEPER_INJECTOR_CONFIG": $0] } ?? [:])
    }

    /// The plan that these annotations make.
    func plan(_ annotations: [String]) throws -> String {
        let result = try run(
            Checkout.product("keeper-injector"),
            ["plan", "--annotation", "ksm-config=x"] + annotations.flatMap { ["--annotation", $0] })
        try #require(result.status == 0, "\(result.errors)")
        return result.output
    }

    /// Every file below the pod's root, by path; links are not followed.
    func tree() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for case let name as String in FileManager.default.enumerator(atPath: root) ?? .init() {
            let path = root + "/" + name
            let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            if type == .typeRegular { files[name] = try Data(contentsOf: URL(fileURLWithPath: path)) }
        }
        return files
    }
}
