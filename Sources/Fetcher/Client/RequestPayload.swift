import SecretMemory

/// The JSON of a request (KSM-PROTOCOL, section 2).
struct RequestPayload {
    var clientID: String
    var requestedRecords: [String] = []
    /// base64 of our point: only while binding.
    var publicKey: String?

    /// What the server knows as the official Python client's protocol version.
    private static let clientVersion = "mp17.3.0"

    var json: SecretBytes {
        var buffer = SecretBuffer()
        buffer.append("{\"clientVersion\":")
        buffer.appendJSONString(RequestPayload.clientVersion)
        buffer.append(",\"clientId\":")
        buffer.appendJSONString(clientID)
        if !requestedRecords.isEmpty {
            buffer.append(",\"requestedRecords\":[")
            for (position, uid) in requestedRecords.enumerated() {
                if position > 0 { buffer.append(",") }
                buffer.appendJSONString(uid)
            }
            buffer.append("]")
        }
        if let publicKey {
            buffer.append(",\"publicKey\":")
            buffer.appendJSONString(publicKey)
        }
        buffer.append("}")
        return buffer.finish()
    }
}
