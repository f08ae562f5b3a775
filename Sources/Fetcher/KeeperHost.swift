/// A Keeper server: a host name or address, with or without a port.
package struct KeeperHost: Equatable, Sendable, CustomStringConvertible {
    /// `HOST[:PORT]`.
    package let description: String

    /// Also reads a region's name (`EU`) and an address that starts with `https://`.
    /// - Throws: `ConfigurationError.badHostname`.
    package init(_ text: String) throws(ConfigurationError) {
        var name = text.trimmingSpace
        if let region = KeeperHost.regions[name.uppercased()] {
            description = region
            return
        }
        if name.lowercased().hasPrefix("https://") {
            name = String(name.dropFirst("https://".count))
            while name.hasSuffix("/") { name.removeLast() }
        }
        guard !name.contains("://") else { throw .badHostname(text, reason: "is not an https address") }
        guard !name.isEmpty, name.utf8.count <= 260 else {
            throw .badHostname(text, reason: "is empty or too long")
        }
        guard !name.contains("/") else { throw .badHostname(text, reason: "has a path") }
        guard !name.contains("@") else { throw .badHostname(text, reason: "has a user name") }
        let (host, port) = KeeperHost.split(name)
        if let port {
            guard let number = Int(port), (1...65_535).contains(number), port.utf8.first != 0x2B else {
                throw .badHostname(text, reason: "has a port that is not in 1 to 65535")
            }
        }
        guard KeeperHost.isHost(host) else {
            throw .badHostname(text, reason: "has characters that no host name has")
        }
        description = name
    }

    /// The names that one-time tokens and configurations use for Keeper's regions.
    package static let regions = [
        "US": "keepersecurity.com", "EU": "keepersecurity.eu", "AU": "keepersecurity.com.au",
        "GOV": "govcloud.keepersecurity.us", "JP": "keepersecurity.jp", "CA": "keepersecurity.ca",
        "IL5": "il5.keepersecurity.us",
    ]

    private static func split(_ name: String) -> (host: String, port: String?) {
        // An IPv6 address has colons of its own, and stands in brackets.
        if name.hasPrefix("["), let end = name.firstIndex(of: "]") {
            let rest = name[name.index(after: end)...]
            if rest.isEmpty { return (name, nil) }
            return rest.hasPrefix(":") ? (String(name[...end]), String(rest.dropFirst())) : (name, nil)
        }
        guard let colon = name.firstIndex(of: ":") else { return (name, nil) }
        return (String(name[..<colon]), String(name[name.index(after: colon)...]))
    }

    private static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = host.dropFirst().dropLast()
            return !address.isEmpty && address.utf8.allSatisfy { isHexDigit($0) || $0 == 0x3A || $0 == 0x2E }
        }
        return !host.isEmpty && !host.hasPrefix(".") && !host.hasPrefix("-")
            && host.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2E || $0 == 0x2D || $0 == 0x5F }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}

extension String {
    var trimmingSpace: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
