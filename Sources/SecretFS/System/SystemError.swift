import Glibc

/// A system call that failed.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The C function, for messages: `openat`.
    package let call: String
    /// errno(3).
    package let code: Int32

    package init(call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    package var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// Runs a system call that answers -1 when it fails, again as long as a signal interrupts it.
///
/// The one place where EINTR is dealt with; close(2) is not called through here, since Linux has closed
/// the descriptor even then.
@discardableResult
func retrying<Result: FixedWidthInteger>(_ call: String, _ body: () -> Result) throws(SystemError) -> Result {
    while true {
        let result = body()
        guard result == -1 else { return result }
        let code = errno
        guard code == EINTR else { throw SystemError(call: call, code: code) }
    }
}

/// The result of a call, or `nil` when it failed with one of `codes`.
func unless<Result>(
    _ codes: Int32..., body: () throws(SystemError) -> Result
) throws(SystemError) -> Result? {
    do throws(SystemError) {
        return try body()
    } catch {
        guard codes.contains(error.code) else { throw error }
        return nil
    }
}
