/// A place in a template, as an editor counts: both from 1, columns in characters.
package struct SourcePosition: Equatable, Hashable, Sendable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}
