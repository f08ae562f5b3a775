import Injection

/// Names of Kubernetes objects.
extension PolicyValue {
    static func namespaceSet(_ values: [String]) throws(PolicyMistake) -> NamespaceSet {
        if values == ["*"] { return .all }
        if values.contains("*") {
            throw PolicyMistake(problem: "'*' stands among other names", expected: "'*' alone, or names")
        }
        return .some(try namespaces(values))
    }

    static func namespaces(_ values: [String]) throws(PolicyMistake) -> [String] {
        for value in values { try checkNamespace(value, in: value) }
        return values
    }

    static func pairs(_ values: [String]) throws(PolicyMistake) -> [NamespacePair] {
        var result: [NamespacePair] = []
        for value in values {
            let parts = value.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                throw PolicyMistake(
                    value: value, problem: "is no pair of namespaces", expected: "FROM:TO, as shop:shared")
            }
            for part in parts { try checkNamespace(part, in: value) }
            result.append(NamespacePair(pod: parts[0], secret: parts[1]))
        }
        return result
    }

    static func secretName(_ text: String) throws(PolicyMistake) -> String {
        // A DNS-1123 subdomain: labels between dots, each beginning and ending with a letter or digit.
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, labels.allSatisfy({ isLabel($0, limit: 253) }) else {
            throw PolicyMistake(
                value: text, problem: "is no name of a Secret",
                expected: "lower-case letters, digits, '-' and '.', as keeper-config")
        }
        return text
    }

    private static func checkNamespace(_ name: String, in value: String) throws(PolicyMistake) {
        guard isLabel(name, limit: 63) else {
            throw PolicyMistake(
                value: value, problem: name.isEmpty ? "lacks a name" : "is no name of a namespace",
                expected: "lower-case letters, digits and '-', at most 63")
        }
    }

    /// A DNS-1123 label.
    private static func isLabel(_ text: some StringProtocol, limit: Int) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= limit else { return false }
        let inner = bytes.allSatisfy {
            isAlphanumeric($0) && !(0x41...0x5A).contains($0) || $0 == UInt8(ascii: "-")
        }
        return inner && first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
    }
}
