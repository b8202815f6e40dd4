// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// The settings in force, as `config check` shows them: secrets hidden, and where each value comes from.
struct ConfigurationReport: Hashable, Sendable {
    /// One setting.
    struct Row: Hashable, Sendable {
        let name: String
        /// Fit to be shown; empty where there is no value.
        let value: String
        /// Where the value comes from, in a word.
        let origin: String
        /// Whether the value is another one than the default, or follows from other settings or the machine.
        let isChanged: Bool

        /// `NAME=value (origin)`.
        var line: String { "\(name)=\(value) (\(origin))" }
    }

    /// One for each setting in the order of the table, and behind them those of providers that were given.
    let rows: [Row]

    /// Reports what was given; with a configuration that was made of it, also what follows from it.
    init(_ sources: SettingSources, _ configuration: DaemonConfiguration? = nil) {
        let computed = configuration?.computedSettings ?? [:]
        let fixed: [Row] = Setting.all.map { setting in
            let name = setting.key.rawValue
            if let given = sources.given[setting.key] {
                return Row(
                    name: name, value: Redaction.shown(given.text, of: setting), origin: given.origin.rawValue,
                    isChanged: given.text != setting.defaultValue)
            }
            if let value = computed[setting.key] {
                return Row(name: name, value: Redaction.printable(value), origin: "computed", isChanged: true)
            }
            return Row(
                name: name, value: setting.defaultValue ?? "", origin: SettingOrigin.standard.rawValue,
                isChanged: false)
        }
        let ofProviders: [Row] = sources.ofProviders.sorted { $0.key < $1.key }.map { key, given in
            let value = key.field.isSecret ? Redaction.secret : Redaction.printable(given.text)
            return Row(name: key.text, value: value, origin: given.origin.rawValue, isChanged: true)
        }
        rows = fixed + ofProviders
    }

    /// The lines of all settings, or of those alone that are not at their defaults.
    func lines(onlyChanged: Bool = false) -> [String] {
        rows.filter { $0.isChanged || !onlyChanged }.map(\.line)
    }

    /// Writes the rows as an array of objects.
    func write(onlyChanged: Bool, to writer: inout JSONWriter) {
        writer.array { array in
            for row in rows where row.isChanged || !onlyChanged {
                array.object { object in
                    object.member("name", row.name)
                    object.member("value", row.value)
                    object.member("origin", row.origin)
                    object.member("changed", row.isChanged)
                }
            }
        }
    }
}
