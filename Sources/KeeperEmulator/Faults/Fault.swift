/// Something that goes wrong on purpose.
///
/// Written as `KIND[=VALUE][@OPERATION][*COUNT]`, for example `throttle=3*2`, `500@get_secret*1`,
/// `slow=2048`, `reset`. Without an operation it hits every one, without a count for ever.
package struct Fault: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// `throttle[=SECONDS]`: HTTP 403 `throttled`, with `retry_after` if given.
        case throttle(retryAfter: Int?)
        /// `500`, `503`, …: that status with an error of Keeper's form.
        case status(Int)
        /// `proxy`: HTTP 502 with an HTML page, as a gateway in between sends it.
        case proxyPage
        /// `reset`: RST in place of the answer.
        case reset
        /// `hang`: no answer, until the client gives up.
        case hang
        /// `slow=BYTES`: the answer trickles, so many bytes a second.
        case slow(bytesPerSecond: Int)
        /// `truncate`: half of the answer, then the end.
        case truncate
        /// `corrupt`: one byte of the encrypted answer is another.
        case corruptBody
        /// `corrupt-record=UID`: one byte of this record's data is another.
        case corruptRecord(uid: String)
        /// `corrupt-file=UID`: one byte of this file's content is another.
        case corruptFile(uid: String)
        /// `wrong-key[=ID]`: error `key`, which names another key id.
        case wrongKey(id: String)
        /// `error=CODE`: a permanent error of Keeper's, such as `access_denied`.
        case error(code: String)
        /// `tls-close`: the connection ends within the handshake.
        case closeInTLS
        /// `tls-hang`: silence within the handshake.
        case hangInTLS
    }

    package var kind: Kind
    /// What it hits; `nil` is everything.
    package var operation: Operation?
    /// How often it strikes yet; `nil` is for ever.
    package var remaining: Int?

    package init(_ kind: Kind, on operation: Operation? = nil, times: Int? = nil) {
        self.kind = kind
        self.operation = operation
        self.remaining = times
    }

    /// Whether it strikes a request for this operation: the one it names, and one that knows such a fault.
    func strikes(_ asked: Operation) -> Bool {
        guard (operation ?? asked) == asked else { return false }
        switch kind {
        case .closeInTLS, .hangInTLS: return false
        case .throttle, .error, .wrongKey: return asked != .file
        case .corruptRecord: return asked == .getSecret
        case .corruptFile: return asked == .file
        default: return true
        }
    }

    /// Whether it strikes before there is any request.
    var isInTLS: Bool { kind == .closeInTLS || kind == .hangInTLS }
}

/// What clients ask of the emulator.
package enum Operation: String, Sendable, CaseIterable {
    case getSecret = "get_secret"
    case getFolders = "get_folders"
    /// The download of an attached file.
    case file
}
