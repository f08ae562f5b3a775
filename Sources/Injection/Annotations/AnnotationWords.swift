import Plan

/// Reading of values that are one of several words, a number, a name.
extension Annotation {
    /// One of `words`, exactly as written there.
    func word(among words: [String]) throws(Mistake) -> String {
        let value = trimmed
        if words.contains(value) { return value }
        let near = nearest(to: value.lowercased(), among: words, limit: 1).first
        let expected = words.count == 1 ? quoted(words[0]) : "one of " + words.joined(separator: ", ")
        throw mistake(
            value.isEmpty ? "is empty" : "is unknown", expected: expected, example: near ?? words.first)
    }

    /// A whole number of decimal digits.
    func number(
        in range: ClosedRange<UInt32>, what: String, example: String
    ) throws(Mistake) -> UInt32 {
        let text = trimmed
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw mistake("is no number", expected: what, example: example)
        }
        guard let number = UInt32(text), range.contains(number) else {
            throw mistake("is out of range", expected: what, example: example)
        }
        return number
    }

    /// Names separated by commas, each checked by `check`; none twice.
    func list(
        what: String, example: String, check: (String) -> Bool = { _ in true }
    ) throws(Mistake) -> [String] {
        var names: [String] = []
        let entries = value.split(separator: ",", omittingEmptySubsequences: false).map(Annotation.trim)
        guard entries != [""] else { throw mistake("is empty", expected: what, example: example) }
        for (index, entry) in entries.enumerated() {
            guard !entry.isEmpty else {
                if index == entries.count - 1 { continue }
                throw mistake("entry \(index + 1) is empty", expected: what, example: example)
            }
            guard entry.firstControlCharacter == nil, check(entry) else {
                throw mistake(
                    "entry \(index + 1), \(quoted(entry)), is wrong", expected: what, example: example)
            }
            if !names.contains(entry) { names.append(entry) }
        }
        return names
    }

    /// The name of a Kubernetes object: a DNS subdomain (RFC 1123).
    func objectName(what: String, example: String) throws(Mistake) -> String {
        let name = try text(what: what, example: example)
        if let offset = DNSName.firstWrongCharacter(in: name) {
            throw mistake(
                "is no name of this kind", at: offset + leadingSpace, expected: what, example: example)
        }
        guard DNSName.isSubdomain(name) else {
            throw mistake(
                name.utf8.count > 253 ? "is too long for a name" : "is no name of this kind", expected: what,
                example: example)
        }
        return name
    }

    /// A quantity above zero.
    func quantity(example: String) throws(Mistake) -> String {
        let text = trimmed
        guard Quantity(text) != nil else {
            throw mistake("is no quantity above zero", expected: "a Kubernetes quantity", example: example)
        }
        return text
    }

    /// Permission bits of a file.
    func fileMode() throws(Mistake) -> UInt32 {
        do throws(FileModeError) {
            return try FileMode.parse(trimmed)
        } catch {
            throw mistake(error.reason, expected: FileMode.expected, example: "0640")
        }
    }
}

/// Names as Kubernetes allows them (RFC 1123).
enum DNSName {
    static func firstWrongCharacter(in name: String) -> Int? {
        if name.utf8.allSatisfy(isNameByte) { return nil }
        return wrongCharacter(in: name)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func wrongCharacter(in name: String) -> Int? {
        name.enumerated().first { _, character in
            !(character.isASCII
                && (character.isNumber || ("a"..."z").contains(character) || "-.".contains(character)))
        }?.offset
    }

    static func isSubdomain(_ name: String) -> Bool {
        guard (1...253).contains(name.utf8.count) else { return false }
        let dot = UInt8(ascii: "."), hyphen = UInt8(ascii: "-")
        var previous = dot
        for byte in name.utf8 {
            // A label neither is empty nor begins or ends with a hyphen.
            guard isNameByte(byte), byte != hyphen || previous != dot,
                byte != dot || previous != dot && previous != hyphen
            else { return false }
            previous = byte
        }
        return previous != dot && previous != hyphen
    }

    /// Without dots, at most 63: names of containers and namespaces.
    static func isLabel(_ name: String) -> Bool {
        name.utf8.count <= 63 && !name.utf8.contains(UInt8(ascii: ".")) && isSubdomain(name)
    }
}

/// Permission bits of a file that holds a secret.
enum FileMode {
    static let expected =
        "octal bits such as 0600, 0640 or 0644: read and write for the owner, at most "
        + "read for others, nothing executable"

    static func parse(_ text: String) throws(FileModeError) -> UInt32 {
        let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
        guard (3...5).contains(digits.utf8.count), let mode = UInt32(digits, radix: 8), !digits.hasPrefix("+")
        else {
            throw FileModeError(reason: "is no octal mode")
        }
        guard mode & 0o7000 == 0 else {
            throw FileModeError(reason: "sets set-user-id, set-group-id or sticky")
        }
        guard mode & 0o111 == 0 else { throw FileModeError(reason: "makes a secret executable") }
        guard mode & 0o022 == 0 else {
            throw FileModeError(reason: "lets others than the owner write")
        }
        guard mode & 0o400 != 0 else { throw FileModeError(reason: "does not let the owner read") }
        return mode
    }
}

struct FileModeError: Error {
    let reason: String
}
