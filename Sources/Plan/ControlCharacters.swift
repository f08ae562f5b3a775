extension StringProtocol {
    /// Whether it holds NUL or any other character of C0, DEL or C1. Ordinary text is told by its bytes,
    /// since looking up properties costs more than all else that is done with a path.
    package var holdsControlCharacter: Bool {
        guard utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return false }
        return unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
