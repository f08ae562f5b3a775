/// Remembers what was said at the last refresh, so that a warning that stays true is said once and not
/// every five minutes for months.
struct RepeatedWarnings {
    private var said: [String: Set<String>] = [:]

    /// Those of `items` that the last call for the same topic did not have.
    mutating func new<Item>(in items: [Item], of topic: String, as key: (Item) -> String) -> [Item] {
        let before = said[topic] ?? []
        said[topic] = Set(items.map(key))
        return items.filter { !before.contains(key($0)) }
    }
}
