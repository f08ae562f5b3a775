import JSONText
import KubeClient
import NIOCore
import SecretMemory

/// Brings one Secret to what it shall be: read, decide, write with the version that was read, and all over
/// again where somebody else was faster.
struct SecretWriter: Sendable {
    let client: KubeClient
    let fence: Fence
    let term: String
    let metrics: ControllerMetrics

    /// How often somebody may be faster.
    private static let attempts = 8

    func write(_ desired: DesiredSecret) async throws(ControllerError) -> SecretOutcome {
        var attempt = 0
        while true {
            attempt += 1
            let result: Result<SecretOutcome, ControllerError>
            do throws(KubeError) {
                result = try await attemptWrite(desired)
            } catch {
                guard error.isConflict, attempt < SecretWriter.attempts else { throw .kubernetes(error) }
                metrics.count(\.conflicts)
                // Others that met here shall not meet again.
                try? await Task.sleep(for: .milliseconds(Int.random(in: 1...20 * attempt)))
                continue
            }
            return try result.get()
        }
    }

    private func attemptWrite(
        _ desired: DesiredSecret
    ) async throws(KubeError) -> Result<SecretOutcome, ControllerError> {
        let existing = try await read(desired.target)
        switch SecretDecision(existing, desired, term: term) {
        case .leave(let outcome): return .success(outcome)
        case .refuse(let problem): return .failure(.secret(problem))
        case .create:
            return try await fenced(
                KubeRequest(
                    .create, .secrets, namespace: desired.target.namespace,
                    body: SecretChange.creation(of: desired, term: term)), .created)
        case .change(let change):
            // A new term alone is no news for anybody.
            let outcome: SecretOutcome =
                change.touchesData || change.owners != nil || !change.labels.isEmpty ? .updated : .unchanged
            return try await fenced(
                KubeRequest(
                    .patch, .secrets, namespace: desired.target.namespace, name: desired.target.name,
                    body: change.body), outcome)
        }
    }

    /// Deletes a Secret that no pod of `namespace` asks for any more.
    func delete(_ target: SecretTarget, podsOf namespace: String) async throws(ControllerError) -> Bool {
        do throws(KubeError) {
            guard let existing = try await read(target), existing.isOurs, !existing.isBeingDeleted,
                existing.annotations[SecretMark.adopted] == nil,
                existing.annotations[SecretMark.podsOf] == namespace
            else { return false }
            var json = JSONWriter(capacity: 256)
            json.raw("{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",\"preconditions\":{\"uid\":")
            json.string(existing.uid)
            json.raw(",\"resourceVersion\":")
            json.string(existing.version)
            json.raw("}}")
            let request = KubeRequest(
                .delete, .secrets, namespace: target.namespace, name: target.name,
                body: ByteBuffer(bytes: json.bytes))
            guard case .success = try await fenced(request, .deleted) else { return false }
            return true
        } catch {
            // Changed or gone meanwhile: then it is somebody's again.
            if error.isConflict || error.isNotFound { return false }
            throw .kubernetes(error)
        }
    }

    private func read(_ target: SecretTarget) async throws(KubeError) -> ExistingSecret? {
        do throws(KubeError) {
            let answer = try await client.send(
                KubeRequest(.get, .secrets, namespace: target.namespace, name: target.name))
            return try ExistingSecret(answer.secretDocument())
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    /// A write is not repeated by the client: the lease may be over by then.
    private func fenced(
        _ request: KubeRequest, _ outcome: SecretOutcome
    ) async throws(KubeError) -> Result<SecretOutcome, ControllerError> {
        var request = request
        request.isPatient = false
        guard fence.allows(term) else { return .failure(.notLeader) }
        _ = try await client.send(request)
        return .success(outcome)
    }
}
