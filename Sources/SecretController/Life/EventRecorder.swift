import JSONText
import KubeClient
import NIOCore
import Telemetry

/// Tells pods what happened, as Events: each thing once in ten minutes, twenty a second, the rest dropped and
/// counted. Nothing of a secret is in them.
actor EventRecorder {
    enum Kind: String, Sendable { case normal = "Normal", warning = "Warning" }

    private struct Notice: Hashable, Sendable {
        var pod: PodReference
        var kind: Kind
        var reason: String
        var message: String
    }

    private let client: KubeClient
    private let metrics: ControllerMetrics
    private var told: [Notice: ContinuousClock.Instant] = [:]
    private var waiting: [Notice] = []
    private var sender: Task<Void, Never>?

    private static let limit = 4096
    private static let repeatAfter: Duration = .seconds(600)
    private static let spacing: Duration = .milliseconds(50)

    init(client: KubeClient, metrics: ControllerMetrics) {
        self.client = client
        self.metrics = metrics
    }

    /// - Parameter reason: one word in camel case, as Kubernetes has them.
    func tell(_ pods: [PodReference], _ kind: Kind, _ reason: String, _ message: String) {
        let now = ContinuousClock.now
        if told.count > EventRecorder.limit * 4 {
            told = told.filter { now - $0.value < EventRecorder.repeatAfter }
        }
        if told.count > EventRecorder.limit * 4 { told = [:] }
        for pod in pods {
            let notice = Notice(
                pod: pod, kind: kind, reason: reason, message: EventRecorder.clipped(message))
            if let last = told[notice], now - last < EventRecorder.repeatAfter { continue }
            guard waiting.count < EventRecorder.limit else {
                metrics.event("dropped")
                continue
            }
            told[notice] = now
            waiting.append(notice)
        }
        guard sender == nil, !waiting.isEmpty else { return }
        sender = Task { await self.send() }
    }

    func stop() async {
        waiting = []
        sender?.cancel()
        await sender?.value
    }

    private func send() async {
        while !waiting.isEmpty, !Task.isCancelled {
            let notice = waiting.removeFirst()
            do throws(KubeError) {
                _ = try await client.send(
                    KubeRequest(
                        .create, .events, namespace: notice.pod.namespace, body: EventRecorder.body(notice)))
                metrics.event("sent")
            } catch {
                // An Event is a courtesy: what matters is in the log too.
                metrics.event("failed")
            }
            try? await Task.sleep(for: EventRecorder.spacing)
        }
        sender = nil
    }

    /// Kubernetes takes 1024 bytes.
    private static func clipped(_ text: String) -> String {
        text.utf8.count <= 1000 ? text : String(decoding: Array(text.utf8.prefix(990)), as: UTF8.self) + "…"
    }

    private static func body(_ notice: Notice) -> ByteBuffer {
        let now = String(Timestamp.now().prefix(19)) + "Z"
        var json = JSONWriter(capacity: 1024)
        json.raw("{\"apiVersion\":\"v1\",\"kind\":\"Event\",\"metadata\":{\"name\":")
        // As client-go names them: the object's name and a number of its own.
        json.string(
            String(notice.pod.name.prefix(230)) + "." + String(UInt64.random(in: .min ... .max), radix: 16))
        json.raw(",\"namespace\":")
        json.string(notice.pod.namespace)
        json.raw("},\"involvedObject\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"namespace\":")
        json.string(notice.pod.namespace)
        json.raw(",\"name\":")
        json.string(notice.pod.name)
        json.raw(",\"uid\":")
        json.string(notice.pod.uid)
        json.raw("},\"type\":")
        json.string(notice.kind.rawValue)
        json.raw(",\"reason\":")
        json.string(notice.reason)
        json.raw(",\"message\":")
        json.string(notice.message)
        json.raw(",\"source\":{\"component\":\"keeper-injector\"},\"count\":1,\"firstTimestamp\":")
        json.string(now)
        json.raw(",\"lastTimestamp\":")
        json.string(now)
        json.raw("}")
        return ByteBuffer(bytes: json.bytes)
    }
}
