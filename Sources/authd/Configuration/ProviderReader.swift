// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTokens

/// Reads the settings of one identity provider.
struct ProviderReader {
    private let name: ProviderName
    private let kind: ProviderKindName
    private let allowsLoopback: Bool

    init(_ name: ProviderName, kind: ProviderKindName, allowsLoopback: Bool) {
        self.name = name
        self.kind = kind
        self.allowsLoopback = allowsLoopback
    }

    /// The provider; `nil` where a problem was noted.
    func read(_ settings: inout SettingReader) -> ConfiguredProvider? {
        warnAboutUnused(&settings)
        let clientID = required(.clientID, &settings)
        let issuer = issuer(&settings)
        let tenant = tenant(&settings)
        let apple = apple(&settings)
        let secret = secret(&settings)
        let audiences = words(.audiences, &settings)
        let scopes = scopes(&settings)
        let responseMode = responseMode(&settings)
        let domains = trustedDomains(&settings)
        let displayName = displayName(&settings)
        let allowsMissingNonce = allowsMissingNonce(&settings)
        guard let clientID else { return nil }
        var provider: IdentityProvider
        switch kind {
        case .google: provider = .google(clientID: clientID)
        case .github: provider = .gitHub(clientID: clientID)
        case .apple:
            guard let apple else { return nil }
            provider = .apple(clientID: clientID, teamID: apple.teamID, keyID: apple.keyID)
        case .microsoft: provider = .microsoft(tenant: tenant, clientID: clientID)
        case .gitlab:
            guard let issuer else { return nil }
            provider = .gitLab(issuer: issuer, clientID: clientID)
        case .keycloak:
            guard let issuer else { return nil }
            provider = .keycloak(issuer: issuer, clientID: clientID)
        case .openid:
            guard let issuer else { return nil }
            provider = .generic(name: name, issuer: issuer, clientID: clientID)
        }
        provider.name = name
        provider.displayName = displayName
        provider.audiences = audiences
        if let scopes { provider.scopes = scopes }
        if let responseMode { provider.usesFormPost = responseMode == .formPost }
        if !domains.isEmpty { provider.trust = .domains(domains) }
        if let apple {
            return ConfiguredProvider(
                provider: provider, secret: .appleKey(apple.key), allowsMissingNonce: allowsMissingNonce)
        }
        if secret == nil { provider.authentication = .none }
        return ConfiguredProvider(
            provider: provider, secret: secret.map(ProviderSecret.shared) ?? ProviderSecret.none,
            allowsMissingNonce: allowsMissingNonce)
    }

    // MARK: Fields

    private func key(_ field: ProviderField) -> ProviderSettingKey { ProviderSettingKey(name, field) }

    private func text(_ field: ProviderField, _ settings: SettingReader) -> String? {
        kind.fields.contains(field) ? settings.ofProviders[key(field)]?.text : nil
    }

    private func required(_ field: ProviderField, _ settings: inout SettingReader) -> String? {
        guard let text = text(field, settings) else {
            settings.refuse(
                key(field), "is required, because PROVIDERS names \(name.text); set it, or remove the provider.")
            return nil
        }
        return visible(text, field, &settings)
    }

