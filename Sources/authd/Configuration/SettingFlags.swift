// SPDX-License-Identifier: Apache-2.0

/// The settings among the arguments of the command line, and what is left for the command itself.
///
/// `--port 8000` and `--port=8000` set `PORT`. A yes-or-no setting stands alone for yes, or has `=true` or `=false`.
/// After `--` nothing is taken. `--env-file PATH` names the file of settings.
struct SettingFlags: Hashable, Sendable {
    /// Why the arguments cannot be used.
    enum Failure: Error, Hashable, Sendable {
        case missingValue(flag: String)
        case repeated(flag: String)
        case secret(SettingKey)
        case providerSecret(ProviderSettingKey)

        /// One sentence that names the flag.
        var sentence: String {
            switch self {
            case .missingValue(let flag): "The flag \(flag) needs a value."
            case .repeated(let flag): "The flag \(flag) is given twice."
            case .secret(let key): Self.secret(key.rawValue)
            case .providerSecret(let key): Self.secret(key.text)
            }
        }

        private static func secret(_ name: String) -> String {
            "\(name) is a secret and cannot be a command-line argument, which every user of the host can read: set it in the "
                + "environment or in .env."
        }
    }

    /// The values by the names of ``SettingName``.
    private(set) var values: [String: String] = [:]
    /// The file of settings, where one was named.
    private(set) var environmentFile: String?
    /// The other arguments, in order.
    private(set) var rest: [String] = []

    static let environmentFileFlag = "--env-file"

    init(_ arguments: [String]) throws(Failure) {
        var remaining = arguments[...]
        while let argument = remaining.popFirst() {
            if argument == "--" {
                rest += [argument] + remaining
                return
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts.first.map(String.init) ?? ""
            let attached = parts.count == 2 ? String(parts[1]) : nil
            if name == Self.environmentFileFlag {
                guard environmentFile == nil else { throw .repeated(flag: name) }
                if let attached {
                    environmentFile = attached
                } else {
                    environmentFile = try Self.next(&remaining, flag: name)
                }
            } else if let setting = Self.settings[name] {
                try take(setting, flag: name, attached: attached, &remaining)
            } else if let key = ProviderSettingKey(flag: name) {
                try take(key, flag: name, attached: attached, &remaining)
            } else {
                rest.append(argument)
            }
        }
    }

    private mutating func take(
        _ setting: Setting, flag: String, attached: String?, _ remaining: inout ArraySlice<String>
    ) throws(Failure) {
        guard setting.confidentiality != .secret else { throw .secret(setting.key) }
        let value: String
        if let attached {
            value = attached
        } else if setting.kind.standsAlone {
            value = "true"
        } else {
            value = try Self.next(&remaining, flag: flag)
        }
        if setting.confidentiality == .credentialsInURL, Redaction.hasPassword(value) { throw .secret(setting.key) }
        guard values.updateValue(value, forKey: setting.key.rawValue) == nil else { throw .repeated(flag: flag) }
    }

    private mutating func take(
        _ key: ProviderSettingKey, flag: String, attached: String?, _ remaining: inout ArraySlice<String>
    ) throws(Failure) {
        guard !key.field.isSecret else { throw .providerSecret(key) }
        let value: String
        if let attached {
            value = attached
        } else if ProviderSetting.of(key.field).kind.standsAlone {
            value = "true"
        } else {
            value = try Self.next(&remaining, flag: flag)
        }
        guard values.updateValue(value, forKey: key.text) == nil else { throw .repeated(flag: flag) }
    }

    private static func next(_ remaining: inout ArraySlice<String>, flag: String) throws(Failure) -> String {
        guard let value = remaining.first, !value.hasPrefix("--") else { throw .missingValue(flag: flag) }
        remaining.removeFirst()
        return value
    }

    private static let settings = Dictionary(Setting.all.map { ($0.key.flagName, $0) }) { first, _ in first }
}
