// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import AuthTokens
import Testing

@Suite("Sign-in by a provider")
struct ProviderFlowTests {
    typealias Person = MockProviderTransport.Person

    @Test("with a code: the provider is trusted for the address, and a user is made who has it")
    func newUser() async throws {
        let fixture = try await ProviderFixture()

        let pair = try await fixture.signIn()

        #expect(pair.user.email?.canonical == "ada@example.test" && pair.user.isVerified && pair.user.isBound)
        #expect(pair.user.origin == .provider && pair.user.role == .user && pair.user.username == nil)
        #expect(pair.user.fullName?.text == "Ada Lovelace")
        let principal = try await fixture.principal(of: pair)
        #expect(principal.claims.authenticationMethods == ["fed"])
        #expect(principal.claims.authenticationContext == "1")
        #expect(principal.authenticatedAt == fixture.authority.clock.now)
        let identities = try await fixture.providers.identities(of: principal)
        #expect(identities.map(\.subject.subject) == ["248289761001"] && identities.allSatisfy(\.isBound))
        #expect(identities.first?.subject.issuer == fixture.corp.issuer)
        #expect(try await fixture.authority.refusals(of: .userRegistered) == [nil])
        #expect(try await fixture.authority.refusals(of: .signIn) == [nil])
        #expect(pair.deviceToken != nil)
    }

    @Test("in cookies: the callback opens the session, and leads to where the flow began")
    func cookieMode() async throws {
        let fixture = try await ProviderFixture()

        guard case .signedIn(let pair, let target, let isRemembered) = try await fixture.travel(.cookie) else {
            throw ProviderTestFailure("no session was opened")
        }

        #expect(target == ProviderFixture.app && isRemembered)
        _ = try await fixture.principal(of: pair)
    }

    @Test("without return_to a flow ends at the first target of the settings")
    func defaultTarget() async throws {
        let fixture = try await ProviderFixture()
        let departure = try await fixture.depart(.cookie, returnTo: nil)
        let callback = try fixture.corp.consent(to: departure.url)
        guard case .signedIn(_, let target, _) = await fixture.finish(callback, departure.flow) else {
            throw ProviderTestFailure("no session was opened")
        }
        #expect(target.hasPrefix("https://app.example.test"))
    }

    @Test("the same identity is the same user, whatever address the provider tells by then")
    func again() async throws {
        let fixture = try await ProviderFixture()
        let first = try await fixture.signIn()
        fixture.authority.clock.advance(by: .seconds(3_600))

        let second = try await fixture.signIn(as: Person(email: "countess@example.test", name: "Countess"))

        #expect(second.user.id == first.user.id && second.sessionID != first.sessionID)
        #expect(second.user.email?.canonical == "ada@example.test" && second.user.fullName?.text == "Ada Lovelace")
        let principal = try await fixture.principal(of: second)
        let identity = try #require(try await fixture.providers.identities(of: principal).first)
        #expect(identity.email?.canonical == "countess@example.test")
        #expect(identity.createdAt < identity.lastUsedAt && identity.lastUsedAt == fixture.authority.clock.now)
        _ = try await fixture.authority.service.sessions.refresh(first.refreshToken, from: client)
    }

    @Test(
        "id tokens of every asymmetric kind are read by the provider's keys",
        arguments: [SignatureAlgorithm.rs256, .ps256, .es256, .es384, .edDSA])
    func algorithms(_ algorithm: SignatureAlgorithm) async throws {
        let fixture = try await ProviderFixture(corp: { try MockProviderTransport(clock: $0, algorithm: algorithm) })
        try await fixture.signIn()
    }

    @Test("an address that the userinfo endpoint alone tells is taken from there")
    func userinfo() async throws {
        let fixture = try await ProviderFixture(corp: {
            try MockProviderTransport(clock: $0, tellsAddressInToken: false)
        })
        let pair = try await fixture.signIn()
        #expect(pair.user.email?.canonical == "ada@example.test" && pair.user.isVerified)
        #expect(fixture.corp.requestedURLs.last == "\(fixture.corp.issuer)/userinfo")
    }

    @Test("GitHub: the id is the subject, and the primary address counts where GitHub has verified it")
    func gitHub() async throws {
        for isVerified in [true, false] {
            let fixture = try await ProviderFixture(corp: {
                try MockProviderTransport(.gitHub(clientID: MockProviderTransport.clientID), clock: $0)
            })
            let person = Person("583231", email: "ada@example.test", isVerified: isVerified, name: "Ada")
            let pair = try await fixture.signIn(as: person)
            let principal = try await fixture.principal(of: pair)
            let identity = try #require(try await fixture.providers.identities(of: principal).first)
            #expect(identity.subject.subject == "583231" && identity.provider.text == "github")
            #expect(pair.user.email?.canonical == (isVerified ? "ada@example.test" : nil))
        }
    }

    @Test("GitHub: without the right to see addresses a user without one is made, and an error is none")
    func gitHubWithoutAddress() async throws {
        let fixture = try await ProviderFixture(corp: {
            try MockProviderTransport(.gitHub(clientID: MockProviderTransport.clientID), clock: $0)
        })
        let pair = try await fixture.signIn(as: Person("583231", email: nil, isVerified: false))
        #expect(pair.user.email == nil)
        let result = try await fixture.travel(as: Person("no number"))
        #expect(try fixture.error(of: result) == "invalid_response")
        fixture.corp.tell(.refusedCode)
        #expect(try fixture.error(of: try await fixture.travel()) == "provider_error")
    }

