// SPDX-License-Identifier: Apache-2.0

/// Where a value comes from, the strongest first.
enum SettingOrigin: String, CaseIterable, Hashable, Sendable {
    case flag = "flag"
    case environment = "environment"
    case file = "file"
    case standard = "default"
}

/// The value that was given for a setting, not fit to be shown: see ``ConfigurationReport``.
struct GivenSetting: Hashable, Sendable {
    let text: String
    let origin: SettingOrigin
}

extension GivenSetting: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "GivenSetting(\(origin.rawValue), redacted)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
