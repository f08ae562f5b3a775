extension EmulatorVault {
    /// The built-in vault: records of many kinds, files and nested folders. Certificate, key and the
    /// large file are made anew in each process; all else stays the same.
    package static let sample: EmulatorVault = {
        do {
            return try EmulatorVault(yaml: SampleVault.yaml)
        } catch {
            // A mistake in the text above, which every test meets at once.
            preconditionFailure("the sample vault: \(error)")
        }
    }()

    /// The sample as a vault file.
    package static var sampleYAML: String { SampleVault.yaml }

    /// Many records, for tests of size and speed: `Record 1`, `Record 2`, …, each with a login, a
    /// password, a URL, a custom field and notes; uids are `GeneratedRecord0000001` and so on.
    package static func generated(records count: Int) -> EmulatorVault {
        let records = (1...max(1, count)).map { number in
            let digits = String(number)
            let padded = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
            return EmulatorRecord(
                uid: "GeneratedRecord\(padded)", title: "Record \(number)",
                notes: "Generated record number \(number) of \(count).",
                fields: [
                    EmulatorField("login", .string("user-\(number)")),
                    EmulatorField("password", .string("generated-password-\(padded)")),
                    EmulatorField("url", .string("https://service-\(number).example")),
                    EmulatorField("oneTimeCode"),
                ],
                custom: [EmulatorField("text", label: "API Key", .string("generated-key-\(padded)"))])
        }
        do {
            return try EmulatorVault(application: "Generated", records: records)
        } catch {
            preconditionFailure("generated uids differ: \(error)")
        }
    }
}
