/// A text in which a backslash before `[`, `]`, `/` or `\` makes it an ordinary character; any other
/// backslash is one (`DOMAIN\user`).
struct EscapedText {
    private let characters: [(character: Character, escaped: Bool)]

    init(_ text: String) {
        var characters: [(Character, Bool)] = []
        var rest = text[...]
        while let first = rest.popFirst() {
            if first == "\\", let next = rest.first, "[]/\\".contains(next) {
                characters.append((next, true))
                rest.removeFirst()
            } else {
                characters.append((first, false))
            }
        }
        self.characters = characters
    }

    var count: Int { characters.count }

    /// Without the backslashes that escape.
    var text: String { String(characters.map(\.character)) }

    /// The last character, if it is not escaped.
    var last: Character? { characters.last.flatMap { $0.escaped ? nil : $0.character } }

    /// The last place of a character that is not escaped.
    func lastIndex(of character: Character) -> Int? {
        characters.lastIndex { !$0.escaped && $0.character == character }
    }

    func text(_ range: some RangeExpression<Int>) -> String {
        String(characters[range.relative(to: characters)].map(\.character))
    }
}
