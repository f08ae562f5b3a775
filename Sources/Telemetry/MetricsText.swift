/// A Prometheus histogram: counts of observations up to each bound.
package struct Histogram: Sendable {
    package let bounds: [Double]
    package private(set) var counts: [Int]
    package private(set) var count = 0
    package private(set) var sum = 0.0

    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count)
    }

    package mutating func observe(_ value: Double) {
        count += 1
        sum += value
        for (index, bound) in bounds.enumerated() where value <= bound { counts[index] += 1 }
    }
}

/// Writes the Prometheus text format, version 0.0.4. Label values are names of ours: nothing to escape.
package struct MetricsText {
    package private(set) var text = ""

    package init() {}

    /// - Parameter name: may carry its labels.
    package mutating func single(_ name: String, _ type: String, _ help: String, _ value: Double) {
        head(String(name.prefix { $0 != "{" }), type, help)
        text += "\(name) \(number(value))\n"
    }

    package mutating func counter(_ name: String, _ help: String, label: String, _ values: [String: Int]) {
        counter(
            name, help,
            labels: values.sorted { $0.key < $1.key }.map { ("\(label)=\"\($0.key)\"", $0.value) })
    }

    /// - Parameter labels: `operation="mutate",result="denied"` and the value.
    package mutating func counter(_ name: String, _ help: String, labels: [(String, Int)]) {
        head(name, "counter", help)
        for (labels, value) in labels { text += "\(name){\(labels)} \(value)\n" }
    }

    package mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
        head(name, "histogram", help)
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            text += "\(name)_bucket{le=\"\(number(bound))\"} \(count)\n"
        }
        text += "\(name)_bucket{le=\"+Inf\"} \(histogram.count)\n"
        text += "\(name)_sum \(number(histogram.sum))\n\(name)_count \(histogram.count)\n"
    }

    private mutating func head(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private func number(_ value: Double) -> String {
        Int64(exactly: value).map { String($0) } ?? String(value)
    }
}
