package import Plan

/// A directory of the app, and where it really lies.
///
///     PublishedDirectory(mountPath: path, root: "/keeper/volume", below: ["secrets"])
package struct PublishedDirectory: Equatable, Sendable {
    /// Where the app sees it.
    package let mountPath: AbsolutePath
    /// A directory that whoever started us named; symbolic links in its path are followed.
    package let root: String
    /// Names from `root` down to the directory. None may be a symbolic link.
    package let below: [String]

    package init(mountPath: AbsolutePath, root: String, below: [String]) {
        self.mountPath = mountPath
        self.root = root
        self.below = below
    }

    /// - Parameter location: path of the real directory, whose last name may not be a symbolic link.
    package init(mountPath: AbsolutePath, location: String) {
        let names = location.split(separator: "/").map(String.init)
        let parent = names.dropLast().joined(separator: "/")
        self.init(
            mountPath: mountPath,
            root: location.hasPrefix("/") ? "/" + parent : (parent.isEmpty ? "." : parent),
            below: names.suffix(1))
    }

    /// The path of the real directory, for messages.
    package var location: String {
        below.reduce(root) { $0.hasSuffix("/") ? $0 + $1 : $0 + "/" + $1 }
    }
}
