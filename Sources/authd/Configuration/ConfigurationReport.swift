// SPDX-License-Identifier: Apache-2.0

/// The settings in force, as `config check` shows them: secrets hidden, and where each value comes from.
struct ConfigurationReport: Hashable, Sendable {
    /// `NAME=value (origin)`, one for each setting in the order of the table.
    let lines: [String]

    init(_ sources: SettingSources) {
        lines = Setting.all.map { setting in
            let name = setting.key.rawValue
            if let given = sources.given[setting.key] {
                return "\(name)=\(Redaction.shown(given.text, of: setting)) (\(given.origin.rawValue))"
            }
            let value = setting.defaultValue ?? ""
            return "\(name)=\(value) (\(SettingOrigin.standard.rawValue))"
        }
    }
}
