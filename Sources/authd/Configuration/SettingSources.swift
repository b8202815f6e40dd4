// SPDX-License-Identifier: Apache-2.0

import Configuration

/// The places that settings are given in, merged: flags before the environment, the environment before the file.
struct SettingSources: Sendable {
    /// What was given; a value that is empty counts as not given.
    private(set) var given: [SettingKey: GivenSetting] = [:]
    /// Sentences about names that are nearly ours.
    private(set) var warnings: [String] = []

    /// Merges the three places; all of them by the names of ``SettingKey``.
    init(flags: [String: String] = [:], environment: [String: String] = [:], file: [String: String] = [:]) {
        let sources: [(SettingOrigin, [String: String])] = [(.flag, flags), (.environment, environment), (.file, file)]
        let providers = sources.map { origin, values in
            (origin, EnvironmentVariablesProvider(environmentVariables: values.filter { !$0.value.isEmpty }))
        }
        for key in SettingKey.allCases {
            for (origin, provider) in providers where given[key] == nil {
                guard let text = Self.text(of: key, in: provider) else { continue }
                given[key] = GivenSetting(text: text, origin: origin)
            }
        }
        for (origin, values) in sources where origin != .flag {
            for name in values.keys.sorted() {
                guard let meant = Misspelling.setting(meantBy: name) else { continue }
                let place = origin == .file ? "the file of settings" : "the environment"
                warnings.append("\(name) in \(place) is no setting; \(meant.rawValue) may be meant.")
            }
        }
    }

    private static func text(of key: SettingKey, in provider: EnvironmentVariablesProvider) -> String? {
        let components = key.rawValue.lowercased().split(separator: "_").map(String.init)
        let result = try? provider.value(forKey: AbsoluteConfigKey(components), type: .string)
        guard case .string(let text)? = result?.value?.content else { return nil }
        return text
    }
}
