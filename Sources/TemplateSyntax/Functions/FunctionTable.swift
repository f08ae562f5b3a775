/// Every function a template may call, and every one of Sprig's and Helm's that it may not.
///
/// Go looks a name up in Sprig first, so `slice` is Sprig's.
package enum FunctionTable {
    package static let offered: [String: Signature] = {
        var table: [String: Signature] = [:]
        for list in [go, strings, lists, dicts, math, other] {
            for signature in list { table[signature.name] = signature }
        }
        return table
    }()

    /// Why a function is not offered.
    package static let refused: [String: String] = {
        let keys = "makes a key or certificate anew at each rendering, which no other file would match"
        let environment = "would read the agent's environment, not that of your container"
        return [
            "env": environment,
            "expandenv": environment,
            "getHostByName": "would let a template query DNS, through which a value could leave the pod",
            "genPrivateKey": keys, "genCA": keys, "genCAWithKey": keys, "genSelfSignedCert": keys,
            "genSelfSignedCertWithKey": keys, "genSignedCert": keys, "genSignedCertWithKey": keys,
            "buildCustomCert": keys,
            "hello": "is Sprig's own test",
            "lookup": "is Helm's and would ask the cluster",
            "include": "is Helm's; use {{template \"name\" .}}",
            "tpl": "is Helm's; a value of a record is not taken for a template",
            "required": "is Helm's; use `strict-templates` or `fail`",
            "toToml": "is Helm's", "fromToml": "is Helm's", "fromYaml": "is Helm's",
            "fromYamlArray": "is Helm's", "fromJsonArray": "is Helm's; use fromJson",
            "mustToToml": "is Helm's", "toYamlPretty": "is Helm's; use toYaml",
        ]
    }()

    private static func make(
        _ family: FunctionFamily, _ entries: [(String, [ParameterType], ParameterType?)]
    ) -> [Signature] {
        entries.map { Signature(name: $0.0, family: family, parameters: $0.1, variadic: $0.2) }
    }

    private static let go = make(
        .go,
        [
            ("and", [.value], .value), ("or", [.value], .value), ("not", [.value], nil),
            ("call", [.value], .value), ("index", [.value], .value), ("len", [.value], nil),
            ("print", [], .any), ("printf", [.string], .any), ("println", [], .any),
            ("html", [], .any), ("js", [], .any), ("urlquery", [], .any),
            ("eq", [.value], .value), ("ne", [.value, .value], nil), ("lt", [.value, .value], nil),
            ("le", [.value, .value], nil), ("gt", [.value, .value], nil), ("ge", [.value, .value], nil),
        ])

    private static let strings = make(
        .strings,
        [
            ("abbrev", [.int, .string], nil), ("abbrevboth", [.int, .int, .string], nil),
            ("trunc", [.int, .string], nil), ("trim", [.string], nil), ("upper", [.string], nil),
            ("lower", [.string], nil), ("title", [.string], nil), ("untitle", [.string], nil),
            ("substr", [.int, .int, .string], nil), ("repeat", [.int, .string], nil),
            ("trimall", [.string, .string], nil), ("trimAll", [.string, .string], nil),
            ("trimSuffix", [.string, .string], nil), ("trimPrefix", [.string, .string], nil),
            ("nospace", [.string], nil), ("initials", [.string], nil), ("swapcase", [.string], nil),
            ("shuffle", [.string], nil), ("snakecase", [.string], nil), ("camelcase", [.string], nil),
            ("kebabcase", [.string], nil), ("wrap", [.int, .string], nil),
            ("wrapWith", [.int, .string, .string], nil), ("contains", [.string, .string], nil),
            ("hasPrefix", [.string, .string], nil), ("hasSuffix", [.string, .string], nil),
            ("quote", [], .any), ("squote", [], .any), ("cat", [], .any),
            ("indent", [.int, .string], nil), ("nindent", [.int, .string], nil),
            ("replace", [.string, .string, .string], nil), ("plural", [.string, .string, .int], nil),
            ("toString", [.any], nil), ("toStrings", [.any], nil), ("join", [.string, .any], nil),
            ("split", [.string, .string], nil), ("splitList", [.string, .string], nil),
            ("splitn", [.string, .int, .string], nil), ("sortAlpha", [.any], nil),
        ])

    private static let lists =
        make(
            .lists,
            [
                ("list", [], .any), ("tuple", [], .any), ("concat", [], .any),
                ("has", [.any, .any], nil), ("mustHas", [.any, .any], nil),
                ("without", [.any], .any), ("mustWithout", [.any], .any),
                ("slice", [.any], .any), ("mustSlice", [.any], .any),
                ("chunk", [.int, .any], nil), ("mustChunk", [.int, .any], nil),
                ("until", [.int], nil), ("untilStep", [.int, .int, .int], nil),
            ])
        + make(
            .lists,
            ["append", "push", "prepend", "mustAppend", "mustPush", "mustPrepend"].map {
                ($0, [.any, .any], nil)
            })
        + make(
            .lists,
            ["first", "rest", "last", "initial", "reverse", "uniq", "compact"].flatMap { name in
                [(name, [.any], nil), ("must" + name.prefix(1).uppercased() + name.dropFirst(), [.any], nil)]
            })

    private static let dicts = make(
        .dicts,
        [
            ("dict", [], .any), ("get", [.dict, .string], nil), ("set", [.dict, .string, .any], nil),
            ("unset", [.dict, .string], nil), ("hasKey", [.dict, .string], nil),
            ("pluck", [.string], .dict), ("keys", [], .dict), ("pick", [.dict], .string),
            ("omit", [.dict], .string), ("values", [.dict], nil), ("dig", [.any, .any, .any], .any),
            ("merge", [.dict], .dict), ("mergeOverwrite", [.dict], .dict),
            ("mustMerge", [.dict], .dict), ("mustMergeOverwrite", [.dict], .dict),
            ("deepCopy", [.any], nil), ("mustDeepCopy", [.any], nil),
        ])

    private static let math = make(
        .math,
        [
            ("add1", [.any], nil), ("add", [], .any), ("sub", [.any, .any], nil), ("div", [.any, .any], nil),
            ("mod", [.any, .any], nil), ("mul", [.any], .any), ("add1f", [.any], nil), ("addf", [], .any),
            ("subf", [.any], .any), ("divf", [.any], .any), ("mulf", [.any], .any),
            ("biggest", [.any], .any), ("max", [.any], .any), ("min", [.any], .any),
            ("maxf", [.any], .any), ("minf", [.any], .any), ("ceil", [.any], nil), ("floor", [.any], nil),
            ("round", [.any, .int], .float), ("seq", [], .int), ("randInt", [.int, .int], nil),
        ])

    private static let other =
        make(
            .dates,
            [
                ("now", [], nil), ("ago", [.any], nil), ("date", [.string, .any], nil),
                ("dateInZone", [.string, .any, .string], nil),
                ("date_in_zone", [.string, .any, .string], nil),
                ("dateModify", [.string, .time], nil), ("date_modify", [.string, .time], nil),
                ("mustDateModify", [.string, .time], nil), ("must_date_modify", [.string, .time], nil),
                ("duration", [.any], nil), ("durationRound", [.any], nil), ("htmlDate", [.any], nil),
                ("htmlDateInZone", [.any, .string], nil), ("toDate", [.string, .string], nil),
                ("mustToDate", [.string, .string], nil), ("unixEpoch", [.time], nil),
            ])
        + make(
            .encoding,
            [
                ("b64enc", [.string], nil), ("b64dec", [.string], nil), ("b32enc", [.string], nil),
                ("b32dec", [.string], nil), ("fromJson", [.string], nil), ("mustFromJson", [.string], nil),
                ("toJson", [.any], nil), ("mustToJson", [.any], nil), ("toPrettyJson", [.any], nil),
                ("mustToPrettyJson", [.any], nil), ("toRawJson", [.any], nil),
                ("mustToRawJson", [.any], nil),
            ])
        + make(
            .cryptography,
            [
                ("sha1sum", [.string], nil), ("sha256sum", [.string], nil), ("sha512sum", [.string], nil),
                ("adler32sum", [.string], nil), ("bcrypt", [.string], nil),
                ("htpasswd", [.string, .string], nil),
                ("derivePassword", [.int, .string, .string, .string, .string], nil),
                ("encryptAES", [.string, .string], nil), ("decryptAES", [.string, .string], nil),
                ("randBytes", [.int], nil), ("randAlphaNum", [.int], nil), ("randAlpha", [.int], nil),
                ("randAscii", [.int], nil), ("randNumeric", [.int], nil), ("uuidv4", [], nil),
            ])
        + make(
            .regex,
            [
                ("regexMatch", [.string, .string], nil), ("mustRegexMatch", [.string, .string], nil),
                ("regexFindAll", [.string, .string, .int], nil),
                ("mustRegexFindAll", [.string, .string, .int], nil),
                ("regexFind", [.string, .string], nil), ("mustRegexFind", [.string, .string], nil),
                ("regexReplaceAll", [.string, .string, .string], nil),
                ("mustRegexReplaceAll", [.string, .string, .string], nil),
                ("regexReplaceAllLiteral", [.string, .string, .string], nil),
                ("mustRegexReplaceAllLiteral", [.string, .string, .string], nil),
                ("regexSplit", [.string, .string, .int], nil),
                ("mustRegexSplit", [.string, .string, .int], nil), ("regexQuoteMeta", [.string], nil),
            ])
        + make(.semver, [("semver", [.string], nil), ("semverCompare", [.string, .string], nil)])
        + make(
            .defaults,
            [
                ("default", [.any], .any), ("empty", [.any], nil), ("coalesce", [], .any), ("all", [], .any),
                ("any", [], .any), ("ternary", [.any, .any, .bool], nil), ("fail", [.string], nil),
            ])
        + make(
            .types,
            [
                ("atoi", [.string], nil), ("int64", [.any], nil), ("int", [.any], nil),
                ("float64", [.any], nil), ("toDecimal", [.any], nil), ("typeOf", [.any], nil),
                ("typeIs", [.string, .any], nil), ("typeIsLike", [.string, .any], nil),
                ("kindOf", [.any], nil), ("kindIs", [.string, .any], nil), ("deepEqual", [.any, .any], nil),
            ])
        + make(
            .paths,
            ["base", "dir", "clean", "ext", "isAbs", "osBase", "osClean", "osDir", "osExt", "osIsAbs"].map {
                ($0, [.string], nil)
            })
        + make(.urls, [("urlParse", [.string], nil), ("urlJoin", [.dict], nil)])
        + make(
            .ours,
            [
                ("base64enc", [.string], nil), ("base64dec", [.string], nil), ("toYaml", [.any], nil),
                ("mustToYaml", [.any], nil), ("uuidv5", [.string, .string], nil),
            ])
}
