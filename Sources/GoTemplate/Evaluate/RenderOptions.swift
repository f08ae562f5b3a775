/// How a template is rendered.
package struct RenderOptions: Sendable {
    /// `strict-templates`: a missing key is an error, unless the template asks for it.
    package var isStrict: Bool

    package init(isStrict: Bool = false) { self.isStrict = isStrict }
}
