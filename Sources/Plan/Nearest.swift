/// The candidates most like `name`, best first: for "did you mean".
///
/// Case is ignored, and a swap of two neighbours counts as one change (restricted Damerau–Levenshtein).
/// - Returns: at most `limit`, none that differs in more than a third of its letters (at least two).
package func nearest(to name: String, among candidates: some Sequence<String>, limit: Int = 3) -> [String] {
    // Titles are hostile: the distance is quadratic, so long ones are compared by their beginning.
    let wanted = Array(name.lowercased().unicodeScalars.prefix(128))
    return candidates.compactMap { candidate -> (name: String, distance: Int)? in
        let letters = Array(candidate.lowercased().unicodeScalars.prefix(128))
        let tolerated = max(2, max(wanted.count, letters.count) / 3)
        guard abs(letters.count - wanted.count) <= tolerated else { return nil }
        let distance = editDistance(wanted, letters)
        return distance <= tolerated ? (candidate, distance) : nil
    }
    .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
    .prefix(limit)
    .map(\.name)
}

private func editDistance(_ a: [UnicodeScalar], _ b: [UnicodeScalar]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for row in 1...a.count {
        var current = [row] + [Int](repeating: 0, count: b.count)
        for column in 1...b.count {
            let cost = a[row - 1] == b[column - 1] ? 0 : 1
            current[column] = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + cost)
            if row > 1, column > 1, a[row - 1] == b[column - 2], a[row - 2] == b[column - 1] {
                current[column] = min(current[column], beforeLast[column - 2] + 1)
            }
        }
        (beforeLast, last) = (last, current)
    }
    return last[b.count]
}
