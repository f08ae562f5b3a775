/// What the webhook sends back, and what the audit log says.
package struct AdmissionAnswer: Sendable {
    /// HTTP: 200, or 400 where no review could be read.
    package var status: Int
    /// JSON: an AdmissionReview, or `{"error":…}`.
    package var body: [UInt8]
    package var audit: AuditEntry
}
