extension Fault: CustomStringConvertible {
    /// - Throws: `FaultError` that tells what was expected.
    package init(parsing text: String) throws(FaultError) {
        var rest = text[...]
        var times: Int?
        if let star = rest.lastIndex(of: "*") {
            guard let count = Int(rest[rest.index(after: star)...]), count > 0 else {
                throw FaultError("'\(text)': behind '*' a number from 1 is expected")
            }
            times = count
            rest = rest[..<star]
        }
        var operation: Operation?
        if let at = rest.lastIndex(of: "@") {
            let name = String(rest[rest.index(after: at)...])
            guard let known = Operation(rawValue: name) else {
                throw FaultError("'\(text)': behind '@' get_secret, get_folders or file is expected")
            }
            operation = known
            rest = rest[..<at]
        }
        let parts = rest.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let kind = try Fault.kind(
            String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : nil, in: text)
        self.init(kind, on: operation, times: times)
    }

    private static func kind(
        _ name: String, _ value: String?, in text: String
    ) throws(FaultError) -> Kind {
        switch (name, value) {
        case ("throttle", nil): return .throttle(retryAfter: nil)
        case ("throttle", let value?):
            guard let seconds = Int(value), seconds >= 0 else {
                throw FaultError("'\(text)': throttle=SECONDS takes a whole number")
            }
            return .throttle(retryAfter: seconds)
        case ("proxy", nil): return .proxyPage
        case ("reset", nil): return .reset
        case ("hang", nil): return .hang
        case ("slow", let value):
            guard let bytes = Int(value ?? "1024"), bytes > 0 else {
                throw FaultError("'\(text)': slow=BYTES takes a number of bytes for each second")
            }
            return .slow(bytesPerSecond: bytes)
        case ("truncate", nil): return .truncate
        case ("corrupt", nil): return .corruptBody
        case ("corrupt-record", let uid?): return .corruptRecord(uid: uid)
        case ("corrupt-file", let uid?): return .corruptFile(uid: uid)
        case ("wrong-key", let id): return .wrongKey(id: id ?? ServerKeys.renamedID)
        case ("error", let code?): return .error(code: code)
        case ("tls-close", nil): return .closeInTLS
        case ("tls-hang", nil): return .hangInTLS
        case (let status, nil):
            if let number = Int(status), (400...599).contains(number) { return .status(number) }
        default: break
        }
        throw FaultError(
            "'\(text)' is no fault: throttle[=SECONDS], 400…599, proxy, reset, hang, slow[=BYTES], truncate, "
                + "corrupt, corrupt-record=UID, corrupt-file=UID, wrong-key[=ID], error=CODE, tls-close, tls-hang "
                + "are known, each with [@OPERATION][*COUNT]")
    }

    /// The text that `init(parsing:)` reads.
    package var description: String {
        let name =
            switch kind {
            case .throttle(nil): "throttle"
            case .throttle(let seconds?): "throttle=\(seconds)"
            case .status(let status): "\(status)"
            case .proxyPage: "proxy"
            case .reset: "reset"
            case .hang: "hang"
            case .slow(let bytes): "slow=\(bytes)"
            case .truncate: "truncate"
            case .corruptBody: "corrupt"
            case .corruptRecord(let uid): "corrupt-record=\(uid)"
            case .corruptFile(let uid): "corrupt-file=\(uid)"
            case .wrongKey(let id): "wrong-key=\(id)"
            case .error(let code): "error=\(code)"
            case .closeInTLS: "tls-close"
            case .hangInTLS: "tls-hang"
            }
        return name + (operation.map { "@\($0.rawValue)" } ?? "") + (remaining.map { "*\($0)" } ?? "")
    }
}

/// Why a text is no fault.
package struct FaultError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
