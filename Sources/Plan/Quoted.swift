/// Text from outside in double quotes, fit for a message on one line: clipped, with control characters,
/// invisible characters and direction marks escaped, so that it can neither forge lines nor hide.
///
///     quoted("a\nb")  // "a\nb", with the backslash spelled out
/// - Parameter limit: scalars of the text that are shown, the rest becomes `…`.
package func quoted(_ text: String, limit: Int = 80) -> String {
    var shown = "\""
    for (position, scalar) in text.unicodeScalars.enumerated() {
        guard position < limit else {
            shown += "…"
            break
        }
        switch scalar {
        case "\n": shown += "\\n"
        case "\r": shown += "\\r"
        case "\t": shown += "\\t"
        case "\"": shown += "\\\""
        case "\\": shown += "\\\\"
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
                shown += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
    }
    return shown + "\""
}
