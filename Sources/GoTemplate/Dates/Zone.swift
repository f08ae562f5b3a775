import Glibc

/// A time zone: UTC, or one of the system's data base (TZif, RFC 8536).
final class Zone: Sendable {
    private struct Kind: Sendable {
        let offset: Int
        let name: String
    }

    let name: String
    private let starts: [Int64]
    private let kindOfStart: [Int]
    private let kinds: [Kind]

    static let utc = Zone(fixed: 0, name: "UTC")

    /// What Go calls Local: the variable TZ, else /etc/localtime, else UTC.
    static let local: Zone = {
        guard let given = getenv("TZ") else { return read("/etc/localtime", name: "Local") ?? utc }
        let name = String(cString: given)
        return name.isEmpty ? utc : named(name.hasPrefix(":") ? String(name.dropFirst()) : name) ?? utc
    }()

    /// `nil` where there is none of that name.
    static func named(_ name: String) -> Zone? {
        if name.isEmpty || name == "UTC" { return utc }
        if name == "Local" { return local }
        // As Go: a name, not a way out of the directory.
        guard name.utf8.count < 100, !name.contains(".."), !name.hasPrefix("/"), !name.contains("\\"),
            !name.contains("\0")
        else { return nil }
        return read("/usr/share/zoneinfo/" + name, name: name)
    }

    init(fixed offset: Int, name: String) {
        self.name = name
        starts = []
        kindOfStart = []
        kinds = [Kind(offset: offset, name: name)]
    }

    /// Seconds east of UTC at a time, and the abbreviation.
    func offset(at time: Int64) -> (seconds: Int, name: String) {
        let index = starts.lastIndex { $0 <= time }
        let kind = kinds[index.map { kindOfStart[$0] } ?? 0]
        return (kind.offset, kind.name)
    }

    private static func read(_ path: String, name: String) -> Zone? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count > 44 else { return nil }
        return Zone(data: Array(bytes[..<count]), name: name)
    }

    private init?(data: [UInt8], name: String) {
        func number(_ offset: Int, _ size: Int) -> Int64 {
            guard offset + size <= data.count else { return 0 }
            let value = data[offset..<offset + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return size == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
        }
        func counts(_ at: Int) -> [Int] { (0..<6).map { Int(number(at + 20 + 4 * $0, 4)) } }
        guard data.starts(with: "TZif".utf8) else { return nil }
        var header = 0
        var size = 4
        if data[4] >= UInt8(ascii: "2") {
            let c = counts(0)
            header = 44 + c[3] * 5 + c[4] * 6 + c[5] + c[2] * 8 + c[1] + c[0]
            size = 8
        }
        guard header >= 0, header + 44 <= data.count else { return nil }
        let c = counts(header)
        let times = header + 44
        let types = times + c[3] * size
        let infos = types + c[3]
        let names = infos + c[4] * 6
        guard c.allSatisfy({ $0 >= 0 && $0 < 65_536 }), names + c[5] <= data.count, c[4] > 0 else {
            return nil
        }
        var kinds: [Kind] = []
        for index in 0..<c[4] {
            let at = infos + index * 6
            let start = names + Int(data[at + 5])
            guard start < names + c[5] else { return nil }
            let text = data[start..<names + c[5]].prefix { $0 != 0 }
            kinds.append(Kind(offset: Int(number(at, 4)), name: String(decoding: text, as: UTF8.self)))
        }
        var starts: [Int64] = []
        var kindOfStart: [Int] = []
        for index in 0..<c[3] {
            starts.append(number(times + index * size, size))
            kindOfStart.append(min(Int(data[types + index]), kinds.count - 1))
        }
        self.name = name
        self.starts = starts
        self.kindOfStart = kindOfStart
        self.kinds = kinds
    }
}
