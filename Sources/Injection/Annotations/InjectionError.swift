package import Plan

/// All mistakes in the annotations of one pod, at once.
package struct InjectionError: ExplainedError, Equatable {
    /// By annotation name, then in the order of the value; never empty.
    package let mistakes: [Mistake]

    /// - Parameter mistakes: in any order; they are told sorted, stable within one annotation, for the order
    ///   of a dictionary must not show.
    init(_ mistakes: [Mistake]) {
        let order = mistakes.enumerated().sorted {
            ($0.element.annotation, $0.offset) < ($1.element.annotation, $1.offset)
        }
        self.mistakes = order.map(\.element)
    }

    /// One line that counts, then each mistake, numbered and indented.
    package var message: String {
        let count = mistakes.count == 1 ? "1 mistake" : "\(mistakes.count) mistakes"
        let items = mistakes.enumerated().map { index, mistake in
            let number = "\n  \(index + 1). "
            let margin = "\n" + String(repeating: " ", count: number.count - 1)
            let lines = mistake.description.split(separator: "\n", omittingEmptySubsequences: false)
            return number + lines.joined(separator: margin)
        }
        return "\(count) in the annotations" + items.joined()
    }

    package var exitCode: CommandStatus { .configuration }
}
