/// Why a function failed; it names no value.
struct FunctionFailure: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
