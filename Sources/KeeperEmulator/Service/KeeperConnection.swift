import Glibc

/// One client's connection to the HTTPS port, from the handshake to its end.
struct KeeperConnection {
    let socket: Socket
    let context: TLSContext
    let service: KeeperService
    /// Seconds a client may be silent between two requests.
    var idleLimit = 120

    func serve() {
        service.withState { $0.counters.connections += 1 }
        socket.setTimeout(seconds: idleLimit)
        switch service.takeFault(\.isInTLS)?.kind {
        case .closeInTLS?:
            // The client has said hello and waits.
            _ = withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { byte in
                recv(socket.descriptor, byte.baseAddress, 1, Int32(MSG_PEEK))
            }
            return countFailedHandshake()
        case .hangInTLS?:
            socket.waitForEnd()
            return countFailedHandshake()
        default: break
        }
        do throws(TransportError) {
            let stream = try TLSStream(socket: socket, context: context)
            answerRequests(stream)
        } catch {
            countFailedHandshake()
        }
    }

    private func countFailedHandshake() {
        service.withState { $0.counters.failedHandshakes += 1 }
    }

    private func answerRequests(_ stream: TLSStream) {
        var reader = HTTPReader(stream)
        do {
            while let request = try reader.next() {
                guard try send(service.answer(request), to: stream, keepAlive: request.isKeptAlive) else {
                    return
                }
            }
            stream.close()
        } catch let refusal as HTTPReader.Refusal {
            let error = Refusal(status: refusal.status, code: "bad_request", message: refusal.reason)
            service.withState { $0.counters.add(nil, result: "bad_request") }
            try? stream.write(error.response(path: "").encoded(keepAlive: false))
            stream.close()
            socket.drain()
        } catch {
            // The client is gone or silent: nobody is left to tell.
        }
    }

    /// - Returns: whether the connection goes on.
    private func send(_ delivery: Delivery, to stream: TLSStream, keepAlive: Bool) throws -> Bool {
        let bytes = delivery.response.encoded(keepAlive: keepAlive)
        switch delivery.manner {
        case .whole:
            try stream.write(bytes)
        case .slow(let bytesPerSecond):
            try trickle(bytes, to: stream, bytesPerSecond)
        case .truncated:
            try stream.write(Array(bytes.prefix(bytes.count / 2)))
            return false
        case .reset:
            socket.resetOnClose()
            return false
        case .silent:
            socket.waitForEnd()
            return false
        }
        if !keepAlive { stream.close() }
        return keepAlive
    }

    private func trickle(_ bytes: [UInt8], to stream: TLSStream, _ bytesPerSecond: Int) throws {
        let step = max(1, bytesPerSecond / 20)
        for start in stride(from: 0, to: bytes.count, by: step) {
            try stream.write(Array(bytes[start..<min(start + step, bytes.count)]))
            usleep(UInt32(1_000_000 / max(1, bytesPerSecond) * step))
        }
    }
}
