import Glibc
package import JSONText
package import NIOCore
package import SecretMemory

/// A successful answer, not read yet.
package struct KubeAnswer: Sendable {
    private var body: ByteBuffer

    init(_ body: ByteBuffer) { self.body = body }

    /// The answer in secret memory, for what holds values. The buffer it came in is wiped as far as it is
    /// ours.
    package consuming func secretDocument() throws(KubeError) -> JSONDocument {
        let bytes = body.withUnsafeReadableBytes { SecretBytes(copying: $0) }
        body.withUnsafeMutableReadableBytes { bytes in
            if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
        }
        do throws(JSONError) {
            return try JSONDocument(parsing: bytes, limits: KubeAnswer.limits)
        } catch {
            throw .malformed(what: "an answer of the Kubernetes API", reason: "is not JSON: \(error)")
        }
    }

    /// Lends the answer's one value, for what is no secret.
    package func withView<Result>(
        _ read: (JSONView) throws(KubeError) -> Result
    ) throws(KubeError) -> Result {
        try KubeAnswer.withView(of: body, read)
    }

    static func withView<Result>(
        of body: ByteBuffer, _ read: (JSONView) throws(KubeError) -> Result
    ) throws(KubeError) -> Result {
        let result = body.withUnsafeReadableBytes { bytes -> Swift.Result<Result, KubeError> in
            do throws(JSONError) {
                let nodes = try JSONParser.parse(bytes, limits: limits)
                return JSONView.with(nodes, of: bytes) { view in
                    Swift.Result { () throws(KubeError) in try read(view) }
                }
            } catch {
                return .failure(
                    .malformed(what: "an answer of the Kubernetes API", reason: "is not JSON: \(error)"))
            }
        }
        return try result.get()
    }

    private static let limits = JSONLimits(depth: 100, values: 2_000_000)
}
