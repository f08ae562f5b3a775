import Glibc

extension PublishedDirectory {
    /// Opens the real directory; `nil` when it is missing.
    func open() throws(SystemError) -> Descriptor? {
        try unless(ENOENT) { () throws(SystemError) in
            var directory = try Descriptor.trustedDirectory(root)
            for name in below { directory = try directory.open(name, for: .directory) }
            return directory
        }
    }

    /// Opens the real directory, and makes what is missing on the way to it.
    func openOrMake(_ ownership: Ownership) throws(SystemError) -> Descriptor {
        var directory = try Descriptor.trustedDirectory(root.hasPrefix("/") ? "/" : ".")
        for name in root.split(separator: "/").map(String.init) {
            directory = try directory.enter(name, making: ownership) { (name) throws(SystemError) in
                try directory.openTrusted(name)
            }
        }
        for name in below {
            directory = try directory.enter(name, making: ownership) { (name) throws(SystemError) in
                try directory.open(name, for: .directory)
            }
        }
        return directory
    }
}

extension Descriptor {
    fileprivate func enter(
        _ name: String, making ownership: Ownership,
        open: (String) throws(SystemError) -> Descriptor
    ) throws(SystemError) -> Descriptor {
        if let directory = try unless(ENOENT, body: { () throws(SystemError) in try open(name) }) {
            return directory
        }
        // Another process may have been faster.
        _ = try unless(EEXIST) { () throws(SystemError) in
            try makeDirectory(name, mode: ownership.directoryMode)
        }
        let directory = try open(name)
        try directory.adopt(ownership)
        return directory
    }

    /// Gives a directory the owner and mode of published ones, where they differ.
    ///
    /// - Returns: whether anything had to be done.
    @discardableResult
    func adopt(_ ownership: Ownership) throws(SystemError) -> Bool {
        let status = try status()
        guard !ownership.matches(status, mode: ownership.directoryMode) else { return false }
        if !ownership.matches(status, mode: status.mode) {
            try setOwner(user: ownership.user, group: ownership.group)
        }
        if status.mode != ownership.directoryMode { try setMode(ownership.directoryMode) }
        return true
    }
}
