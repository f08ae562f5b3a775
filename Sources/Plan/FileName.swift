/// The file name of a record (contract, section 1, `<name>`): its title made harmless, or its uid where
/// nothing of the title is left. Without a suffix, at most 200 bytes, never empty, never with a slash or
/// a leading dot.
///
///     fileName(forTitle: "Prod DB (eu)", uid: …)  // prod-db-eu
package func fileName(forTitle title: String, uid: String) -> String {
    if let name = fileName(forTitle: title) { return name }
    // Uids come from outside too.
    let safe = uid.unicodeScalars.filter(isUIDScalar)
    let name = String(String.UnicodeScalarView(safe.prefix(200)))
    return name.isEmpty ? "record" : name
}

/// The same where the uid is not known yet; `nil` when nothing of the title is left.
package func fileName(forTitle title: String) -> String? {
    var name = String.UnicodeScalarView()
    var size = 0
    // A lower-cased title that is longer than the limit by far cannot change its beginning.
    for scalar in title.lowercased().unicodeScalars.prefix(4_096) {
        let keeps = isSafe(scalar) || isLetterOrDigitBeyondASCII(scalar)
        let next: UnicodeScalar = keeps ? scalar : "-"
        if !keeps, name.last == "-" { continue }
        if name.isEmpty, next == "-" || next == "." { continue }
        size += UTF8.width(next)
        guard size <= 200 else { break }
        name.append(next)
    }
    while name.last == "-" { name.removeLast() }
    return name.isEmpty ? nil : String(name)
}

/// Whether a text has the shape of a record's uid: 22 characters of the URL-safe base64 alphabet.
package func looksLikeUID(_ text: String) -> Bool {
    text.utf8.count == 22 && text.unicodeScalars.allSatisfy(isUIDScalar)
}

private func isUIDScalar(_ scalar: UnicodeScalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
}

private func isSafe(_ scalar: UnicodeScalar) -> Bool {
    switch scalar {
    case "a"..."z", "0"..."9", ".", "_", "-": true
    default: false
    }
}

private func isLetterOrDigitBeyondASCII(_ scalar: UnicodeScalar) -> Bool {
    guard !scalar.isASCII else { return false }
    switch scalar.properties.generalCategory {
    case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
        return true
    default: return false
    }
}
