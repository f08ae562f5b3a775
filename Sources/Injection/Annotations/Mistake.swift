import Plan

/// One mistake in the annotations: where, what is wrong, what was expected, and an example.
package struct Mistake: Error, Equatable, Sendable {
    /// The annotation with its prefix.
    package var annotation: String
    /// The value as it was given; `nil` where the annotation is missing.
    package var value: String?
    /// Characters from the value's start, where known.
    package var position: Int?
    /// What is wrong, a sentence without a final stop.
    package var problem: String
    /// What was expected instead.
    package var expected: String?
    /// A whole annotation that would be right: `keeper.security/refresh-interval: "5m"`.
    package var example: String?

    package init(
        annotation: String, value: String? = nil, position: Int? = nil, problem: String,
        expected: String? = nil, example: String? = nil
    ) {
        self.annotation = annotation
        self.value = value
        self.position = position
        self.problem = problem
        self.expected = expected
        self.example = example
    }
}

extension Mistake: CustomStringConvertible {
    /// Up to three lines, the second and third indented by two spaces.
    package var description: String {
        var text = annotation.hasPrefix(Annotation.prefix) ? shownName : quoted(annotation)
        if let value { text += ": " + quoted(value) }
        if let position { text += ", character \(position + 1)" }
        text += ": " + problem
        if let expected { text += "\n  expected: " + expected }
        if let example { text += "\n  example:  " + example }
        return text
    }

    /// The name without quotes where it is an ordinary one.
    private var shownName: String {
        let ordinary = annotation.unicodeScalars.allSatisfy {
            $0.isASCII && $0.value > 0x20 && $0.value < 0x7F
        }
        return ordinary && annotation.utf8.count <= 120 ? annotation : quoted(annotation)
    }
}
