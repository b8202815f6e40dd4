// SPDX-License-Identifier: Apache-2.0

/// Turns given texts into values of the kinds that the table declares, and collects every problem on the way.
///
/// After a problem it goes on with some value of the right type; the whole is then refused.
struct SettingReader {
    private let given: [SettingKey: GivenSetting]
    /// The settings of single identity providers.
    let ofProviders: [ProviderSettingKey: GivenSetting]
    private(set) var problems: [ConfigurationProblem]
    private(set) var warnings: [String]

    init(_ sources: SettingSources) {
        given = sources.given
        ofProviders = sources.ofProviders
        warnings = sources.warnings
        problems = sources.problems
    }

    /// Notes that the value of a setting cannot be used; once, however often it is read.
    mutating func refuse(_ key: SettingKey, _ predicate: String) {
        // What is wrong with the file of a secret was noted, and the secret is missing for that.
        if let file = SettingKey.secretFiles.first(where: { $0.secret == key })?.file, isGiven(file), !isGiven(key),
            !problems.isEmpty
        {
            return
        }
        let problem = ConfigurationProblem(key, predicate)
        if !problems.contains(problem) { problems.append(problem) }
    }

    /// The same for a setting of one provider.
    mutating func refuse(_ key: ProviderSettingKey, _ predicate: String) {
        if let pair = ProviderField.secretFiles.first(where: { $0.secret == key.field }),
            ofProviders[ProviderSettingKey(key.provider, pair.file)] != nil, ofProviders[key] == nil, !problems.isEmpty
        {
            return
        }
        let problem = ConfigurationProblem(key, predicate)
        if !problems.contains(problem) { problems.append(problem) }
    }

    /// Notes something that the operator should know and that does not stop the start.
    mutating func warn(_ sentence: String) {
        warnings.append(sentence)
    }

    /// Whether the operator gave a value.
    func isGiven(_ key: SettingKey) -> Bool { given[key] != nil }

    /// The value that was given.
    func givenText(_ key: SettingKey) -> String? { given[key]?.text }

    /// The value that was given, or the default.
    func text(_ key: SettingKey) -> String? {
        given[key]?.text ?? Setting.of(key).defaultValue
    }

    /// Yes or no; only for settings with a default.
    mutating func flag(_ key: SettingKey) -> Bool {
        guard let text = text(key) else { preconditionFailure("\(key.rawValue) has no default") }
        if let value = Self.boolean(text) { return value }
        refuse(
            key,
            "is neither true nor false; \(remedy(for: text, of: ["true", "false", "yes", "no", "on", "off"], key)).")
        return false
    }

    /// A number within the bounds of the table; only for settings with a default.
    mutating func integer(_ key: SettingKey) -> Int {
        guard let value = optionalInteger(key) else {
            // Either noted as a problem, or a mistake in the table.
            precondition(isGiven(key), "\(key.rawValue) has no default")
            return 0
        }
        return value
    }

    /// A number within the bounds of the table; `nil` where none is given and there is no default.
    mutating func optionalInteger(_ key: SettingKey) -> Int? {
        guard case .integer(let range) = Setting.of(key).kind else {
            preconditionFailure("\(key.rawValue) is no number")
        }
        guard let text = text(key) else { return nil }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text),
            range.contains(value)
        else {
            refuse(
                key,
                "is not a whole number from \(range.lowerBound) to \(range.upperBound); \(Setting.of(key).withoutValue)."
            )
            return nil
        }
        return value
    }

    /// One of the words that the table lists, whatever its case, spelled as there; only for settings with a default.
    mutating func choice(_ key: SettingKey) -> String {
        guard let value = optionalChoice(key) else {
            precondition(isGiven(key), "\(key.rawValue) has no default")
            return ""
        }
        return value
    }

    /// As ``choice(_:)``; `nil` where none is given and there is no default.
    mutating func optionalChoice(_ key: SettingKey) -> String? {
        guard case .choice(let words) = Setting.of(key).kind else {
            preconditionFailure("\(key.rawValue) is no choice")
        }
        guard let text = text(key) else { return nil }
        if let word = words.first(where: { $0.lowercased() == text.lowercased() }) { return word }
        refuse(key, "is none of \(words.joined(separator: ", ")); \(remedy(for: text, of: words, key)).")
        return nil
    }

    /// The word that may be meant, or else what applies without the setting.
    private func remedy(for text: String, of words: [String], _ key: SettingKey) -> String {
        NearWord.of(text, in: words).map { "\($0) may be meant" } ?? Setting.of(key).withoutValue
    }

    /// The parts between commas, without blanks around them and without empty ones.
    func list(_ key: SettingKey) -> [String] { Self.parts(of: text(key) ?? "") }

    /// The same of a text.
    static func parts(of text: String) -> [String] {
        text.split(separator: ",").map { part in
            var part = part.drop { $0 == " " || $0 == "\t" }
            while part.last == " " || part.last == "\t" { part.removeLast() }
            return String(part)
        }.filter { !$0.isEmpty }
    }

    /// A value in a sentence: its printable ASCII characters, and not too many of them; never one of a secret.
    static func quoted(_ text: String) -> String {
        let octets = text.utf8.prefix(60).map { (0x20...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }
        return "\"" + String(decoding: octets, as: UTF8.self) + (text.utf8.count > 60 ? "…\"" : "\"")
    }

    /// Reads `true`, `yes`, `on`, `1` and their opposites in any case.
    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }
}
