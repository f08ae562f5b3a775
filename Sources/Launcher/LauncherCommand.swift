import CLinux
import Glibc

/// The command line of `keeper-injector-exec`: `FILE -- COMMAND [ARGUMENT…]`.
///
/// It sets the variables of FILE and becomes COMMAND by execve(2): pid, parent, signals, exit code, working
/// directory, umask and open files are the app's, as if the launcher had never been.
package enum LauncherCommand {
    package static let usage = """
        usage: keeper-injector-exec FILE -- COMMAND [ARGUMENT…]

        Sets the environment variables that keeper-injector wrote to FILE, and becomes COMMAND. Variables
        that are set already stay, but for those of envKeys.

        Exit codes: that of COMMAND; 125 the launcher itself failed, 126 COMMAND cannot be executed,
        127 COMMAND is not found.

        """

    /// - Parameters:
    ///   - count: of the arguments, the program's own name included.
    ///   - arguments: as main(3) gets them. Their bytes are handed on as they are: an argument need not be UTF-8.
    /// - Returns: the exit code, unless the process has become another.
    package static func run(
        _ count: Int, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    ) -> Int32 {
        if count == 2, let word = arguments[1], strcmp(word, "--help") == 0 {
            write(usage, to: STDOUT_FILENO)
            return 0
        }
        let error = launch(count, arguments)
        write("keeper-injector-exec: \(error.message)\nhint: \(error.hint)\n", to: STDERR_FILENO)
        return error.exitCode
    }

    /// Returns only when the app could not be started; what was read of secrets is wiped by then.
    private static func launch(
        _ count: Int, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    ) -> LauncherError {
        guard count >= 4, let path = arguments[1], let dashes = arguments[2], strcmp(dashes, "--") == 0 else {
            return .usage
        }
        do throws(LauncherError) {
            let file = try EnvironmentFile(path: path)
            let merged = MergedEnvironment(klinux_environment(), adding: file.variables)
            warn(about: merged.kept)
            // The environment points into the file's memory, which is wiped after its last use.
            return withExtendedLifetime(file) {
                Execution(
                    arguments: arguments + 3, environment: merged.pointers, searchPath: getenv("PATH")
                ).run()
            }
        } catch {
            return error
        }
    }

    private static func warn(about kept: [String]) {
        guard !kept.isEmpty else { return }
        let more = kept.count > 20 ? " and \(kept.count - 20) more" : ""
        write(
            "keeper-injector-exec: warning: the container sets \(kept.prefix(20).joined(separator: ", "))\(more) "
                + "itself, which stays; a name in envKeys would be replaced\n", to: STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { _ = Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
