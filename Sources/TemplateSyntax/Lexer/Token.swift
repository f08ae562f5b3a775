/// A word of an action, or the text between actions.
struct Token {
    enum Kind: Equatable {
        case text
        case leftDelimiter
        case rightDelimiter
        case space
        case identifier
        /// With its dot in front.
        case field
        /// With its `$`.
        case variable
        case number
        case character
        case string
        case rawString
        case dot
        case assign
        case declare
        case pipe
        case comma
        case leftParenthesis
        case rightParenthesis
        case end
    }

    let kind: Kind
    /// Where in the source.
    let range: Range<Int>
}
