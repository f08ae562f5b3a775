import Plan
import Render
import Vault

/// The tree of folders between refreshes: asked for again only when what is known does not answer.
struct FolderCache {
    private var known: FolderTree?
    /// Folders of records that Keeper did not tell about: asking again would not help.
    private var untold: Set<String> = []

    /// - Parameter fetch: asks Keeper.
    mutating func tree<Failure: Error>(
        for vault: Vault, plan: Plan, fetch: () throws(Failure) -> FolderTree
    ) throws(Failure) -> FolderTree {
        if let known, plan.isAnswered(by: known, for: vault, ignoring: untold) { return known }
        let tree = try fetch()
        known = tree
        untold = Set(vault.records.flatMap(\.folders).filter { !tree.contains(uid: $0) })
        return tree
    }
}
