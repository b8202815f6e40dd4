// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Descriptions of identity providers")
struct IdentityProviderTests {
    private static let consumers = "9188040d-6c67-4c5b-b112-36a304b66dad"
    private static let directory = "0f8fad5b-d9cb-469f-a165-70867728950e"

    @Test("name the issuers that the providers' documents name, and where these are")
    func issuers() throws {
        let google = IdentityProvider.google(clientID: "c")
        #expect(google.name.text == "google" && google.issuer == "https://accounts.google.com")
        #expect(google.discoveryURL == "https://accounts.google.com/.well-known/openid-configuration")
        #expect(google.trust == .google && google.scopes.contains("openid") && google.endpoints == nil)

        let apple = IdentityProvider.apple(clientID: "c", teamID: "t", keyID: "k")
        #expect(apple.discoveryURL == "https://appleid.apple.com/.well-known/openid-configuration")
        #expect(apple.usesFormPost && apple.authentication == .appleJWT(teamID: "t", keyID: "k"))

        let gitLab = IdentityProvider.gitLab(issuer: "https://gitlab.com", clientID: "c")
        let keycloak = IdentityProvider.keycloak(issuer: "https://sso.example.test/realms/main", clientID: "c")
        let generic = IdentityProvider.generic(
            name: try ProviderName("corp"), issuer: "https://idp.example.test/", clientID: "c")
        for provider in [gitLab, keycloak, generic] {
            #expect(provider.trust == .nothing && provider.clientID == "c" && provider.kind == .openID)
            #expect(!provider.usesFormPost && provider.requiresIssuerParameter == nil)
        }
        #expect(keycloak.discoveryURL == "https://sso.example.test/realms/main/.well-known/openid-configuration")
        // The issuer keeps its slash, which the URL must not have twice.
        #expect(generic.issuer == "https://idp.example.test/" && generic.displayName == "corp")
        #expect(generic.discoveryURL == "https://idp.example.test/.well-known/openid-configuration")
    }

    @Test("have GitHub's endpoints, and ask for its addresses")
    func gitHub() throws {
        let gitHub = IdentityProvider.gitHub(clientID: "c")
        let endpoints = try #require(gitHub.endpoints)
        #expect(gitHub.kind == .gitHub && gitHub.trust == .gitHub && endpoints.keys == nil)
        #expect(endpoints.userinfo == "https://api.github.com/user" && gitHub.scopes.contains("user:email"))
    }

    @Test("every description's endpoints and documents are on https")
    func secure() {
        let all = [
            IdentityProvider.google(clientID: "c"), .gitHub(clientID: "c"),
            .apple(clientID: "c", teamID: "t", keyID: "k"), .microsoft(tenant: "common", clientID: "c"),
        ]
        for provider in all {
            let endpoints = [
                provider.endpoints?.authorization, provider.endpoints?.token, provider.endpoints?.userinfo,
            ]
            for url in [provider.issuer, provider.discoveryURL] + endpoints.compactMap(\.self) {
                #expect(url.hasPrefix("https://"), "\(url)")
            }
        }
        #expect(Set(all.map(\.name)).count == all.count)
    }

    @Test("name the issuer of Microsoft's directory, or the template of all")
    func microsoft() {
        func issuer(_ tenant: String) -> String { IdentityProvider.microsoft(tenant: tenant, clientID: "c").issuer }
        let template = "https://login.microsoftonline.com/{tenantid}/v2.0"
        #expect(issuer("common") == template && issuer("organizations") == template)
        #expect(issuer("consumers") == template.replacing("{tenantid}", with: Self.consumers))
        #expect(issuer(Self.directory) == template.replacing("{tenantid}", with: Self.directory))
        #expect(issuer(Self.directory.uppercased()) == issuer(Self.directory))
        #expect(
            IdentityProvider.microsoft(tenant: "common", clientID: "c").discoveryURL
                == "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration")
    }

    private func fault(
        _ provider: IdentityProvider, issuer: String? = nil, iss: String, tenant: JSONValue?
    ) throws -> ProviderFault? {
        let claims = try IDTokenClaims(ProviderExamples.payload(["iss": .string(iss), "tid": tenant]))
        do throws(ProviderFault) {
            try claims.check(
                for: provider, issuer: issuer ?? provider.issuer, nonce: .exactly("n-0S6_WzA2Mj"), maximumAge: nil,
                at: ProviderExamples.now)
            return nil
        } catch {
            return error
        }
    }

    @Test("a token of one of Microsoft's directories names that directory as issuer and as tenant")
    func tenants() throws {
        func issuer(_ tenant: String) -> String { "https://login.microsoftonline.com/\(tenant)/v2.0" }
        let common = IdentityProvider.microsoft(tenant: "common", clientID: "authd")
        let mine = JSONValue.string(Self.directory)
        #expect(try fault(common, iss: issuer(Self.directory), tenant: mine) == nil)
        #expect(try fault(common, iss: issuer(Self.consumers), tenant: .string(Self.consumers)) == nil)
        let lies: [(String, JSONValue?)] = [
            (issuer(Self.consumers), mine), (issuer(Self.directory), nil), (issuer("{tenantid}"), mine),
            (issuer("{tenantid}"), "{tenantid}"), (issuer("common"), "common"), (issuer(""), ""),
            (issuer(Self.directory), .string(Self.directory.uppercased())), (issuer(Self.directory) + "/", mine),
            ("https://login.microsoftonline.com.evil.test/\(Self.directory)/v2.0", mine),
            (issuer("x/../\(Self.directory)"), .string("x/../\(Self.directory)")), (issuer(Self.directory), 7),
        ]
        for (iss, tenant) in lies {
            #expect(try fault(common, iss: iss, tenant: tenant) == .wrongIssuer, "\(iss)")
        }
        let organizations = IdentityProvider.microsoft(tenant: "organizations", clientID: "authd")
        #expect(try fault(organizations, iss: issuer(Self.directory), tenant: mine) == nil)
        #expect(
            try fault(organizations, iss: issuer(Self.consumers), tenant: .string(Self.consumers)) == .wrongIssuer)
        let one = IdentityProvider.microsoft(tenant: Self.directory, clientID: "authd")
        #expect(try fault(one, iss: issuer(Self.directory), tenant: nil) == nil)
        #expect(try fault(one, iss: issuer(Self.consumers), tenant: .string(Self.consumers)) == .wrongIssuer)
    }

    @Test("no other provider's issuer is a template")
    func templates() throws {
        let template = "https://login.microsoftonline.com/{tenantid}/v2.0"
        let mine = JSONValue.string(Self.directory)
        let iss = template.replacing("{tenantid}", with: Self.directory)
        // The document of another provider names Microsoft's template.
        #expect(try fault(ProviderExamples.provider(), issuer: template, iss: iss, tenant: mine) == .wrongIssuer)
        let braces = try ProviderExamples.provider { $0.issuer = "https://idp.example.test/{tenantid}" }
        let filled = "https://idp.example.test/\(Self.directory)"
        #expect(try fault(braces, iss: filled, tenant: mine) == .wrongIssuer)
        #expect(try fault(braces, iss: braces.issuer, tenant: mine) == nil)
    }
}
