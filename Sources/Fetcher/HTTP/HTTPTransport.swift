import CCurl
import Glibc
import Plan

/// HTTPS over one libcurl handle, whose connection stays open between requests.
///
/// Used from one thread at a time. The multi interface alone can be woken by another thread: see
/// `Cancellation`.
final class HTTPTransport {
    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private let trust: TrustStore
    /// The extra file did not do: from now on all authorities are read.
    private var needsEverything = false
    private let options: ClientOptions
    private let cancellation: Cancellation
    /// CURLOPT_ERRORBUFFER: libcurl keeps the address.
    private let errorText: UnsafeMutablePointer<CChar>
    /// Where OpenSSL's verification notes the dates it did not like: its connections keep the address.
    private let validity: UnsafeMutablePointer<kcurl_validity>

    /// - Throws: `KeeperError.authorities`, `KeeperError.internal` when libcurl cannot start.
    init(options: ClientOptions, cancellation: Cancellation) throws(KeeperError) {
        trust = try TrustStore(extra: options.caFile)
        guard curlIsReady, let easy = curl_easy_init() else { throw .internal("curl_easy_init") }
        guard let multi = curl_multi_init() else {
            curl_easy_cleanup(easy)
            throw .internal("curl_multi_init")
        }
        self.easy = easy
        self.multi = multi
        self.options = options
        self.cancellation = cancellation
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        validity = .allocate(capacity: 1)
        validity.initialize(to: kcurl_validity())
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_multi_cleanup(multi)
        errorText.deallocate()
        validity.deallocate()
    }

    /// Sends a request and waits for the whole answer, at most `timeout`.
    ///
    /// The corresponding C functions are `curl_multi_perform` and `curl_multi_poll`.
    func perform(_ request: HTTPRequest, timeout: Duration) throws(TransportError) -> HTTPResponse {
        do throws(TransportError) {
            return try attempt(request, timeout: timeout)
        } catch {
            // Refused within the handshake: nothing was sent yet.
            guard case .certificate(.unknownIssuer) = error, trust.hasMore, !needsEverything else {
                throw error
            }
            needsEverything = true
            return try attempt(request, timeout: timeout)
        }
    }

    private func attempt(_ request: HTTPRequest, timeout: Duration) throws(TransportError) -> HTTPResponse {
        let body = BoundedBody(limit: options.answerLimit)
        var headers: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(headers) }
        // curl would ask for permission to send larger bodies, which costs a round trip.
        for header in request.headers + ["Expect:"] { headers = curl_slist_append(headers, header) }

        // Keeps connections; all options go.
        curl_easy_reset(easy)
        setConnectionOptions(timeout: timeout)
        if request.isLoopback { setLoopback() } else { setTrust() }
        kcurl_setopt_string(easy, CURLOPT_URL, request.url)
        kcurl_setopt_list(easy, CURLOPT_HTTPHEADER, headers)
        kcurl_setopt_long(easy, CURLOPT_FOLLOWLOCATION, request.redirects > 0 ? 1 : 0)
        kcurl_setopt_long(easy, CURLOPT_MAXREDIRS, request.redirects)
        kcurl_setopt_write(easy, CURLOPT_WRITEFUNCTION, receiveBody)
        kcurl_setopt_pointer(easy, CURLOPT_WRITEDATA, Unmanaged.passUnretained(body).toOpaque())
        errorText[0] = 0