    /// A text that stands in URLs and forms as it is.
    private func visible(_ text: String, _ field: ProviderField, _ settings: inout SettingReader) -> String? {
        guard (1...512).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            settings.refuse(
                key(field), "has blanks or characters outside of ASCII; copy it anew, as the provider shows it.")
            return nil
        }
        return text
    }

    private func warnAboutUnused(_ settings: inout SettingReader) {
        for field in ProviderField.allCases where !kind.fields.contains(field) {
            guard let given = settings.ofProviders[key(field)], !given.text.isEmpty else { continue }
            settings.warn("\(key(field).text) has no effect for a provider of the kind \(kind.rawValue); remove it.")
        }
    }

    private func words(_ field: ProviderField, _ settings: inout SettingReader) -> [String] {
        var words: [String] = []
        for entry in SettingReader.parts(of: text(field, settings) ?? "") {
            guard let word = visible(entry, field, &settings) else { return [] }
            words.append(word)
        }
        return words
    }

    private func scopes(_ settings: inout SettingReader) -> [String]? {
        guard let text = text(.scopes, settings) else { return nil }
        // RFC 6749 §3.3 separates them by blanks, and lists of settings have commas.
        let scopes = text.split { $0 == "," || $0 == " " }.map(String.init)
        let isGood = scopes.allSatisfy { scope in
            scope.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        }
        guard isGood, !scopes.isEmpty, text.utf8.count <= 1_024 else {
            settings.refuse(key(.scopes), "is no list of scopes such as openid,email,profile.")
            return nil
        }
        return kind == .github || scopes.contains("openid") ? scopes : ["openid"] + scopes
    }

    private func responseMode(_ settings: inout SettingReader) -> ProviderResponseMode? {
        guard kind.fields.contains(.responseMode) else { return nil }
        return settings.choice(ProviderResponseMode.self, key(.responseMode), otherwise: "query fits every provider")
    }

    private func allowsMissingNonce(_ settings: inout SettingReader) -> Bool {
        guard let text = text(.allowMissingNonce, settings) else { return false }
        if let value = SettingReader.boolean(text) { return value }
        settings.refuse(
            key(.allowMissingNonce), "is neither true nor false; remove it, and a nonce is demanded.")
        return false
    }

    private func displayName(_ settings: inout SettingReader) -> String {
        guard let text = text(.displayName, settings) else { return kind.displayName ?? name.text }
        if text.utf8.count > 64 || text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            settings.refuse(
                key(.displayName), "is longer than 64 bytes or has control characters; shorten it, or type it anew.")
        }
        return text
    }

    private func issuer(_ settings: inout SettingReader) -> String? {
        guard kind.fields.contains(.issuer) else { return nil }
        guard let text = text(.issuer, settings) else {
            if kind == .gitlab { return "https://gitlab.com" }
            _ = required(.issuer, &settings)
            return nil
        }
        let address = WebAddress(text)
        let isLocal = address.map { SettingReader.isLoopback($0.host.filter { $0 != "[" && $0 != "]" }) } ?? false
        guard let address, text.utf8.count <= 512, address.isSecure || allowsLoopback && isLocal else {
            let isBare = !text.contains("://") && WebAddress("https://" + text) != nil
            let remedy =
                isBare
                ? "https://\(text) may be meant"
                : "copy it from the provider's discovery document, as in https://id.example.com/realms/main"
            settings.refuse(
                key(.issuer),
                "is no https URL (http on the same machine in development) without user and parameters; \(remedy).")
            return nil
        }
        return text
    }

    private func tenant(_ settings: inout SettingReader) -> String {
        guard let text = text(.tenant, settings) else { return "common" }
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        if !isName || text.utf8.count > 253 {
            settings.refuse(
                key(.tenant),
                "is neither the id of a directory nor one of common, organizations, consumers; copy it anew.")
        }
        return text
    }

    private func secret(_ settings: inout SettingReader) -> String? {
        guard kind.fields.contains(.clientSecret) else { return nil }
        guard let text = text(.clientSecret, settings) else {
            if kind.needsSecret { _ = required(.clientSecret, &settings) }
            return nil
        }
        return visible(text, .clientSecret, &settings)
    }

    private func trustedDomains(_ settings: inout SettingReader) -> Set<String> {
        var domains: Set<String> = []
        for entry in SettingReader.parts(of: text(.trustedDomains, settings) ?? "") {
            if let domain = try? DomainName(entry) {
                domains.insert(domain.ascii)
                continue
            }
            let bare = String(entry.drop { "*.@".contains($0) })
            let meant = bare != entry ? (try? DomainName(bare))?.ascii : nil
            settings.refuse(
                key(.trustedDomains),
                "has the entry \(SettingReader.quoted(entry)), which is no domain"
                    + (meant.map { "; \($0) may be meant." } ?? " such as example.com."))
        }
        return domains
    }

    // MARK: Apple

    private func apple(_ settings: inout SettingReader) -> (teamID: String, keyID: String, key: SigningKey)? {
        guard kind == .apple else { return nil }
        let team = tenCharacters(.teamID, &settings)
        let id = tenCharacters(.keyID, &settings)
        guard let text = settings.ofProviders[key(.privateKey)]?.text else {
            settings.refuse(
                key(.privateKey),
                "or the file is required, because PROVIDERS names \(name.text); name the file in "
                    + "\(key(.privateKeyFile).text).")
            return nil
        }
        do throws(KeyError) {
            let signingKey = try SigningKey(p256PEM: text)
            guard let team, let id else { return nil }
            return (team, id, signingKey)
        } catch {
            settings.refuse(
                key(.privateKey), "is no private key on P-256 in PEM, such as the file AuthKey_….p8 of Apple holds.")
            return nil
        }
    }

    private func tenCharacters(_ field: ProviderField, _ settings: inout SettingReader) -> String? {
        guard let text = required(field, &settings) else { return nil }
        let isGood = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: false
            }
        }
        guard isGood, text.utf8.count == 10 else {
            settings.refuse(key(field), "is not ten capitals and digits; copy it from Apple's developer site.")
            return nil
        }
        return text
    }
}
