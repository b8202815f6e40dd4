// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Configuration

/// The places that settings are given in, merged: flags before the environment, the environment before the file.
struct SettingSources: Sendable {
    /// What was given; a value that is empty counts as not given.
    private(set) var given: [SettingKey: GivenSetting] = [:]
    /// The same of the settings of single identity providers, also of those that no setting lists.
    private(set) var ofProviders: [ProviderSettingKey: GivenSetting] = [:]
    /// Sentences about names that are nearly ours, and about ours without a value.
    private(set) var warnings: [String] = []
    /// What could not be read of the file, and names in it that are nearly those of settings whose defaults must not be taken
    /// by mistake, or these settings without a value.
    private(set) var problems: [ConfigurationProblem]

    /// Merges the three places; flags and environment by the names of ``SettingName``.
    init(flags: [String: String] = [:], environment: [String: String] = [:], file: EnvironmentFile? = nil) {
        problems = file?.problems ?? []
        let sources: [(origin: SettingOrigin, place: String, values: [String: String])] = [
            (.flag, "on the command line", flags), (.environment, "in the environment", environment),
            (.file, "in \(file?.name ?? "")", file?.values ?? [:]),
        ]
        let providers = sources.map { origin, _, values in
            let values = values.filter { !$0.value.isEmpty }
            return (origin, values, EnvironmentVariablesProvider(environmentVariables: values))
        }
        for key in SettingKey.allCases {
            // Most settings are given nowhere, which costs no look-up by the provider.
            for (origin, values, provider) in providers where given[key] == nil && values[key.rawValue] != nil {
                guard let text = Self.text(of: key, in: provider) else { continue }
                given[key] = GivenSetting(text: text, origin: origin)
            }
        }
        for key in SettingKey.allCases where given[key] == nil {
            guard let source = sources.first(where: { $0.values[key.rawValue]?.isEmpty == true }) else { continue }
            noteEmpty(key, source.place)
        }
        for (key, fileKey) in SettingKey.secretFiles where given[key] != nil && given[fileKey] != nil {
            problems.append(ConfigurationProblem(fileKey, "is set together with \(key.rawValue); set one of them."))
        }
        for source in sources { takeProviders(source.values, source.origin) }
        for source in sources { noteEmptyOfProviders(source.values, source.place) }
        noteProviderSecretsGivenTwice()
        for name in environment.keys.sorted() {
            if let sentence = ProviderMisspelling.sentence(about: name, "in the environment", listedProviders) {
                warnings.append(sentence)
            }
            guard let meant = Misspelling.setting(meantBy: name) else { continue }
            warnings.append("\(name) in the environment is no setting; \(meant.rawValue) may be meant.")
        }
        for foreign in file?.foreignNames ?? [] {
            let place = "in \(file?.name ?? "") line \(foreign.line)"
            if let sentence = ProviderMisspelling.sentence(about: foreign.name, place, listedProviders) {
                warnings.append(sentence)
            }
            guard let meant = Misspelling.setting(meantBy: foreign.name) else { continue }
            let sentence = "\(foreign.name) \(place) is no setting; \(meant.rawValue) may be meant"
            if let made = madeWithout(meant) {
                problems.append(
                    ConfigurationProblem(
                        "\(sentence), and without it \(made) would be made: correct the name, or set \(meant.rawValue) too."
                    ))
            } else {
                warnings.append(sentence + ".")
            }
        }
    }

    /// The names that `PROVIDERS` lists; what cannot be one is told of elsewhere.
    var listedProviders: [ProviderName] {
        (given[.providers]?.text ?? "").split { $0 == "," || $0 == " " || $0 == "\t" }
            .compactMap { ProviderName(parsing: String($0)) }
    }

    /// Takes over the settings of providers from one place, unless a stronger one has given them.
    private mutating func takeProviders(_ values: [String: String], _ origin: SettingOrigin) {
        for (name, text) in values where !text.isEmpty {
            guard let key = ProviderSettingKey(name), ofProviders[key] == nil else { continue }
            ofProviders[key] = GivenSetting(text: text, origin: origin)
        }
    }

