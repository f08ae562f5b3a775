/// A value of a template with the Go type that decides how it prints, compares and may be passed.
enum Value {
    /// Nothing at all: Go's invalid `reflect.Value`, what a missing key becomes.
    case none
    /// `nil` in an `interface{}`.
    case null
    case bool(Bool)
    case int(Int64, IntegerType)
    case float(Double)
    case complex(Double, Double)
    case string(Text)
    case list(List)
    case dict(Dict)
    case time(GoTime)
    case version(SemanticVersion)

    enum IntegerType: String { case int, int64, uint8, uint64 }

    static func int(_ value: Int) -> Value { .int(Int64(value), .int) }
    static func int64(_ value: Int64) -> Value { .int(value, .int64) }
    static func text(_ text: String) -> Value { .string(Text(text)) }

    /// Whether it is nothing or nil.
    var isNil: Bool {
        switch self {
        case .none, .null: true
        default: false
        }
    }

    /// What Go's `%T` says.
    var typeName: String {
        switch self {
        case .none, .null: "<nil>"
        case .bool: "bool"
        case .int(_, let type): type.rawValue
        case .float: "float64"
        case .complex: "complex128"
        case .string: "string"
        case .list(let list): "[]" + list.elementType.rawValue
        case .dict(let dict): "map[string]" + dict.elementType.rawValue
        case .time: "time.Time"
        case .version: "*semver.Version"
        }
    }

    /// What Go's `reflect.Kind` says.
    var kindName: String {
        switch self {
        case .none, .null: "invalid"
        case .list: "slice"
        case .dict: "map"
        case .time: "struct"
        case .version: "ptr"
        default: typeName
        }
    }

    /// Go's truth: false are nil, false, zero, and what has no elements.
    var isTrue: Bool {
        switch self {
        case .none, .null: false
        case .bool(let value): value
        case .int(let value, _): value != 0
        case .float(let value): value != 0
        case .complex(let real, let imaginary): real != 0 || imaginary != 0
        case .string(let text): !text.isEmpty
        case .list(let list): !list.elements.isEmpty
        case .dict(let dict): !dict.members.isEmpty
        case .time, .version: true
        }
    }
}

/// The Go type of what a list or dict holds.
enum ElementType: String {
    case any = "interface {}"
    case string
    case int
    case list = "[]interface {}"
}

/// A Go slice. It is never changed once a template has it.
final class List {
    fileprivate(set) var elements: [Value]
    let elementType: ElementType
    /// A nil slice, which JSON has as null.
    let isNil: Bool

    init(_ elements: [Value], of elementType: ElementType = .any, isNil: Bool = false) {
        self.elements = elements
        self.elementType = elementType
        self.isNil = isNil
    }

    func clear() { elements = [] }
}

/// A Go map with strings for keys; `set` and `unset` change it for all who hold it.
final class Dict {
    var members: [Text: Value]
    let elementType: ElementType

    init(_ members: [Text: Value], of elementType: ElementType = .any) {
        self.members = members
        self.elementType = elementType
    }

    /// In the order in which Go ranges and prints.
    var sorted: [(key: Text, value: Value)] {
        members.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
    }

    func clear() { members = [:] }
}