        let sent = request.body.map(SentBody.init)
        if let sent {
            kcurl_setopt_long(easy, CURLOPT_POST, 1)
            kcurl_setopt_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(sent.count))
            kcurl_setopt_write(easy, CURLOPT_READFUNCTION, sendBody)
            kcurl_setopt_pointer(easy, CURLOPT_READDATA, Unmanaged.passUnretained(sent).toOpaque())
        }
        let code = withExtendedLifetime((body, sent)) { run() }
        guard let code else { throw .cancelled }
        if body.overflowed || code == CURLE_FILESIZE_EXCEEDED {
            throw .tooLarge(limit: options.answerLimit)
        }
        guard code == CURLE_OK else { throw error(code) }
        var status = 0
        kcurl_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &status)
        return HTTPResponse(status: status, body: body.bytes)
    }

    /// How many connections the last request opened: 0 when it reused the one that was there.
    var connectionsOfLastRequest: Int {
        var count = 0
        kcurl_getinfo_long(easy, CURLINFO_NUM_CONNECTS, &count)
        return count
    }

    /// - Returns: `nil` when cancelled.
    private func run() -> CURLcode? {
        guard curl_multi_add_handle(multi, easy) == CURLM_OK else { return CURLE_FAILED_INIT }
        // Ends an unfinished transfer by closing its connection.
        defer { curl_multi_remove_handle(multi, easy) }
        var running: Int32 = 1
        while true {
            if cancellation.isCancelled { return nil }
            guard curl_multi_perform(multi, &running) == CURLM_OK else { return CURLE_FAILED_INIT }
            if running == 0 { break }
            var wake = curl_waitfd(fd: cancellation.descriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0)
            let hasDescriptor = cancellation.descriptor >= 0
            // Without a descriptor the flag has to be looked at now and then.
            curl_multi_poll(multi, &wake, hasDescriptor ? 1 : 0, hasDescriptor ? 1000 : 50, nil)
        }
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            if message.pointee.msg == CURLMSG_DONE { return message.pointee.data.result }
        }
        return CURLE_FAILED_INIT
    }

    private func setConnectionOptions(timeout: Duration) {
        kcurl_setopt_long(easy, CURLOPT_NOSIGNAL, 1)
        kcurl_setopt_string(easy, CURLOPT_PROTOCOLS_STR, "https")
        kcurl_setopt_string(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https")
        kcurl_setopt_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        kcurl_setopt_long(easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, options.connectTimeout.milliseconds))
        kcurl_setopt_long(easy, CURLOPT_TIMEOUT_MS, max(1, timeout.milliseconds))
        kcurl_setopt_offset(easy, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(options.answerLimit))
        kcurl_setopt_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        // A name server that hangs must not hold up a cancelled transfer.
        kcurl_setopt_long(easy, CURLOPT_QUICK_EXIT, 1)
        kcurl_setopt_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        if let proxy = options.proxy { kcurl_setopt_string(easy, CURLOPT_PROXY, proxy) }
        if let noProxy = options.noProxy { kcurl_setopt_string(easy, CURLOPT_NOPROXY, noProxy) }
    }

    /// Plain HTTP to this machine, past any proxy.
    private func setLoopback() {
        kcurl_setopt_string(easy, CURLOPT_PROTOCOLS_STR, "http")
        kcurl_setopt_string(easy, CURLOPT_PROXY, "")
    }

    private func setTrust() {
        kcurl_setopt_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        kcurl_setopt_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
        kcurl_setopt_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
        kcurl_setopt_string(easy, CURLOPT_CAINFO, trust.extra ?? trust.bundle)
        kcurl_setopt_string(easy, CURLOPT_CAPATH, trust.directory)
        // Without it the message has no dates, that is all.
        kcurl_note_validity(easy, validity)
        if needsEverything {
            // Copied by libcurl (CURL_BLOB_COPY).
            var everything = trust.everything
            everything.withUnsafeMutableBytes { blob in
                guard let base = blob.baseAddress else { return }
                kcurl_setopt_blob(easy, CURLOPT_CAINFO_BLOB, base, blob.count)
            }
        }
    }

    private func error(_ code: CURLcode) -> TransportError {
        let detail = String(cString: errorText)
        let reason = printable(detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail)
        switch code {
        case CURLE_OPERATION_TIMEDOUT: return .timedOut(reason)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR: return .certificate(certificateProblem)
        case CURLE_SSL_CACERT_BADFILE: return .certificate(.badAuthorities)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return .connection(.resolve, reason: reason)
        case CURLE_COULDNT_CONNECT: return .connection(.connect, reason: reason)
        // An authority of the right name with another key: OpenSSL reports the signature, not the trust.
        case CURLE_SSL_CONNECT_ERROR where reason.contains("asn1 encoding routines"):
            return .certificate(.unknownIssuer)
        case CURLE_SSL_CONNECT_ERROR: return .connection(.tls, reason: reason)
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE,
            CURLE_SEND_FAIL_REWIND:
            return .connection(.reset, reason: reason)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_TOO_MANY_REDIRECTS, CURLE_OUT_OF_MEMORY,
            CURLE_FAILED_INIT:
            return .permanent(reason: reason)
        default: return .connection(.other, reason: reason)
        }
    }

    private var certificateProblem: CertificateProblem {
        var code = 0
        kcurl_getinfo_long(easy, CURLINFO_SSL_VERIFYRESULT, &code)
        let text = printable(String(cString: errorText))
        // X509_V_ERR_… (x509_vfy.h). libcurl compares the host's name itself, and says so in words only.
        switch code {
        case 62, 64: return .otherHost
        case 0,
            1 where text.contains("subject name"):
            return .otherHost
        case 9: return .notYetValid(CertificateDates(validity.pointee))
        case 10: return .expired(CertificateDates(validity.pointee))
        case 18, 19, 20, 21: return .unknownIssuer
        default: return .other(text)
        }
    }
}

/// An answer's body as it arrives, up to a bound.
private final class BoundedBody {
    private(set) var bytes: [UInt8] = []
    private(set) var overflowed = false
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// - Returns: whether there was room.
    func append(_ chunk: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count + chunk.count <= limit else {
            overflowed = true
            return false
        }
        bytes.append(contentsOf: chunk)
        return true
    }
}

/// A request's body, given to libcurl once.
///
/// When a connection that was kept open turns out to be dead, libcurl sends the same request again by itself,
/// if it can read the body from its start. It cannot here: each request of ours has a key of its own, which
/// Keeper takes once, so it is our retry that has to make a new one.
private final class SentBody {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var count: Int { bytes.count }

    /// - Returns: how many bytes were copied; 0 at the end.
    func read(into target: UnsafeMutableRawBufferPointer) -> Int {
        let piece = bytes[position...].prefix(target.count)
        target.copyBytes(from: piece)
        position += piece.count
        return piece.count
    }
}

/// CURLOPT_READFUNCTION.
private let sendBody: kcurl_write_function = { bytes, size, count, context in
    guard let context else { return 0 }
    let body = Unmanaged<SentBody>.fromOpaque(context).takeUnretainedValue()
    return body.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}

/// CURLOPT_WRITEFUNCTION: fewer bytes taken than given end the transfer.
private let receiveBody: kcurl_write_function = { bytes, size, count, context in
    guard let context else { return 0 }
    let body = Unmanaged<BoundedBody>.fromOpaque(context).takeUnretainedValue()
    return body.append(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

/// curl_global_init(3), once, by the first who asks.
private let curlIsReady = curl_global_init(Int(CURL_GLOBAL_SSL)) == CURLE_OK
