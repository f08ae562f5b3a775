import COpenSSL
import Glibc

/// The server's side of TLS: certificate, key and what is allowed.
final class TLSContext: @unchecked Sendable {
    // Sendable, since OpenSSL counts references of an SSL_CTX atomically and it is not changed after `init`.
    fileprivate let pointer: OpaquePointer

    init(identity: CertificateAuthority.Identity) throws(TransportError) {
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw .openSSL("SSL_CTX_new") }
        pointer = context
        // What SSL_CTX_set_min_proto_version(3), a macro, stands for.
        SSL_CTX_ctrl(pointer, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        let certificate = readPEM(identity.certificate) { PEM_read_bio_X509($0, nil, nil, nil) }
        let key = readPEM(identity.key) { PEM_read_bio_PrivateKey($0, nil, nil, nil) }
        defer {
            X509_free(certificate)
            EVP_PKEY_free(key)
        }
        guard SSL_CTX_use_certificate(pointer, certificate) == 1,
            SSL_CTX_use_PrivateKey(pointer, key) == 1
        else { throw .openSSL("SSL_CTX_use_PrivateKey") }
    }

    deinit { SSL_CTX_free(pointer) }
}

/// A connection inside TLS. Used by one thread.
final class TLSStream: ByteStream {
    private let session: OpaquePointer
    private let socket: Socket

    /// Shakes hands.
    init(socket: Socket, context: TLSContext) throws(TransportError) {
        self.socket = socket
        guard let session = SSL_new(context.pointer) else { throw .openSSL("SSL_new") }
        self.session = session
        guard SSL_set_fd(session, socket.descriptor) == 1, SSL_accept(session) == 1 else {
            ERR_clear_error()
            throw .openSSL("SSL_accept")
        }
    }

    deinit { SSL_free(session) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> Int {
        var count = 0
        if SSL_read_ex(session, buffer.baseAddress, buffer.count, &count) == 1 { return count }
        let reason = SSL_get_error(session, 0)
        let code = errno
        ERR_clear_error()
        switch reason {
        case SSL_ERROR_ZERO_RETURN: return 0
        // A blocking socket whose SO_RCVTIMEO ran out looks like one that has to be retried.
        case SSL_ERROR_WANT_READ: throw .timedOut
        case SSL_ERROR_SYSCALL: throw .system("SSL_read", code)
        default: throw .closed
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) {
        guard !bytes.isEmpty else { return }
        var count = 0
        guard SSL_write_ex(session, bytes.baseAddress, bytes.count, &count) == 1 else {
            ERR_clear_error()
            throw .closed
        }
    }

    func close() {
        if SSL_shutdown(session) < 0 { ERR_clear_error() }
        socket.close()
    }
}
