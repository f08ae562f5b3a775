import JSONText
import Plan

extension Mutation {
    /// Our volumes, in order.
    var volumeWriters: [(inout JSONWriter) -> Void] {
        var writers: [(inout JSONWriter) -> Void] = []
        if writesFiles {
            let size = settings.tmpfsSize ?? policy.defaults.tmpfsSize
            writers.append { Mutation.memory(OurName.secretsVolume, size: size, to: &$0) }
        }
        // The launcher takes room; what else lies here is small, 300 bytes for each secret of the hand-over.
        let size = setsEnvironment ? nil : "4Mi"
        writers.append { Mutation.memory(OurName.runVolume, size: size, to: &$0) }
        if let name = configurationSecret {
            // Secret volumes belong to root: the agent reads as "others", or as one of fsGroup.
            let mode = spec.fsGroup == nil ? 0o444 : 0o440
            writers.append { json in
                json.raw("{\"name\":\"keeper-auth\",\"secret\":{\"secretName\":")
                json.string(name)
                json.raw(",\"items\":[{\"key\":\"config\",\"path\":\"config\"}],\"defaultMode\":")
                json.integer(mode)
                json.raw("}}")
            }
        }
        if let authority = settings.certificateAuthority {
            writers.append { Mutation.certificate(authority, to: &$0) }
        }
        return writers
    }

    private static func memory(_ name: String, size: String?, to json: inout JSONWriter) {
        json.raw("{\"name\":")
        json.string(name)
        json.raw(",\"emptyDir\":{\"medium\":\"Memory\"")
        if let size {
            json.raw(",\"sizeLimit\":")
            json.string(size)
        }
        json.raw("}}")
    }

    private static func certificate(
        _ authority: PodSettings.CertificateAuthority, to json: inout JSONWriter
    ) {
        json.raw("{\"name\":\"keeper-ca-cert\",")
        let wanted: String
        switch authority {
        case .secret(let name, let key):
            json.raw("\"secret\":{\"secretName\":")
            json.string(name)
            wanted = key
        case .configMap(let name, let key):
            json.raw("\"configMap\":{\"name\":")
            json.string(name)
            wanted = key
        }
        json.raw(",\"items\":[{\"key\":")
        json.string(wanted)
        json.raw(",\"path\":\"ca.crt\"}]}}")
    }
}
