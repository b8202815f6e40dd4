// SPDX-License-Identifier: Apache-2.0

/// Descriptions of providers as they are; the operator adds the client.
extension IdentityProvider {
    /// Google.
    public static func google(clientID: String) -> IdentityProvider {
        IdentityProvider(
            name: ProviderName(known: "google"), displayName: "Google", issuer: "https://accounts.google.com",
            clientID: clientID, authentication: .post, trust: .google)
    }

    /// GitHub.
    ///
    /// Its issuer is the one that its authorization server metadata names; there are no id tokens.
    public static func gitHub(clientID: String) -> IdentityProvider {
        IdentityProvider(
            name: ProviderName(known: "github"), displayName: "GitHub", kind: .gitHub,
            issuer: "https://github.com/login/oauth",
            endpoints: Endpoints(
                authorization: "https://github.com/login/oauth/authorize",
                token: "https://github.com/login/oauth/access_token", userinfo: "https://api.github.com/user"),
            clientID: clientID, authentication: .post, scopes: ["read:user", "user:email"], trust: .gitHub)
    }

    /// Apple, which answers by a form as soon as a name or an address is asked for.
    public static func apple(clientID: String, teamID: String, keyID: String) -> IdentityProvider {
        IdentityProvider(
            name: ProviderName(known: "apple"), displayName: "Apple", issuer: "https://appleid.apple.com",
            clientID: clientID, authentication: .appleJWT(teamID: teamID, keyID: keyID),
            scopes: ["openid", "email", "name"], trust: .apple, usesFormPost: true)
    }

    /// Microsoft, with a directory as tenant, or `common`, `organizations` or `consumers`.
    ///
    /// With `common` and `organizations` each directory is an issuer of its own; with `organizations` the one of
    /// `consumers` is refused. `tenant` is the directory's id, and no name of it: its tokens name the id.
    public static func microsoft(tenant: String, clientID: String) -> IdentityProvider {
        let tenant = ASCIICase.lowered(tenant)
        let issuer: String
        switch WireText(tenant) {
        case "common", "organizations": issuer = microsoftTemplate
        case "consumers": issuer = microsoftIssuer(of: microsoftConsumers)
        default: issuer = microsoftIssuer(of: tenant)
        }
        return IdentityProvider(
            name: ProviderName(known: "microsoft"), displayName: "Microsoft", issuer: issuer,
            discoveryURL: "https://login.microsoftonline.com/\(tenant)/v2.0/.well-known/openid-configuration",
            clientID: clientID, authentication: .post, trust: .microsoft,
            refusedTenants: tenant.hasSameOctets(as: "organizations") ? [microsoftConsumers] : [])
    }

    /// GitLab, at `https://gitlab.com` or elsewhere.
    public static func gitLab(issuer: String, clientID: String) -> IdentityProvider {
        IdentityProvider(
            name: ProviderName(known: "gitlab"), displayName: "GitLab", issuer: issuer, clientID: clientID)
    }

    /// A realm of Keycloak; its issuer ends with `/realms/` and the realm's name.
    public static func keycloak(issuer: String, clientID: String) -> IdentityProvider {
        IdentityProvider(
            name: ProviderName(known: "keycloak"), displayName: "Keycloak", issuer: issuer, clientID: clientID)
    }

    /// Any provider of OpenID Connect that has a discovery document; it is believed for no address.
    public static func generic(name: ProviderName, issuer: String, clientID: String) -> IdentityProvider {
        IdentityProvider(name: name, displayName: name.text, issuer: issuer, clientID: clientID)
    }

    // MARK: Microsoft's directories

    /// The issuer in the discovery documents of `common` and `organizations`.
    static let microsoftTemplate = "https://login.microsoftonline.com/{tenantid}/v2.0"

    /// The directory that `consumers` stands for.
    private static let microsoftConsumers = "9188040d-6c67-4c5b-b112-36a304b66dad"

    private static func microsoftIssuer(of tenant: String) -> String {
        "https://login.microsoftonline.com/\(tenant)/v2.0"
    }

    /// The issuer that a token of this directory must name, where `issuer` is Microsoft's template; `nil` where the directory is
    /// refused or has no valid id.
    ///
    /// No other issuer is a template: one with braces is compared as it is.
    func issuer(_ issuer: String, ofTenant tenant: String?) -> String? {
        guard issuer.hasSameOctets(as: Self.microsoftTemplate), self.issuer.hasSameOctets(as: issuer) else {
            return issuer
        }
        guard let tenant, Self.isTenantID(tenant), !refusedTenants.contains(where: { $0.hasSameOctets(as: tenant) })
        else { return nil }
        return Self.microsoftIssuer(of: tenant)
    }

    /// Whether a text is a GUID in lower case.
    private static func isTenantID(_ text: String) -> Bool { UUIDv7(text) != nil }
}
