/// What can be said of a template without a record.
enum TemplateCheck {
    private static let maxSize = 64 << 10

    /// What is wrong with it, with line and column; `nil` when nothing is.
    static func problem(in source: String) -> String? {
        source.utf8.count > Self.maxSize ? "is larger than 64 KiB" : nil
    }
}
