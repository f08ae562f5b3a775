/// One annotation of a pod, as it stands in the manifest.
package struct Annotation: Equatable, Sendable {
    /// With its prefix: `keeper.security/secret`.
    package var name: String
    package var value: String

    /// What all annotations of the injector begin with.
    package static let prefix = "keeper.security/"

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
