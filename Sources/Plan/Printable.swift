/// Text from outside as it may be shown: without control characters and what turns the direction of
/// writing, cut after `limit` characters.
///
///     printable(answer.message)  // a log line stays one line
package func printable(_ text: String, limit: Int = 200) -> String {
    // Looks at a bounded part alone: the text may be of any size.
    var shown = ""
    var count = 0
    for scalar in text.unicodeScalars {
        guard count < limit else { return shown + "…" }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator:
            if shown.hasSuffix(" ") { continue }
            shown.append(" ")
        case .format, .surrogate, .privateUse, .unassigned: shown.append("\u{FFFD}")
        default: shown.unicodeScalars.append(scalar)
        }
        count += 1
    }
    return shown
}
