// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthTesting
import Testing

@Suite("Sign-in with an id token")
struct ProviderNativeTests {
    typealias Person = MockProviderTransport.Person

    private func signIn(
        _ token: String, _ nonce: String, accessToken: String? = nil, at provider: MockProviderTransport? = nil,
        _ fixture: ProviderFixture
    ) async throws(AuthError) -> SignInOutcome {
        try await fixture.providers.signIn(
            (provider ?? fixture.corp).name, idToken: token, nonce: nonce, accessToken: accessToken, from: client)
    }

    private func refusal(
        _ token: String, _ nonce: String, accessToken: String? = nil, _ fixture: ProviderFixture
    ) async -> AuthError? {
        do throws(AuthError) {
            _ = try await signIn(token, nonce, accessToken: accessToken, fixture)
            return nil
        } catch {
            return error
        }
    }

    private func nonce(_ fixture: ProviderFixture) throws -> String {
        let nonce = try fixture.providers.nonce(for: fixture.corp.name)
        #expect(nonce.lifetime == .seconds(600))
        return nonce.text
    }

    @Test("a token with the nonce, or with its SHA-256 in hexadecimal, opens a session")
    func opens() async throws {
        let fixture = try await ProviderFixture()
        for isHashed in [false, true] {
            let nonce = try nonce(fixture)
            let digits = SHA256.digest(Array(nonce.utf8)).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            let token = try fixture.corp.idToken(nonce: isHashed ? digits.joined() : nonce, accessToken: "at")
            let outcome = try await signIn(token, nonce, accessToken: "at", fixture)
            let pair = try #require(outcome.tokens)
            #expect(pair.user.email?.canonical == "ada@example.test" && pair.deviceToken != nil)
        }
        #expect(try await fixture.written() == [1, 2])
    }

    @Test("a nonce counts once, and so does its token")
    func once() async throws {
        let fixture = try await ProviderFixture()
        let first = try nonce(fixture)
        let token = try fixture.corp.idToken(nonce: first)
        _ = try await signIn(token, first, fixture)
        #expect(await refusal(token, first, fixture) == .providerRefused(.flowExpired))
        #expect(await refusal(try fixture.corp.idToken(nonce: first), first, fixture) == .providerRefused(.flowExpired))
        let reasons = try await fixture.authority.refusals(of: .signIn).compactMap(\.self)
        #expect(reasons == ["provider_replayed_nonce", "provider_replayed_nonce"])
    }

    @Test("of many sign-ins at once with one token, one opens a session")
    func racing() async throws {
        let fixture = try await ProviderFixture()
        let nonce = try nonce(fixture)
        let token = try fixture.corp.idToken(nonce: nonce)
        let opened = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { await refusal(token, nonce, fixture) == nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(opened == 1)
    }

    @Test("a nonce of another provider, an invented one, one of a flow and one that is too old are refused")
    func nonces() async throws {
        let fixture = try await ProviderFixture()
        let foreign = try fixture.providers.nonce(for: fixture.other.name).text
        let state = try fixture.corp.consent(to: try await fixture.depart().url).state
        for nonce in [foreign, state, "", "nonce"] {
            let token = try fixture.corp.idToken(nonce: nonce)
            #expect(await refusal(token, nonce, fixture) == .providerRefused(.invalidResponse))
        }
        let late = try nonce(fixture)
        fixture.authority.clock.advance(by: .seconds(600))
        #expect(await refusal(try fixture.corp.idToken(nonce: late), late, fixture) == .providerRefused(.flowExpired))
        let reasons = try await fixture.authority.refusals(of: .signIn)
        #expect(reasons.filter { $0 == "provider_wrong_nonce" }.count == 4)
        #expect(reasons.contains("provider_expired_nonce"))
        #expect(try await fixture.written() == [0, 0])
    }

    private static let falsehoods: [(MockProviderLie, [ProviderFault])] = [
        (.wrongIssuer, [.wrongIssuer]), (.wrongAudience, [.wrongAudience]),
        (.wrongAuthorizedParty, [.wrongAuthorizedParty, .wrongAudience]), (.wrongNonce, [.wrongNonce]),
        (.missingNonce, [.wrongNonce, .missingClaim]), (.missingSubject, [.missingSubject]),
        (.expired, [.expired]), (.missingIssuance, [.missingClaim]), (.oldIssuance, [.tooOld]),
        (.noAlgorithm, [.algorithmRefused]), (.publicKeyAsSecret, [.algorithmRefused]),
        (.foreignKey, [.wrongSignature]), (.unknownKeyID, [.unknownKey]), (.changedPayload, [.wrongSignature]),
        (.notAToken, [.malformed]), (.wrongAccessTokenHash, [.wrongAccessTokenHash]),
    ]

    @Test("what is false in a token is refused with its reason, and nothing is written", arguments: falsehoods)
    func lies(_ lie: MockProviderLie, _ faults: [ProviderFault]) async throws {
        let fixture = try await ProviderFixture()
        let nonce = try nonce(fixture)
        fixture.corp.tell(lie)
        let token = try fixture.corp.idToken(nonce: nonce, accessToken: "at")
        #expect(await refusal(token, nonce, accessToken: "at", fixture) == .providerRefused(.invalidResponse))
        let reasons = try await fixture.authority.refusals(of: .signIn).compactMap(\.self)
        #expect(reasons.count == 1 && faults.contains { reasons.first == "provider_\($0.rawValue)" }, "\(reasons)")
        #expect(try await fixture.written() == [0, 0])
        // Nothing was spent by what was refused.
        fixture.corp.tell(nil)
        fixture.authority.clock.advance(by: .seconds(60))
        #expect(await refusal(try fixture.corp.idToken(nonce: nonce), nonce, fixture) == nil)
    }

    @Test("the token of a flow in the browser is none for an app, and the other way round")
    func crossUse() async throws {
        let fixture = try await ProviderFixture()
        // An app's token in a flow is the lie `appAudience`; a flow's token has the flow's nonce, which no
        // client learns.
        let nonce = try nonce(fixture)
        let token = try fixture.corp.idToken(nonce: "the nonce of a flow")
        #expect(await refusal(token, nonce, fixture) == .providerRefused(.invalidResponse))
        #expect(await refusal("at", nonce, accessToken: "at", fixture) == .providerRefused(.invalidResponse))
    }

    @Test("a provider without id tokens has no such sign-in")
    func gitHub() async throws {
        let fixture = try await ProviderFixture(corp: {
            try MockProviderTransport(.gitHub(clientID: MockProviderTransport.clientID), clock: $0)
        })
        #expect(throws: AuthError.unknownProvider) { try fixture.providers.nonce(for: fixture.corp.name) }
        #expect(await refusal("token", "nonce", fixture) == .unknownProvider)
    }
}
