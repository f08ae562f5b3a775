import Injection
import JSONText

/// What of an AdmissionReview matters here.
struct Review {
    var uid: String
    var namespace: String?
    var user: String?
    var dryRun: Bool
    var isPodCreation: Bool
    var object: JSONView?
    var name: String?
    var owner: String?

    init(_ view: JSONView) throws(PodError) {
        let root = try PodObject(view, PodPlace(""))
        guard try root.string("apiVersion") == "admission.k8s.io/v1",
            try root.string("kind") == "AdmissionReview"
        else { throw PodError(place: "", problem: "is not an AdmissionReview of admission.k8s.io/v1") }
        let place = PodPlace("request")
        guard let request = try root.object("request", place) else {
            throw PodError(place: "request", problem: "is missing")
        }
        guard let uid = try request.string("uid"), !uid.isEmpty else {
            throw place.error("uid", "is missing")
        }
        self.uid = uid
        namespace = try request.string("namespace")
        dryRun = try request.boolean("dryRun") ?? false
        user = try request.object("userInfo", PodPlace("request.userInfo"))?.string("username")
        object = try request.value("object")
        let kind = try request.object("kind", PodPlace("request.kind"))
        let operation = try request.string("operation")
        let kindName = try kind?.string("kind")
        let group = try kind?.string("group") ?? ""
        isPodCreation = operation == "CREATE" && kindName == "Pod" && group.isEmpty
        readNames()
    }

    /// For the audit log alone: what is wrong in them is told when the pod is read.
    private mutating func readNames() {
        guard let metadata = object?.member("metadata")?.value else { return }
        let given = metadata.member("name")?.value.string ?? ""
        name = given.isEmpty ? metadata.member("generateName")?.value.string : given
        metadata.member("ownerReferences")?.value.forEach { reference in
            guard reference.member("controller")?.value.kind == .true,
                let kind = reference.member("kind")?.value.string,
                let name = reference.member("name")?.value.string
            else { return }
            owner = kind + "/" + name
        }
    }

    /// The entry's part that does not depend on the decision.
    func entry(_ result: AuditEntry.Result) -> AuditEntry {
        var entry = AuditEntry(result: result)
        entry.namespace = namespace
        entry.owner = owner
        entry.name = name
        entry.uid = uid
        entry.user = user
        entry.dryRun = dryRun
        return entry
    }
}
