/// Why the Plan's JSON cannot be used.
package struct PlanError: ExplainedError, Equatable {
    /// Where in the JSON, as `selections[2].format`; empty for the whole.
    package let place: String
    /// What is wrong there, for a person.
    package let reason: String

    package init(place: String, reason: String) {
        self.place = place
        self.reason = reason
    }

    package var message: String {
        "the injection plan cannot be read: " + (place.isEmpty ? "" : place + ": ") + reason
    }

    package var hint: String? {
        "it is made by the injector and comes in KEEPER_INJECTOR_CONFIG; "
            + "the agent's and the injector's versions must fit together"
    }

    package var exitCode: CommandStatus { .configuration }
}
