import Glibc
package import Plan
package import Render
package import SecretFS
import Telemetry

/// The environment variables of the app's containers: launcher and files (contract, section 6).
package struct AppEnvironment: Sendable {
    private let volume: EnvironmentVolume
    private let launcher: String
    /// On a laptop the variables may be for another launcher than ours.
    private let needsLauncher: Bool
    /// Whether a container starts without variables rather than not at all.
    private let failOnError: Bool

    /// Where nothing says which containers there are.
    private static let usualContainer = "app"

    /// - Parameters:
    ///   - run: the volume `keeper-run`, or what stands for it.
    ///   - launcher: the path of the executable.
    /// - Returns: `nil` where the plan sets no variables.
    package init?(
        _ plan: Plan, run: String, ownership: Ownership, launcher: String = AppEnvironment.ownLauncher,
        needsLauncher: Bool = true
    ) {
        guard plan.setsEnvironment else { return nil }
        volume = EnvironmentVolume(
            root: run,
            containers: plan.environmentContainers.isEmpty
                ? [Self.usualContainer] : plan.environmentContainers,
            ownership: ownership)
        self.launcher = launcher
        self.needsLauncher = needsLauncher
        failOnError = plan.failOnError
    }

    /// Beside this executable, as in the image.
    package static var ownLauncher: String {
        let name = "/" + EnvironmentVolume.launcher
        guard let path = realpath("/proc/self/exe", nil) else { return "/usr/local/bin" + name }
        defer { free(path) }
        let own = String(cString: path)
        return own.lastIndex(of: "/").map { String(own[..<$0]) + name } ?? name
    }

    /// - Returns: the containers whose variables are others than before.
    func publish(_ environment: RenderedEnvironment, log: Log) throws(PublishError) -> [String] {
        do throws(PublishError) {
            try volume.install(launcher)
        } catch {
            guard case .launcher = error, !needsLauncher else { throw error }
            log.failure(error, "the environment files are written, and the launcher is not beside them")
        }
        return try volume.publish(environment.file)
    }

    /// There are no secrets yet, and the app may start without: launcher and files must be there.
    func prepare(log: Log) throws(PublishError) {
        guard !volume.isPublished else { return }
        _ = try publish(.empty, log: log)
    }

    /// What is in the files is too old to serve. A container that restarts does so without variables if it
    /// may, and else waits, told by the launcher why.
    func remove(log: Log) throws(PublishError) {
        guard failOnError else {
            _ = try publish(.empty, log: log)
            return
        }
        volume.remove()
    }
}

extension Plan {
    /// Whether any record becomes environment variables.
    package var setsEnvironment: Bool { selections.contains { $0.environment != nil } }

    /// Whether any selection or folder becomes a file: without one there is no volume for files.
    package var writesFiles: Bool {
        selections.contains { $0.output != .noFile } || folders.contains { $0.output != .noFiles }
    }
}
