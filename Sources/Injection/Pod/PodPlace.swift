/// A place in a pod, kept cheap since it is only rarely told: `spec.containers[3].volumeMounts[0]`.
package struct PodPlace {
    var path: StaticString
    var index: Int?
    var member: StaticString?
    var inner: Int?

    package init(
        _ path: StaticString, _ index: Int? = nil, _ member: StaticString? = nil, _ inner: Int? = nil
    ) {
        self.path = path
        self.index = index
        self.member = member
        self.inner = inner
    }

    package func error(_ key: StaticString, _ problem: String) -> PodError {
        let place = description
        return PodError(place: place.isEmpty ? "\(key)" : "\(place).\(key)", problem: problem)
    }

    var description: String {
        var text = "\(path)"
        if let index { text += "[\(index)]" }
        if let member { text += ".\(member)" }
        if let inner { text += "[\(inner)]" }
        return text
    }
}
