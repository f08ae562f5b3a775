/// What a function takes; what it does is known to the room that evaluates.
package struct Signature: Sendable {
    package let name: String
    package let family: FunctionFamily
    package let parameters: [ParameterType]
    /// The type of further ones.
    package let variadic: ParameterType?

    package var minimum: Int { parameters.count }
    /// `nil`: any number.
    package var maximum: Int? { variadic == nil ? parameters.count : nil }

    /// The type of the argument at `index`.
    package func type(at index: Int) -> ParameterType {
        index < parameters.count ? parameters[index] : variadic ?? .any
    }
}

/// Functions that belong together, as the table in the documentation has them.
package enum FunctionFamily: String, CaseIterable, Sendable {
    case go = "Go itself"
    case strings = "Strings"
    case lists = "Lists"
    case dicts = "Dicts"
    case math = "Math"
    case dates = "Dates"
    case encoding = "Encoding"
    case cryptography = "Hashes, passwords and randomness"
    case regex = "Regular expressions"
    case semver = "Semantic versions"
    case defaults = "Defaults and flow"
    case types = "Types"
    case paths = "Paths"
    case urls = "URLs"
    case ours = "Not in Sprig"
}
