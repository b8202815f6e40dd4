// SPDX-License-Identifier: Apache-2.0

/// Variables of an environment in which a setting is wrong.
struct MisconfigurationExample: Hashable, Sendable {
    /// A name and its value.
    struct Variable: Hashable, Sendable {
        let name: String
        let value: String
    }

    /// The value of the setting; `nil` where what is wrong is that it is missing.
    let value: String?
    /// What stands there instead of the setting's name.
    let misspelling: String?
    /// The other variables.
    let others: [Variable]

    /// A value of the setting, beside others.
    init(_ value: String, with others: KeyValuePairs<SettingKey, String> = [:]) {
        self.value = value
        misspelling = nil
        self.others = Self.variables(others)
    }

    /// A value under another name.
    init(named name: String, _ value: String) {
        self.value = value
        misspelling = name
        others = []
    }

    /// The setting is missing beside one that needs it.
    init(missingWith key: SettingKey, _ value: String, and others: KeyValuePairs<SettingKey, String> = [:]) {
        self.value = nil
        misspelling = nil
        self.others = [Variable(name: key.rawValue, value: value)] + Self.variables(others)
    }

    /// All variables of the example.
    func variables(of key: SettingKey) -> [Variable] {
        (value.map { [Variable(name: misspelling ?? key.rawValue, value: $0)] } ?? []) + others
    }

    private static func variables(_ pairs: KeyValuePairs<SettingKey, String>) -> [Variable] {
        pairs.map { Variable(name: $0.key.rawValue, value: $0.value) }
    }
}

/// The examples of one setting that do not follow from its entry in the table of settings.
struct MisconfigurationExamples: Sendable {
    /// An example about a file, an address or a server, which is looked at only by a start or by `config check --connect`.
    struct Unreachable: Sendable {
        let example: MisconfigurationExample
        let outcome: Misconfiguration.Outcome
        let sentence: String

        init(
            _ value: String, with others: KeyValuePairs<SettingKey, String> = [:],
            outcome: Misconfiguration.Outcome = .stops, _ sentence: String
        ) {
            example = MisconfigurationExample(value, with: others)
            self.outcome = outcome
            self.sentence = sentence
        }
    }

    var junk: [MisconfigurationExample] = []
    var outOfRange: [MisconfigurationExample] = []
    var near: [MisconfigurationExample] = []
    var conflicting: [MisconfigurationExample] = []
    var unreachable: [Unreachable] = []
    /// Whether every text is a value, so that none is junk.
    var takesAnyText = false

    /// The examples of a setting; none for one that is not in the tables.
    static func of(_ key: SettingKey) -> MisconfigurationExamples { table[key] ?? MisconfigurationExamples() }

    /// Whether the tables tell of the setting.
    static func tell(of key: SettingKey) -> Bool { table[key] != nil }

    private static let table: [SettingKey: MisconfigurationExamples] = Dictionary(
        [
            independent.map { ($0, MisconfigurationExamples()) }, server, database, keys, users, mail, providers,
            supabase,
        ].joined()
    ) { first, _ in first }
}
