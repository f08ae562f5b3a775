import KeeperCrypto

/// What the page can ask for, and scripts with it.
struct ControlAPI {
    let keeper: KeeperService
    let hostname: String

    /// `GET /api/records`: all of them, without their values.
    func records() -> HTTPResponse {
        let vault = keeper.withState { $0.vault }
        let records = vault.records.map { record -> JSON in
            [
                "uid": .string(record.uid), "title": .string(record.title), "type": .string(record.type),
                "revision": .number(record.revision), "files": .number(record.files.count),
                "folder": .array((record.folder.map(vault.path(of:)) ?? []).map { .string($0) }),
                "direct": .bool(record.isSharedDirectly),
            ]
        }
        return HTTPResponse(
            200,
            json: [
                "application": .string(vault.application), "hostname": .string(hostname),
                "revision": .number(vault.revision), "records": .array(records),
            ])
    }

    /// `GET /api/records/UID`: one with its values; a title does as well.
    func record(_ name: String) throws(VaultError) -> HTTPResponse {
        let vault = keeper.withState { $0.vault }
        return HTTPResponse(200, json: ControlAPI.json(of: try vault.record(name)))
    }

    /// `PUT /api/records/UID` with `title`, `notes`, or both.
    func change(_ name: String, _ request: HTTPRequest) throws -> HTTPResponse {
        let body = try object(request, keys: ["title", "notes"])
        guard body["title"].map({ $0.string != nil }) ?? true else {
            throw ControlError(400, "title is no text")
        }
        return try edit(name) { record in
            if let title = body["title"]?.string { record.title = title }
            if let notes = body["notes"] { record.notes = notes.string }
        }
    }

    /// `DELETE /api/records/UID`
    func remove(_ name: String) throws(VaultError) -> HTTPResponse {
        try keeper.editVault { vault throws(VaultError) in try vault.remove(name) }
        return HTTPResponse(200, json: [:])
    }

    /// `PUT /api/records/UID/fields/NAME` with `{"value": X}`, where a list is the list of values. NAME is
    /// a type or label, standard fields first; `?section=custom&index=2` says which exactly.
    func setField(_ field: String, of name: String, _ request: HTTPRequest) throws -> HTTPResponse {
        guard let value = try object(request, keys: ["value"])["value"] else {
            throw ControlError(400, "'value' is missing")
        }
        let values = value.array ?? (value.isNull ? [] : [value])
        guard let text = request.parameter("index") else {
            try keeper.editVault { vault throws(VaultError) in try vault.set(field, of: name, to: values) }
            return try record(name)
        }
        let isCustom = request.parameter("section") == "custom"
        return try edit(name) { record throws(VaultError) in
            let fields = isCustom ? record.custom : record.fields
            guard let index = Int(text), fields.indices.contains(index), fields[index].isNamed(field) else {
                throw .unknownField(field, record: record.uid)
            }
            if isCustom { record.custom[index].value = values } else { record.fields[index].value = values }
        }
    }

    /// `GET /api/faults`
    func faults() -> HTTPResponse {
        let faults = keeper.withState { $0.faults }
        return HTTPResponse(200, json: ["faults": .array(faults.map { .string($0.description) })])
    }

    /// `POST /api/faults` with `{"faults": ["reset*1", …]}` for all of them, or `{"add": "reset*1"}`.
    func setFaults(_ request: HTTPRequest) throws -> HTTPResponse {
        let body = try object(request, keys: ["faults", "add"])
        if let text = body["add"]?.string {
            let fault = try Fault(parsing: text)
            keeper.withState { $0.faults.append(fault) }
        } else if let texts = body["faults"]?.array {
            let faults = try texts.map { text in
                guard let text = text.string else { throw ControlError(400, "a fault is no text") }
                return try Fault(parsing: text)
            }
            keeper.withState { $0.faults = faults }
        } else {
            throw ControlError(400, "{\"faults\": [SPEC, …]} or {\"add\": SPEC} is expected")
        }
        return self.faults()
    }

    /// `GET /api/counters`
    func counters() -> HTTPResponse { HTTPResponse(200, json: keeper.withState { $0.counters }.json) }

    /// `DELETE /api/counters`: from zero again.
    func resetCounters() -> HTTPResponse {
        keeper.withState { $0.counters = Counters() }
        return counters()
    }

    /// `GET /api/clients`
    func clients() -> HTTPResponse {
        let clients = keeper.withState { Array($0.clients.values) }
        let list = clients.sorted { $0.id < $1.id }.map { client -> JSON in
            [
                "clientId": .string(client.id), "bound": .bool(client.publicKey != nil),
                "revoked": .bool(client.isRevoked),
            ]
        }
        return HTTPResponse(200, json: ["clients": .array(list)])
    }

    /// `POST /api/clients/ID/revoke`, the id percent-encoded.
    func revoke(_ id: String) throws(ControlError) -> HTTPResponse {
        guard keeper.revoke(id) else { throw ControlError(404, "there is no such client") }
        return HTTPResponse(200, json: ["clientId": .string(id), "revoked": true])
    }

    /// `POST /api/tokens`: a one-time token.
    func newToken() throws(CryptoError) -> HTTPResponse {
        HTTPResponse(201, json: ["token": .string("\(hostname):\(try keeper.newToken())")])
    }

    private func edit(
        _ name: String, _ change: (inout EmulatorRecord) throws(VaultError) -> Void
    ) throws(VaultError) -> HTTPResponse {
        let uid = try keeper.editVault { vault throws(VaultError) in
            let uid = try vault.record(name).uid
            try vault.update(uid, change)
            return uid
        }
        return try record(uid)
    }

    private func object(_ request: HTTPRequest, keys: Set<String>) throws(ControlError) -> JSON {
        guard let body = try? JSON(parsing: request.body), let members = body.members else {
            throw ControlError(400, "a JSON object is expected")
        }
        for member in members where !keys.contains(member.key) {
            throw ControlError(400, "unknown key '\(member.key)'")
        }
        return body
    }

    private static func json(of record: EmulatorRecord) -> JSON {
        [
            "uid": .string(record.uid), "title": .string(record.title), "type": .string(record.type),
            "notes": record.notes.map { .string($0) } ?? .null, "revision": .number(record.revision),
            "fields": .array(record.fields.map(\.json)), "custom": .array(record.custom.map(\.json)),
            "files": .array(
                record.files.map { file in
                    [
                        "uid": .string(file.uid), "name": .string(file.name), "title": .string(file.title),
                        "type": .string(file.type), "size": .number(file.content.count),
                    ]
                }),
        ]
    }
}
