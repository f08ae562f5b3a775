import Plan

/// No KSM configuration was given at all.
struct MissingConfiguration: ExplainedError {
    var message: String { "no KSM configuration given" }
    var hint: String? {
        "give --ksm-config FILE, or the configuration in the environment variable KSM_CONFIG; "
            + "`keeper-injector bind` makes one from a one-time token"
    }
    var exitCode: CommandStatus { .configuration }
}
