// SPDX-License-Identifier: Apache-2.0

/// One reason why a configuration cannot be used.
struct ConfigurationProblem: Error, Hashable, Sendable {
    /// One sentence that begins with the name of the setting, or with the place in a file, and holds no secret.
    let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }

    init(_ key: SettingKey, _ predicate: String) {
        sentence = "\(key.rawValue) \(predicate)"
    }

    init(_ key: ProviderSettingKey, _ predicate: String) {
        sentence = "\(key.text) \(predicate)"
    }
}

/// Every reason at once, so that one start shows them all.
struct ConfigurationProblems: Error, Hashable, Sendable {
    let all: [ConfigurationProblem]
}
