// SPDX-License-Identifier: Apache-2.0

/// What a name of the environment or of `.env` means: a setting of the table, or one of an identity provider.
enum SettingName: Hashable, Sendable {
    case fixed(SettingKey)
    case ofProvider(ProviderSettingKey)

    /// `nil` for a name that is no setting.
    init?(_ name: String) {
        if let key = SettingKey(rawValue: name) {
            self = .fixed(key)
        } else if let key = ProviderSettingKey(name) {
            self = .ofProvider(key)
        } else {
            return nil
        }
    }

    /// The name as it is written.
    var text: String {
        switch self {
        case .fixed(let key): key.rawValue
        case .ofProvider(let key): key.text
        }
    }
}
