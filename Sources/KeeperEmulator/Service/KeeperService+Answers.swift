import SecretMemory

extension KeeperService.State {
    /// The answer of `get_secret`, put together from bytes: a vault of hundreds of records is answered
    /// without building it anew each time.
    mutating func secrets(
        _ payload: SealedRequest.Payload, corrupting corrupt: String?
    ) throws -> [UInt8] {
        let isFiltered = !payload.requestedRecords.isEmpty || !payload.requestedFolders.isEmpty
        var single: [[UInt8]] = []
        var shared: [String: [[UInt8]]] = [:]
        for record in vault.records {
            let places = record.folders.map {
                VaultSealer.Place(sharedFolder: vault.sharedFolder(above: $0), folder: $0)
            }
            let isAsked =
                !isFiltered || payload.requestedRecords.contains(record.uid)
                || places.contains { payload.requestedFolders.contains($0.sharedFolder) }
            guard isAsked else { continue }
            for place in (record.isSharedDirectly ? [nil] : []) + places.map(Optional.some) {
                let sealed = try sealer.seal(
                    record, at: place, withLinks: payload.requestLinks, isCorrupt: corrupt == record.uid)
                if let place {
                    shared[place.sharedFolder, default: []].append(sealed)
                } else {
                    single.append(sealed)
                }
            }
        }
        var folders: [[UInt8]] = []
        for folder in vault.folders where folder.parent == nil {
            let inside = shared[folder.uid] ?? []
            if isFiltered && inside.isEmpty { continue }
            let key = try sealer.wrappedKey(ofSharedFolder: folder.uid)
            let head: JSON = ["folderUid": .string(folder.uid), "folderKey": .string(key)]
            folders.append(head.bytes.dropLast() + ",\"records\":".utf8 + JSON.list(inside) + "}".utf8)
        }
        let appData: JSON = ["title": .string(vault.application), "type": "app"]
        let tail: JSON = [
            "appData": .string(base64(try sealer.sealAppData(appData), .urlSafe)), "expiresOn": 0,
            "warnings": vault.warnings.isEmpty ? .null : .array(vault.warnings.map { .string($0) }),
        ]
        return "{\"folders\":".utf8 + JSON.list(folders) + ",\"records\":".utf8 + JSON.list(single) + ",".utf8
            + tail.bytes.dropFirst()
    }

    /// The answer of `get_folders`.
    mutating func folders() throws -> [UInt8] {
        var sealed: [[UInt8]] = []
        for folder in vault.folders {
            sealed.append(try sealer.seal(folder, sharedFolder: vault.sharedFolder(above: folder.uid)))
        }
        return "{\"folders\":".utf8 + JSON.list(sealed) + "}".utf8
    }
}

extension JSON {
    /// A list of values that are JSON already.
    fileprivate static func list(_ elements: [[UInt8]]) -> [UInt8] {
        var list: [UInt8] = [UInt8(ascii: "[")]
        list.reserveCapacity(elements.reduce(2) { $0 + $1.count + 1 })
        for (index, element) in elements.enumerated() {
            if index > 0 { list.append(UInt8(ascii: ",")) }
            list += element
        }
        list.append(UInt8(ascii: "]"))
        return list
    }
}
