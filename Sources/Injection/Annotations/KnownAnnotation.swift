/// A row of the table of annotations: its name and how its value is read.
///
/// A new annotation is one more row, in the file of its group.
struct KnownAnnotation: Sendable {
    /// Settings are read before selections.
    enum Phase: Sendable { case settings, selections }

    typealias Reader = @Sendable (Annotation, inout Draft) throws(Mistake) -> Void

    /// Without the prefix. One that ends in `-` stands for all that begin so.
    let name: String
    let phase: Phase
    let read: Reader

    init(_ name: String, _ phase: Phase = .settings, read: @escaping Reader) {
        self.name = name
        self.phase = phase
        self.read = read
    }

    static let all: [KnownAnnotation] =
        configurationRows + behaviourRows + podRows + selectionRows + folderRows + environmentRows
        + kubernetesSecretRows + ownRows

    private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
    private static let families = all.filter { $0.name.hasSuffix("-") }

    /// The row of a name without prefix: exactly this one, else the one it begins with.
    static func find(_ key: String) -> KnownAnnotation? {
        byName[key] ?? families.first { key.hasPrefix($0.name) }
    }

    /// What the injector itself writes, and `inject`, which is read before all others.
    private static let ownRows = ["inject", "injected", "injector-version"].map {
        KnownAnnotation($0) { _, _ throws(Mistake) in }
    }
}
