import Plan

/// Turns annotations into a Plan, or names all mistakes in them at once.
///
///     let parsed = try AnnotationParser().parse(annotations)
///     if let plan = parsed.plan { … }
///
/// It does no I/O; annotations without the injector's prefix are none of its business.
package struct AnnotationParser: Sendable {
    /// What the one who asks decides, not the pod.
    package struct Options: Sendable {
        /// Defaults of annotations.
        package var defaults: InjectionPolicy.Defaults
        /// Whether an unknown annotation is a mistake.
        package var strictAnnotations: Bool
        /// Outside a pod: the configuration is given otherwise (`--ksm-config`), so a pod need not name one.
        package var hasConfiguration: Bool
        /// Outside a pod: `inject: "true"` may be missing.
        package var assumesInject: Bool
        /// The shortest `refresh-interval`; outside a pod it may be 50 ms.
        package var minimumRefreshInterval: Duration

        package init(
            defaults: InjectionPolicy.Defaults = .init(), strictAnnotations: Bool = false,
            hasConfiguration: Bool = false, assumesInject: Bool = false,
            minimumRefreshInterval: Duration = .seconds(10)
        ) {
            self.defaults = defaults
            self.strictAnnotations = strictAnnotations
            self.hasConfiguration = hasConfiguration
            self.assumesInject = assumesInject
            self.minimumRefreshInterval = minimumRefreshInterval
        }

        /// In a cluster with this policy.
        package init(policy: InjectionPolicy) {
            self.init(defaults: policy.defaults, strictAnnotations: policy.strictAnnotations)
        }
    }

    package var options: Options

    package init(options: Options = Options()) {
        self.options = options
    }

    /// - Parameter annotations: in any order; the result depends on names and values alone.
    /// - Throws: `InjectionError` with every mistake.
    package func parse(_ annotations: [Annotation]) throws(InjectionError) -> ParsedAnnotations {
        let (parsed, mistakes) = examine(annotations)
        guard mistakes.isEmpty else { throw InjectionError(mistakes) }
        return parsed
    }

    /// The same for one who has mistakes of its own to add: the plan is what could be read of it, and holds
    /// only where there is no mistake.
    func examine(_ annotations: [Annotation]) -> (parsed: ParsedAnnotations, mistakes: [Mistake]) {
        let ours = annotations.filter { $0.name.hasPrefix(Annotation.prefix) }
            .sorted { ($0.name, $0.value) < ($1.name, $1.value) }
        var draft = Draft(options: options)
        switch wantsInjection(ours, &draft) {
        case true?: read(ours, into: &draft)
        case false?: return (ParsedAnnotations(plan: nil, warnings: draft.warnings), [])
        case nil: read(ours, into: &draft)
        }
        let plan = draft.finish()
        return (
            ParsedAnnotations(plan: plan, settings: draft.settings, warnings: draft.warnings), draft.mistakes
        )
    }

    /// The same for annotations as a dictionary.
    package func parse(_ annotations: [String: String]) throws(InjectionError) -> ParsedAnnotations {
        try parse(annotations.map { Annotation(name: $0.key, value: $0.value) })
    }

    /// `nil` when `inject` cannot be understood, which is reported with all other mistakes.
    private func wantsInjection(_ annotations: [Annotation], _ draft: inout Draft) -> Bool? {
        guard let inject = annotations.first(where: { $0.key == "inject" }) else {
            if !options.assumesInject, let selection = annotations.first(where: \.isSelection) {
                draft.warn(selection, "has no effect without \(Annotation.prefix)inject: \"true\"")
            }
            return options.assumesInject
        }
        do throws(Mistake) {
            return try inject.boolean()
        } catch {
            draft.report(error)
            return nil
        }
    }

    private func read(_ annotations: [Annotation], into draft: inout Draft) {
        var previous: Annotation?
        var known: [(Annotation, KnownAnnotation)] = []
        for annotation in annotations {
            if annotation.name == previous?.name {
                draft.report(annotation.mistake("is given twice", expected: "each annotation once"))
                continue
            }
            previous = annotation
            if let kind = KnownAnnotation.find(annotation.key) {
                known.append((annotation, kind))
            } else {
                draft.meetUnknown(annotation)
            }
        }
        // Selections need to know the secrets-path.
        for phase in [KnownAnnotation.Phase.settings, .selections] {
            for (annotation, kind) in known where kind.phase == phase {
                do throws(Mistake) {
                    try kind.read(annotation, &draft)
                } catch {
                    draft.report(error)
                }
            }
        }
    }
}
