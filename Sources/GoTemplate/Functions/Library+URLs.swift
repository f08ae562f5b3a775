extension Library {
    static let urls: [String: FunctionBody] = [
        "urlParse": { (call) throws(FunctionFailure) in
            guard let url = try URLParts(call.text(0), call.engine) else {
                throw FunctionFailure("this is no URL")
            }
            return try call.engine.dict([
                Text("scheme"): .string(url.scheme), Text("host"): .string(url.host),
                Text("hostname"): .string(url.hostname), Text("path"): .string(url.path),
                Text("query"): .string(url.query), Text("opaque"): .string(url.opaque),
                Text("fragment"): .string(url.fragment), Text("userinfo"): .string(url.userinfo ?? .empty),
            ])
        },
        "urlJoin": { (call) throws(FunctionFailure) in
            func part(_ name: String) throws(FunctionFailure) -> Text {
                switch call.dict(0).members[Text(name)] {
                case nil: return .empty
                case .string(let text): return text
                default: throw FunctionFailure("\(name) is no string")
                }
            }
            return try call.engine.string { (builder) throws(FunctionFailure) in
                let (scheme, host, path) = (try part("scheme"), try part("host"), try part("path"))
                let (query, fragment, user) = (try part("query"), try part("fragment"), try part("userinfo"))
                let opaque = try part("opaque")
                if !scheme.isEmpty {
                    builder.append(scheme)
                    builder.append(":")
                }
                if !opaque.isEmpty {
                    builder.append(opaque)
                } else {
                    if !scheme.isEmpty || !host.isEmpty || !user.isEmpty {
                        if !host.isEmpty || !path.isEmpty || !user.isEmpty { builder.append("//") }
                        if !user.isEmpty {
                            URLParts.escape(user, keeping: "$&+,;=:", &builder)
                            builder.append("@")
                        }
                        builder.append(host)
                    }
                    if !path.isEmpty, path.first != UInt8(ascii: "/"), !host.isEmpty { builder.append("/") }
                    URLParts.escape(path, keeping: "$&+,/:;=@!'()*", &builder)
                }
                if !query.isEmpty {
                    builder.append("?")
                    builder.append(query)
                }
                if !fragment.isEmpty {
                    builder.append("#")
                    URLParts.escape(fragment, keeping: "$&+,/:;=?@!'()*", &builder)
                }
            }
        },
    ]
}
