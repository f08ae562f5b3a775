import CLinux

/// What a process that holds secrets does to itself first.
package enum ProcessHardening {
    /// No core dump, no ptrace(2) by equals, no crash report by Swift's runtime: prctl(2) PR_SET_DUMPABLE 0,
    /// setrlimit(2) RLIMIT_CORE 0, signal(2) SIG_DFL.
    ///
    /// - Throws: `SystemError`; nothing depends on it, so a warning is enough.
    package static func forbidCoreDumps() throws(SystemError) {
        try retrying("prctl") { klinux_forbid_core_dumps() }
    }
}
