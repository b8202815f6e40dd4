// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// The name of a setting of one identity provider: `PROVIDER_GOOGLE_CLIENT_ID`.
///
/// Between the first word and the field stands the provider's name in capitals, with underscores for its hyphens. The names of
/// providers have no underscores, so each setting belongs to one.
struct ProviderSettingKey: Hashable, Sendable, Comparable {
    /// The provider's name, as `PROVIDERS` lists it.
    let provider: ProviderName
    let field: ProviderField

    static let prefix = "PROVIDER_"

    init(_ provider: ProviderName, _ field: ProviderField) {
        self.provider = provider
        self.field = field
    }

    /// `nil` for a name that is no setting of a provider.
    init?(_ name: String) {
        guard name.utf8.count <= 64, name.hasPrefix(Self.prefix) else { return nil }
        let rest = name.dropFirst(Self.prefix.count)
        guard let field = ProviderField.allCases.first(where: { rest.hasSuffix("_" + $0.rawValue) }) else { return nil }
        let middle = rest.dropLast(field.rawValue.count + 1)
        guard middle.utf8.allSatisfy(Self.isCapital),
            let provider = ProviderName(parsing: String(middle.lowercased().map { $0 == "_" ? "-" : $0 }))
        else { return nil }
        self.init(provider, field)
    }

    /// The setting that a flag of the command line sets: `--provider-google-client-id`.
    init?(flag: String) {
        guard flag.hasPrefix("--provider-"), flag == flag.lowercased() else { return nil }
        self.init(String(flag.dropFirst(2).uppercased().map { $0 == "-" ? "_" : $0 }))
    }

    /// The name as it is written.
    var text: String { "\(Self.prefix(of: provider))\(field.rawValue)" }

    /// What the names of all settings of a provider begin with: `PROVIDER_GOOGLE_`.
    static func prefix(of provider: ProviderName) -> String {
        prefix + String(provider.text.uppercased().map { $0 == "-" ? "_" : $0 }) + "_"
    }

    static func < (left: ProviderSettingKey, right: ProviderSettingKey) -> Bool {
        (left.provider.text, left.field.place) < (right.provider.text, right.field.place)
    }

    private static func isCapital(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

/// What can be set of one identity provider; no name ends with another one behind an underscore.
enum ProviderField: String, CaseIterable, Hashable, Sendable {
    case kind = "KIND"
    case displayName = "DISPLAY_NAME"
    case issuer = "ISSUER"
    case tenant = "TENANT"
    case clientID = "CLIENT_ID"
    case clientSecret = "CLIENT_SECRET"
    case clientSecretFile = "CLIENT_SECRET_FILE"
    case audiences = "AUDIENCES"
    case scopes = "SCOPES"
    case responseMode = "RESPONSE_MODE"
    case trustedDomains = "TRUSTED_DOMAINS"
    case allowMissingNonce = "ALLOW_MISSING_NONCE"
    case teamID = "TEAM_ID"
    case keyID = "KEY_ID"
    case privateKey = "PRIVATE_KEY"
    case privateKeyFile = "PRIVATE_KEY_FILE"

    /// The secret fields, each with the field that names a file with its value.
    static let secretFiles: [(secret: ProviderField, file: ProviderField)] = [
        (.clientSecret, .clientSecretFile), (.privateKey, .privateKeyFile),
    ]

    /// Whether the value is never shown, and cannot be a flag.
    var isSecret: Bool { Self.secretFiles.contains { $0.secret == self } }

    /// Where the field stands in the reference.
    fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
