// SPDX-License-Identifier: Apache-2.0

extension SettingKey {
    /// Every secret setting, with the setting that names a file with its value: `SECRET_KEY` and `SECRET_KEY_FILE`.
    ///
    /// Without the root key, whose file the daemon also makes and watches.
    static let secretFiles: [(secret: SettingKey, file: SettingKey)] = allCases.compactMap { key in
        guard key != .rootKey, Setting.of(key).confidentiality != .open,
            let file = SettingKey(rawValue: key.rawValue + "_FILE")
        else { return nil }
        return (key, file)
    }
}
