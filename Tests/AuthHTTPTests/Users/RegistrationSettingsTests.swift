// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthStore
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Registration by its settings") struct RegistrationSettingsTests {
    private static let body = #"{"username":"ada","email":"ada@example.test","password":"notes on the engine"}"#

    private func fixture(_ policy: RegistrationPolicy) async throws -> APIFixture {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.registration = policy
        return try await APIFixture(settings: settings)
    }

    @Test("a closed registration answers 403 with its code, whatever the identifiers are")
    func closed() async throws {
        let fixture = try await fixture(.closed)
        _ = try await fixture.token("grace")
        for name in ["ada", "grace"] {
            let body = #"{"username":"\#(name)","password":"notes on the engine"}"#
            let seen = await fixture.send(.post, "/auth/register", body)
            #expect(seen.status == 403 && seen.code == "registration_closed")
        }
    }

    @Test("a domain list answers 422 and names the field")
    func domains() async throws {
        let fixture = try await fixture(.domains([try DomainName("example.com")]))
        let refused = await fixture.send(.post, "/auth/register", Self.body)
        #expect(refused.status == 422 && refused.wrongFields == ["email"])
        #expect(refused.text.contains(#""code":"domain_not_allowed""#))
        let admitted = #"{"email":"ada@EXAMPLE.com","password":"notes on the engine"}"#
        #expect(await fixture.send(.post, "/auth/register", admitted).status == 201)
    }

    @Test(
        "the language that a browser wants most is kept with the user, and junk is none",
        arguments: [
            ("de-at,en;q=0.5", "de-AT"), ("*", nil), ("\u{1F600}", nil), (nil, nil),
        ] as [(String?, String?)])
    func language(_ field: String?, _ tag: String?) async throws {
        let fixture = try await fixture(.open)
        let fields = field.map { ["Accept-Language": $0] } ?? [:]
        #expect(await fixture.send(.post, "/auth/register", Self.body, fields: fields).status == 201)

        let user = try await fixture.service.users.user(identifiedBy: .username(Username("ada")))
        #expect(user.locale?.text == tag)
    }

    @Test("the language of the body goes before the browser's, users change it, and one that is none is refused")
    func chosenLanguage() async throws {
        let fixture = try await fixture(.open)
        let body = #"{"username":"ada","password":"notes on the engine","locale":" pt-br "}"#
        let registered = await fixture.send(.post, "/auth/register", body, fields: ["Accept-Language": "de"])
        #expect(registered.status == 201 && registered.text("locale") == "pt-BR")
        let signedIn = await fixture.send(
            .post, "/auth/login", #"{"username":"ada","password":"notes on the engine"}"#)
        let token = try #require(signedIn.text("access_token"))

        let refused = await fixture.send(.patch, "/users/me", #"{"locale":"a language"}"#, token: token)
        #expect(refused.status == 422 && refused.wrongFields == ["locale"])
        #expect(await fixture.send(.patch, "/users/me", #"{"locale":"fr"}"#, token: token).text("locale") == "fr")
        let removed = await fixture.send(.patch, "/users/me", #"{"locale":null}"#, token: token)
        #expect(removed.status == 200 && removed.json?["locale"] == .null)
    }

    // ASVS 6.4.6
    // Behaviour B33
    @Test("no route lets an administrator set the password of a user who exists")
    func passwords() async throws {
        let fixture = try await fixture(.open)
        let admin = try await fixture.token("root", role: .admin)
        _ = try await fixture.token("ada")
        let id = try await fixture.id(of: "ada")
        let fields = #"{"password":"another fine password","new_password":"another fine password"}"#
        for endpoint in APITable.endpoints(fixture) where endpoint.method != .get && endpoint.operationID != "logout" {
            let method = try #require(HTTPRequest.Method(endpoint.method.rawValue))
            let target = endpoint.path.description.replacing("{id}", with: id)
            // What deletes or demotes the user is no way to a password.
            guard method != .delete else { continue }
            _ = await fixture.send(method, target, fields, token: admin)
        }

        let old = #"{"username":"ada","password":"\#(TestAuthority.password)"}"#
        #expect(await fixture.send(.post, "/auth/login", old).status == 200)
        let new = #"{"username":"ada","password":"another fine password"}"#
        #expect(await fixture.send(.post, "/auth/login", new).status == 401)
    }
}
