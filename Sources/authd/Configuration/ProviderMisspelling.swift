// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Finds the setting of a provider that the operator meant who wrote another name.
enum ProviderMisspelling {
    /// The sentence about a name that begins as the settings of one of these providers do and is none of them; `nil` for any
    /// other name.
    static func sentence(about name: String, _ place: String, _ providers: [ProviderName]) -> String? {
        guard name.utf8.count <= 64, SettingName(name) == nil else { return nil }
        let given = name.uppercased()
        // Where one name begins with another, such as `corp` and `corp-two`, the longer one is meant.
        let candidates = providers.map { ProviderSettingKey.prefix(of: $0) }.filter { given.hasPrefix($0) }
        guard let prefix = candidates.max(by: { $0.utf8.count < $1.utf8.count }) else { return nil }
        let meant = field(meantBy: String(given.dropFirst(prefix.count)))
        let remedy =
            meant.map { "\(prefix)\($0.rawValue) may be meant" }
            ?? "a provider has \(ProviderField.allCases.map(\.rawValue).joined(separator: ", "))"
        return "\(Redaction.printable(name)) \(place) is no setting; \(remedy)."
    }

    private static func field(meantBy word: String) -> ProviderField? {
        let letters = Array(word.utf8)
        let near = ProviderField.allCases.map { field in
            (field: field, distance: Misspelling.distance(letters, Array(field.rawValue.utf8)))
        }
        .filter { $0.distance <= ($0.field.rawValue.utf8.count >= 6 ? 2 : 1) }
        return near.min { $0.distance < $1.distance }?.field
    }
}