    private mutating func noteEmptyOfProviders(_ values: [String: String], _ place: String) {
        for name in values.keys.sorted() where values[name]?.isEmpty == true {
            guard let key = ProviderSettingKey(name), ofProviders[key] == nil else { continue }
            warnings.append(
                "\(name) is empty \(place) and has no effect: give it a value, or remove it; without it: "
                    + "\(ProviderSetting.of(key.field).absence).")
        }
    }

    private mutating func noteProviderSecretsGivenTwice() {
        for key in ofProviders.keys.sorted() {
            guard let pair = ProviderField.secretFiles.first(where: { $0.secret == key.field }) else { continue }
            let file = ProviderSettingKey(key.provider, pair.file)
            guard ofProviders[file] != nil else { continue }
            problems.append(ConfigurationProblem(file, "is set together with \(key.text); set one of them."))
        }
    }

    /// Notes that a setting is named and has no value anywhere.
    private mutating func noteEmpty(_ key: SettingKey, _ place: String) {
        if let made = madeWithout(key) {
            problems.append(
                ConfigurationProblem(
                    key, "is empty \(place), and without it \(made) would be made: give it a value, or remove it."))
        } else {
            warnings.append(
                "\(key.rawValue) is empty \(place) and has no effect: give it a value, or remove it; "
                    + "\(Setting.of(key).withoutValue).")
        }
    }

    /// The same, with the contents of the files that settings such as `SECRET_KEY_FILE` name as the values of the settings that
    /// they stand for; what is wrong with a file is noted.
    var withSecrets: SettingSources {
        var sources = self
        sources.readSecrets()
        return sources
    }

    private mutating func readSecrets() {
        for (key, fileKey) in SettingKey.secretFiles {
            // Both are given: that is noted already.
            guard let file = given[fileKey], given[key] == nil else { continue }
            do throws(SecretFileError) {
                let lines = try SecretFile(path: file.text).lines()
                guard lines.count == 1 || Setting.of(key).kind == .list else { throw .severalLines }
                given[key] = GivenSetting(text: lines.joined(separator: ","), origin: file.origin)
            } catch {
                problems.append(ConfigurationProblem(fileKey, error.predicate(file.text)))
            }
        }
        readProviderSecrets()
    }

    private mutating func readProviderSecrets() {
        for fileKey in ofProviders.keys.sorted() {
            guard let pair = ProviderField.secretFiles.first(where: { $0.file == fileKey.field }),
                let file = ofProviders[fileKey]
            else { continue }
            let key = ProviderSettingKey(fileKey.provider, pair.secret)
            guard ofProviders[key] == nil else { continue }
            do throws(SecretFileError) {
                let lines = try SecretFile(path: file.text).lines()
                // A key as PEM has several lines.
                guard lines.count == 1 || pair.secret == .privateKey else { throw .severalLines }
                ofProviders[key] = GivenSetting(text: lines.joined(separator: "\n"), origin: file.origin)
            } catch {
                problems.append(ConfigurationProblem(fileKey, error.predicate(file.text)))
            }
        }
    }

    /// What the default of a setting would make anew, where the setting is not given.
    private func madeWithout(_ key: SettingKey) -> String? {
        let hasDatabase = given[.databaseURL] != nil || given[.databaseURLFile] != nil
        return switch key {
        case .databaseURL where !hasDatabase: "a new database"
        case .databaseURLFile where !hasDatabase: "a new database"
        case .rootKeyFile where given[.rootKeyFile] == nil && given[.rootKey] == nil: "a new root key"
        case .rootKey where given[.rootKeyFile] == nil && given[.rootKey] == nil: "a new root key"
        default: nil
        }
    }

    private static func text(of key: SettingKey, in provider: EnvironmentVariablesProvider) -> String? {
        let components = key.rawValue.lowercased().split(separator: "_").map(String.init)
        let result = try? provider.value(forKey: AbsoluteConfigKey(components), type: .string)
        guard case .string(let text)? = result?.value?.content else { return nil }
        return text
    }
}
