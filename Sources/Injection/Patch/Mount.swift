import JSONText

/// One entry of `volumeMounts`.
struct Mount {
    var volume: String
    var path: String
    var subPath: String?
    var isReadOnly = true
    /// `HostToContainer`, `Bidirectional`.
    var propagation: StaticString?

    func write(to json: inout JSONWriter) {
        json.raw("{\"name\":")
        json.string(volume)
        json.raw(",\"mountPath\":")
        json.string(path)
        if let subPath {
            json.raw(",\"subPath\":")
            json.string(subPath)
        }
        if isReadOnly { json.raw(",\"readOnly\":true") }
        if let propagation {
            json.raw(",\"mountPropagation\":\"")
            json.raw(propagation)
            json.raw("\"")
        }
        json.raw("}")
    }
}