    @Test("a posted callback is parked, and counts with the cookie alone; the name that Apple tells is taken once")
    func formPost() async throws {
        let fixture = try await ProviderFixture(corp: { try MockProviderTransport(clock: $0, usesFormPost: true) })
        let departure = try await fixture.depart()
        #expect(departure.url.contains("response_mode=form_post"))
        let callback = try fixture.corp.consent(to: departure.url, as: Person(name: nil))
        let posted = ProviderCallback(
            code: callback.code, iss: callback.iss, state: callback.state,
            user: #"{"name":{"firstName":"Ada","lastName":"King"},"email":"root@example.test"}"#)
        let state = try await fixture.providers.park(fixture.corp.name, posted, from: client)
        #expect(state == callback.state)
        await #expect(throws: AuthError.providerFlowInvalid) {
            try await fixture.providers.park(fixture.corp.name, posted, from: client)
        }

        let bare = ProviderCallback(code: nil, state: state)
        #expect(fixture.isInvalid(await fixture.finish(bare, nil)))
        let pair = try await fixture.exchange(try fixture.code(of: await fixture.finish(bare, departure.flow)))
        #expect(pair.user.fullName?.text == "Ada King" && pair.user.email?.canonical == "ada@example.test")
        #expect(try fixture.error(of: await fixture.finish(bare, departure.flow)) == "flow_expired")
    }

    @Test(
        "a provider's new key is found, its documents are fetched once an hour, and it never sees the verifier before")
    func documents() async throws {
        let fixture = try await ProviderFixture()
        try await fixture.signIn()
        try await fixture.signIn()
        let discovery = "\(fixture.corp.issuer)/.well-known/openid-configuration"
        #expect(fixture.corp.requestedURLs.filter { $0 == discovery }.count == 1)
        #expect(fixture.corp.requestedURLs.filter { $0.hasSuffix("/keys") }.count == 1)

        fixture.authority.clock.advance(by: .seconds(60))
        try fixture.corp.rotateKey()
        try await fixture.signIn()
        #expect(fixture.corp.requestedURLs.filter { $0.hasSuffix("/keys") }.count == 2)
        fixture.authority.clock.advance(by: .seconds(3_600))
        let departure = try await fixture.depart()
        #expect(fixture.corp.requestedURLs.filter { $0 == discovery }.count == 2)
        #expect(departure.url.contains("code_challenge_method=S256") && departure.url.contains("nonce="))
        #expect(!departure.url.contains("verifier") && !"\(departure.flow)".contains(departure.flow.value))
    }

    @Test("the session that the client holds ends, also one of another user")
    func replaces() async throws {
        let fixture = try await ProviderFixture()
        let bob = try await fixture.authority.signIn(as: "bob")
        let first = try await fixture.exchange(
            try fixture.code(of: try await fixture.travel()), held: bob.refreshToken)
        await #expect(throws: AuthError.tokenRevoked) { try await fixture.principal(of: bob) }

        guard case .signedIn(let second, _, _) = try await fixture.travel(.cookie, held: first.refreshToken) else {
            throw ProviderTestFailure("no session was opened")
        }
        await #expect(throws: AuthError.tokenRevoked) { try await fixture.principal(of: first) }
        _ = try await fixture.principal(of: second)
    }

    @Test("the scope of the start is the scope of the session, and one of which the role grants nothing is refused")
    func scope() async throws {
        let fixture = try await ProviderFixture()
        let code = try fixture.code(of: try await fixture.travel(scope: "notes:write"))
        await #expect(throws: AuthError.scopeNotGranted) { try await fixture.exchange(code) }
        #expect(try await fixture.written() == [0, 0])
    }

    @Test("a user who declines, and an error of the provider, come back as words of the list")
    func declined() async throws {
        let fixture = try await ProviderFixture()
        for (said, answer) in [
            ("access_denied", "access_denied"), ("user_cancelled_authorize", "access_denied"),
            ("server_error", "provider_error"), ("temporarily_unavailable", "provider_unavailable"),
            ("<script>", "provider_error"),
        ] {
            let departure = try await fixture.depart()
            let result = await fixture.finish(try fixture.corp.decline(departure.url, error: said), departure.flow)
            #expect(try fixture.error(of: result) == answer)
        }
        #expect(try await fixture.written() == [0, 0])
        #expect(try await fixture.authority.refusals(of: .signIn).count == 5)
    }

    @Test("a provider that is not configured is unknown, and the list has names and words for buttons")
    func list() async throws {
        let fixture = try await ProviderFixture()
        #expect(fixture.providers.list().map(\.name.text) == ["corp", "other"])
        #expect(fixture.providers.list().map(\.displayName) == ["Mock corp", "Mock other"])
        let name = try ProviderName("absent")
        await #expect(throws: AuthError.unknownProvider) {
            try await fixture.providers.start(
                name, ProviderStart(returnTo: nil, mode: .cookie, redirectURI: "https://x.example.test"), from: client)
        }
    }
}
