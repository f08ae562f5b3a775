/// One request that has ended, for counts.
package struct KubeExchange: Sendable {
    package var verb: KubeRequest.Verb
    package var resource: String
    /// The HTTP status; 0 without an answer.
    package var code: Int
}
