import Glibc

extension Descriptor {
    /// Removes a file, or a directory with all below it; files are overwritten with zeros.
    ///
    /// As far as it can: what stays is debris that the next publish finds.
    func dispose(of name: String) {
        guard let status = try? status(of: name) else { return }
        switch status.kind {
        case .directory:
            if let directory = try? open(name, for: .directory) {
                for inner in (try? directory.names()) ?? [] { directory.dispose(of: inner) }
            }
            try? removeDirectory(name)
        case .file:
            let file = try? openForWiping(name)
            // First out of sight, so that nobody can open it any more, then zeroed.
            try? removeFile(name)
            try? file?.wipeUnlessOpenElsewhere()
        case .link, .other:
            try? removeFile(name)
        }
    }

    private func openForWiping(_ name: String) throws(SystemError) -> Descriptor {
        if let file = try unless(EACCES, body: { () throws(SystemError) in try open(name, for: .readWrite) })
        {
            return file
        }
        // Published read-only, even for its owner: us.
        try open(name, for: .read).setMode(0o600)
        return try open(name, for: .readWrite)
    }

    /// Overwrites the file with zeros if this is the only handle on it. Who still has it open or mapped
    /// keeps the old content; the kernel frees it with the last handle.
    private func wipeUnlessOpenElsewhere() throws(SystemError) {
        let isOurs: Bool
        do throws(SystemError) {
            isOurs = try leaseExclusively()
        } catch {
            guard error.code == EACCES else { throw error }
            // Leases are for a file's owner, or CAP_LEASE: root in a container may lack that.
            try setOwner(user: geteuid(), group: nil)
            isOurs = try leaseExclusively()
        }
        guard isOurs else { return }
        let size = try status().size
        let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer { zeros.deallocate() }
        zeros.initializeMemory(as: UInt8.self, repeating: 0)
        for offset in stride(from: 0, to: size, by: zeros.count) {
            try write(UnsafeRawBufferPointer(rebasing: zeros.prefix(size - offset)), at: offset)
        }
    }
}
