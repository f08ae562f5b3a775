import Yams

/// Adds to the text of a document in place, so that the user's own text stays as it is.
///
/// It guesses by indentation; the one who calls it compares what comes out with what should.
struct TextEditor {
    private var lines: [String.UnicodeScalarView]
    private let lineBreak: String

    /// - Parameter text: one document.
    init(_ text: String) {
        lineBreak = text.unicodeScalars.contains("\r") ? "\r\n" : "\n"
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String.UnicodeScalarView(line.last == "\r" ? line.dropLast() : line)
        }
    }

    var text: String { lines.map { String($0) }.joined(separator: lineBreak) }

    /// Carries out one operation.
    ///
    /// - Parameter root: the document's value, with the places of this very text.
    /// - Returns: whether it was possible.
    mutating func apply(_ operation: PatchOperation, to root: ManifestValue) -> Bool {
        guard let step = operation.path.last, let parent = root.find(operation.path.dropLast()),
            let mark = parent.mark, lines.indices.contains(mark.line - 1)
        else { return false }
        switch parent.content {
        case .map(let entries):
            if let entry = entries.first(where: { $0.key == step }) {
                return fill(entry, with: operation.value)
            }
            guard operation.adds else { return false }
            let flow = JSONText.quote(step) + ": " + JSONText.flow(operation.value)
            if insertFlow(flow, after: "{", at: mark, isEmpty: entries.isEmpty) { return true }
            guard let last = entries.compactMap(\.mark).max(by: { $0.line < $1.line }),
                last.column == mark.column
            else { return false }
            let added = BlockText.entry(key: step, value: operation.value, indent: mark.column - 1)
            insert(added, at: end(after: last.line - 1, column: mark.column - 1))
            return true
        case .list(let items):
            guard operation.adds else { return false }
            let index = step == "-" ? items.count : Int(step) ?? -1
            let flow = JSONText.flow(operation.value)
            if index == 0, insertFlow(flow, after: "[", at: mark, isEmpty: items.isEmpty) { return true }
            guard character(mark.line - 1, mark.column - 1) == "-" else { return false }
            let added = BlockText.item(operation.value, indent: mark.column - 1)
            if index == items.count, let last = items.last?.mark {
                insert(added, at: end(after: last.line - 1, column: mark.column - 1))
                return true
            }
            guard items.indices.contains(index), let item = items[index].mark,
                let line = dash(of: item.line - 1, column: mark.column - 1)
            else { return false }
            insert(added, at: line)
            return true
        default: return false
        }
    }

    /// `key:` without a value gets one.
    private mutating func fill(_ entry: ManifestValue.Entry, with value: ManifestValue) -> Bool {
        guard entry.value.plain == "", let mark = entry.mark else { return false }
        let added = BlockText.entry(key: entry.key, value: value, indent: mark.column - 1)
        guard added.count > 1 else { return false }
        insert(Array(added.dropFirst()), at: mark.line)
        return true
    }

    private mutating func insertFlow(_ text: String, after open: Unicode.Scalar, at mark: Mark, isEmpty: Bool)
        -> Bool
    {
        guard character(mark.line - 1, mark.column - 1) == open else { return false }
        var line = lines[mark.line - 1]
        let place = line.index(line.startIndex, offsetBy: mark.column)
        line.insert(contentsOf: (text + (isEmpty ? "" : ", ")).unicodeScalars, at: place)
        lines[mark.line - 1] = line
        return true
    }

    /// The line with the dash of an item, or that of the comments right above it.
    private func dash(of item: Int, column: Int) -> Int? {
        var line = item
        while line >= 0, !(indentation(line) == column && character(line, column) == "-") { line -= 1 }
        guard line >= 0 else { return nil }
        while line > 0, let indent = indentation(line - 1), indent == column,
            character(line - 1, indent) == "#"
        {
            line -= 1
        }
        return line
    }

    /// The line after the block whose last key or item begins in `line`.
    private func end(after line: Int, column: Int) -> Int {
        var end = line + 1
        for next in (line + 1)..<max(line + 1, lines.count) {
            guard let indent = indentation(next) else { continue }
            if indent > column || (indent == column && isItem(next, column)) {
                end = next + 1
            } else if character(next, indent) != "#" {
                break
            }
        }
        return end
    }

    private func isItem(_ line: Int, _ column: Int) -> Bool {
        guard character(line, column) == "-" else { return false }
        return [nil, " ", "\t"].contains(character(line, column + 1))
    }

    private mutating func insert(_ added: [String], at line: Int) {
        // Behind a last line without a line break there is none either.
        lines.insert(contentsOf: added.map(\.unicodeScalars), at: min(line, lines.count))
    }

    /// Spaces at the front; `nil` for a blank line.
    private func indentation(_ line: Int) -> Int? {
        let count = lines[line].prefix { $0 == " " }.count
        return count == lines[line].count ? nil : count
    }

    private func character(_ line: Int, _ column: Int) -> Unicode.Scalar? {
        guard lines.indices.contains(line), column >= 0 else { return nil }
        return lines[line].dropFirst(column).first
    }
}
