import CCurl
import Glibc

/// When a certificate is valid, and what time it was here when that was not now.
///
/// A wrong clock is the usual reason, and shows at once where both stand side by side.
package struct CertificateDates: Equatable, Sendable {
    /// RFC 3339 in UTC; `nil` where OpenSSL did not tell.
    package let notBefore: String?
    /// RFC 3339 in UTC; `nil` where OpenSSL did not tell.
    package let notAfter: String?
    /// The clock of this machine: RFC 3339 in UTC.
    package let clock: String
    /// Not the server's own certificate, but one of an authority above it.
    package let isAuthority: Bool

    init(_ validity: kcurl_validity, now: time_t = time(nil)) {
        let isKnown = validity.depth >= 0
        notBefore = isKnown ? CertificateDates.text(validity.not_before) : nil
        notAfter = isKnown ? CertificateDates.text(validity.not_after) : nil
        clock = CertificateDates.text(Int64(now)) ?? "a time beyond all calendars"
        isAuthority = validity.depth > 0
    }

    var subject: String { isAuthority ? "the certificate of its authority" : "it" }

    private static func text(_ seconds: Int64) -> String? {
        guard seconds != .min else { return nil }
        var time = time_t(seconds)
        var parts = tm()
        guard gmtime_r(&time, &parts) != nil else { return nil }
        var text = [CChar](repeating: 0, count: 64)
        let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return count > 0 ? String(decoding: text[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }
}
