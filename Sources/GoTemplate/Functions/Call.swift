/// A function's arguments, which the engine has checked against its signature.
struct Call {
    let engine: Engine
    let arguments: [Value]

    var count: Int { arguments.count }

    subscript(index: Int) -> Value { index < arguments.count ? arguments[index] : .none }

    func text(_ index: Int) -> Text {
        if case .string(let text) = self[index] { text } else { .empty }
    }

    func int(_ index: Int) -> Int {
        if case .int(let value, _) = self[index] { Int(value) } else { 0 }
    }

    func bool(_ index: Int) -> Bool {
        if case .bool(let value) = self[index] { value } else { false }
    }

    func dict(_ index: Int) -> Dict {
        if case .dict(let dict) = self[index] { dict } else { Dict([:]) }
    }

    func rest(from index: Int) -> ArraySlice<Value> { arguments.dropFirst(index) }
}

typealias FunctionBody = @Sendable (Call) throws(FunctionFailure) -> Value

/// What the functions of `FunctionTable` do.
enum Library {
    static let functions: [String: FunctionBody] = {
        var all: [String: FunctionBody] = [:]
        for family in [
            builtins, strings, lists, dicts, math, conversions, encodings, hashes, randomness, expressions,
            versions, dates, paths, urls,
        ] {
            all.merge(family) { first, _ in first }
        }
        return all
    }()

    /// Those that answer differently each time.
    static let volatile: Set<String> = [
        "now", "ago", "bcrypt", "htpasswd", "randBytes", "randAlphaNum", "randAlpha", "randAscii",
        "randNumeric", "randInt", "uuidv4", "shuffle", "encryptAES",
    ]
}
