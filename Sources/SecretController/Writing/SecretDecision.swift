import Plan
import SecretMemory

/// What is to be done with one Secret: a pure function of what is there and what shall be.
enum SecretDecision {
    case create
    case change(SecretChange)
    /// It is as it shall be, or is not to be touched.
    case leave(SecretOutcome)
    case refuse(SecretProblem)

    /// - Parameter existing: `nil` where there is none.
    init(_ existing: ExistingSecret?, _ desired: DesiredSecret, term: String) {
        guard let existing else {
            self = .create
            return
        }
        self = SecretDecision.about(existing, desired, term: term)
    }

    private static func about(
        _ existing: ExistingSecret, _ desired: DesiredSecret, term: String
    ) -> SecretDecision {
        if existing.isBeingDeleted { return .refuse(.beingDeleted) }
        if !existing.isOurs {
            switch desired.mode {
            case .skipIfExists: return .leave(.skipped)
            case .fail: return .refuse(.exists)
            case .overwrite, .merge: break
            }
        }
        let merges = desired.mode == .merge
        // A Secret of somebody's into which keys are merged keeps its type, unless another is asked for.
        if existing.type != desired.type, !(merges && desired.type == "Opaque") {
            return .refuse(.otherType(has: existing.type, wanted: desired.type))
        }
        var change = SecretChange(version: existing.version, uid: existing.uid)
        let mayWrite =
            desired.rotates
            || existing.annotations[SecretMark.instructions(of: desired.source)] != desired.instructions
        if mayWrite { fill(&change, existing, desired, merges: merges) }
        // Somebody else's Secret stays theirs when keys are merged into it: no label, no owner, so that
        // nothing of ours ever deletes it.
        if !merges, !existing.isOurs {
            change.labels[SecretMark.label] = SecretMark.manager
            change.annotations[SecretMark.adopted] = "true"
        }
        if existing.isOurs, existing.annotations[SecretMark.adopted] == nil {
            change.owners = owners(existing, desired)
            if existing.annotations[SecretMark.podsOf] != desired.deletesWithPodsOf,
                let namespace = desired.deletesWithPodsOf
            {
                change.annotations[SecretMark.podsOf] = namespace
            }
        }
        guard existing.annotations[SecretMark.term] != term || !change.isEmpty else {
            return .leave(.unchanged)
        }
        change.annotations[SecretMark.term] = term
        if existing.isImmutable, change.touchesData { return .refuse(.immutable) }
        return .change(change)
    }

    private static func fill(
        _ change: inout SecretChange, _ existing: ExistingSecret, _ desired: DesiredSecret, merges: Bool
    ) {
        for (key, value) in desired.data where !existing.has(value, at: key) { change.set[key] = value }
        let mark = SecretMark.keys(of: desired.source)
        let before = (existing.annotations[mark] ?? "").split(separator: ",").map(String.init)
        if !merges {
            change.removed = existing.data.keys.filter { desired.data[$0] == nil }
        } else if desired.removesStaleKeys {
            change.removed = before.filter { existing.data[$0] != nil && desired.data[$0] == nil }
        }
        let keys = desired.removesStaleKeys ? Set(desired.data.keys) : Set(desired.data.keys).union(before)
        let text = keys.sorted().joined(separator: ",")
        if existing.annotations[mark] != text { change.annotations[mark] = text }
        if existing.annotations[SecretMark.instructions(of: desired.source)] != desired.instructions {
            change.annotations[SecretMark.instructions(of: desired.source)] = desired.instructions
        }
    }

    /// - Returns: `nil` where they can stay as they are. Owners are added; only pods that ask no more go, since
    ///   their number has no end otherwise.
    private static func owners(_ existing: ExistingSecret, _ desired: DesiredSecret) -> SecretChange.Owners? {
        let missing = desired.owners.filter { owner in !existing.owners.contains { $0.uid == owner.uid } }
        guard !missing.isEmpty else { return nil }
        let kept = existing.owners.filter { $0.kind != "Pod" || desired.podUIDs.contains($0.uid) }
        return SecretChange.Owners(kept: kept.map(\.json), added: missing)
    }
}

/// How a write went.
enum SecretOutcome: String, Sendable, CaseIterable {
    case created, updated, unchanged, skipped, deleted
}
