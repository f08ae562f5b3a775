import Plan
import Render
import Vault

/// What one process of the agent leaves for the next: init for the sidecar, a killed sidecar for its
/// successor. It says what is published and of what it was made, and holds no value: uids, revisions, and
/// digests that mean nothing without the application's key.
struct HandOver: Equatable {
    struct File: Equatable {
        let path: AbsolutePath
        let source: FileSource
        /// HMAC-SHA256 of the content, under `HandOverKey`.
        let digest: [UInt8]
    }

    /// When Keeper's last answer came (CLOCK_BOOTTIME); `nil`: there was none yet.
    var answered: Duration?
    /// How often in a row Keeper has said "throttled" since.
    var refusals = 0
    /// What is published; empty where nothing is.
    var files: [File] = []
    /// Uids of the records that the plan names by title, as they were found.
    var titles: [String: String] = [:]
    /// The files were too old and were removed.
    var isRemoved = false
}
