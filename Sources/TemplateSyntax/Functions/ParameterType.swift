/// The Go type of a function's parameter, which decides what a template may pass.
package enum ParameterType: Sendable {
    /// `interface{}`: all, nil too.
    case any
    /// `reflect.Value`: all.
    case value
    case string
    case bool
    case int
    case float
    /// `map[string]interface{}`
    case dict
    /// `[]interface{}`
    case list
    /// `time.Time`
    case time

    /// As Go names it.
    package var name: String {
        switch self {
        case .any: "interface {}"
        case .value: "reflect.Value"
        case .string: "string"
        case .bool: "bool"
        case .int: "int"
        case .float: "float64"
        case .dict: "map[string]interface {}"
        case .list: "[]interface {}"
        case .time: "time.Time"
        }
    }
}
