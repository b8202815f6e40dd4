// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthService
import AuthTokens

extension SettingReader {
    /// More would make the answer of `/auth/providers` long.
    static let mostProviders = 20

    /// The identity providers; what is wrong with one is noted.
    mutating func providers(_ environment: DaemonConfiguration.Environment) -> ProvidersConfiguration {
        let names = providerNames()
        warnAboutUnlisted(names)
        var configuration = ProvidersConfiguration()
        configuration.destinations.allowedNetworks = fetchedNetworks()
        configuration.destinations.allowsLoopback = environment == .development
        for name in names {
            let reader = ProviderReader(name, kind: kind(of: name), allowsLoopback: environment == .development)
            guard let configured = reader.read(&self) else { continue }
            configuration.providers.append(configured)
            // The operator wrote the port of an issuer; what its discovery document names is bound to it, too.
            if let port = WebAddress.port(of: configured.provider.issuer) {
                configuration.destinations.allowedPorts.insert(port)
            }
        }
        return configuration
    }

    /// Where a sign-in by a provider may lead to; `nil` where a problem was noted.
    mutating func returnTargets(origin: String) -> ReturnTargets? {
        let entries = list(.providerReturnTo)
        for entry in entries where (try? ReturnTargets([entry])) == nil {
            let bare = entry.contains("://") ? entry : "https://" + entry
            let meant = WebAddress(bare).flatMap { _ in Self.origin(of: bare) }
            let remedy =
                meant.flatMap { $0 != entry && (try? ReturnTargets([$0])) != nil ? "\($0) may be meant" : nil }
                ?? "write an origin such as https://app.example.com, or the address of an app such as com.example.app:/callback"
            refuse(.providerReturnTo, "has the entry \(Self.quoted(entry)), which is neither; \(remedy).")
        }
        return try? ReturnTargets(entries.isEmpty ? [Self.origin(of: origin) ?? origin] : entries)
    }

    /// Scheme, host and port of a URL.
    private static func origin(of url: String) -> String? {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.count >= 3 ? "\(parts[0])//\(parts[2])".lowercased() : nil
    }

    private mutating func providerNames() -> [ProviderName] {
        var names: [ProviderName] = []
        for entry in list(.providers) {
            guard let name = ProviderName(parsing: entry) else {
                let meant = String(entry.lowercased().map { $0 == "_" || $0 == " " ? "-" : $0 })
                let remedy =
                    ProviderName(parsing: meant).map { "\($0.text) may be meant" }
                    ?? "write small letters, digits and hyphens, as in google"
                refuse(.providers, "has the entry \(Self.quoted(entry)), which is no name; \(remedy).")
                continue
            }
            if names.contains(name) {
                refuse(.providers, "names \(name.text) twice; remove one.")
            } else {
                names.append(name)
            }
        }
        if names.count > Self.mostProviders {
            refuse(.providers, "names more than \(Self.mostProviders) providers; remove some.")
        }
        return names
    }

    private mutating func warnAboutUnlisted(_ names: [ProviderName]) {
        for key in ofProviders.keys.sorted() where !names.contains(key.provider) {
            let near = NearWord.of(key.provider.text, in: names.map(\.text)).flatMap(ProviderName.init(parsing:))
            let remedy =
                near.map { "\(ProviderSettingKey($0, key.field).text) may be meant" }
                ?? "name it there, or remove the setting"
            warn("\(key.text) has no effect, because PROVIDERS does not name \(key.provider.text); \(remedy).")
        }
    }

    private mutating func fetchedNetworks() -> [IPNetwork] {
        list(.fetchAllowedNetworks).compactMap { entry in
            if let network = IPNetwork(entry) {
                guard network.length > 0 else {
                    refuse(.fetchAllowedNetworks, "allows every address; name the networks of the providers.")
                    return nil
                }
                return network
            }
            let quoted = Self.quoted(entry)
            if let network = IPNetwork(enclosing: entry) {
                refuse(
                    .fetchAllowedNetworks,
                    "has the entry \(quoted), which has host bits set; \(network) may be meant.")
            } else {
                refuse(.fetchAllowedNetworks, "has the entry \(quoted), which is no network such as 10.1.0.0/16.")
            }
            return nil
        }
    }

    /// Which description fits a provider.
    private mutating func kind(of name: ProviderName) -> ProviderKindName {
        let chosen = choice(
            ProviderKindName.self, ProviderSettingKey(name, .kind),
            otherwise: "openid fits every provider of OpenID Connect")
        return chosen ?? ProviderKindName(rawValue: name.text) ?? .openid
    }

    /// The value of a provider's setting that is one of a few words; `nil` where it is not given, or where a problem was noted.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type, _ key: ProviderSettingKey, otherwise remedy: String
    ) -> Choice? {
        guard let text = ofProviders[key]?.text else { return nil }
        if let choice = Choice(rawValue: text.lowercased()) { return choice }
        let words = Choice.allCases.map(\.rawValue)
        let meant = NearWord.of(text, in: words).map { "\($0) may be meant" } ?? remedy
        refuse(key, "is none of \(words.joined(separator: ", ")); \(meant).")
        return nil
    }
}
