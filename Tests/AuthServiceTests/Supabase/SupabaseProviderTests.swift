// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Supabase's API: sign-in by providers")
struct SupabaseProviderTests {
    typealias Person = MockProviderTransport.Person

    @Test("with a challenge the callback gives a code, which the verifier exchanges here alone")
    func code() async throws {
        let fixture = try await SupabaseFixture()
        let target = try await fixture.travel()
        #expect(target.hasPrefix("\(SupabaseFixture.app)?code=asp_"))
        let code = try #require(SupabaseFixture.parameter("code", of: target))
        let service = fixture.authority.service
        for text in [code, "apc_" + code.dropFirst(4)] {
            await #expect(throws: AuthError.providerFlowInvalid) {
                try await service.providers.exchange(code: text, verifier: ProviderFixture.verifier, from: client)
            }
        }
        await #expect(throws: SupabaseError.badVerifier) {
            try await fixture.exchange(code, String(repeating: "x", count: 43))
        }

        let session = try await fixture.exchange(code)

        let user = session.profile.record.user
        #expect(user.email?.canonical == "ada@example.test" && user.isVerified && user.origin == .provider)
        #expect(session.profile.appMetadata["provider"] == .string(fixture.corp.name.text))
        #expect(session.profile.record.identities.count == 1)
        await #expect(throws: SupabaseError.flowStateNotFound) { try await fixture.exchange(code) }
    }

    @Test("without one the callback gives the tokens, where that is allowed")
    func implicit() async throws {
        let fixture = try await SupabaseFixture()
        let target = try await fixture.travel(withChallenge: false)
        let token = try #require(SupabaseFixture.parameter("access_token", of: target))
        _ = try await fixture.api.caller(bearing: token)
        #expect(!target.contains("provider_token"))
        let off = try await SupabaseFixture { _, supabase in supabase.allowsImplicitFlow = false }
        await #expect(throws: SupabaseError.self) { try await off.travel(withChallenge: false) }
    }

    @Test("the departure goes to the callback of the provider in this API, with scopes and parameters of the caller")
    func departure() async throws {
        let fixture = try await SupabaseFixture()
        let returning = try fixture.returning(withChallenge: true)
        let departure = try await fixture.api.departure(
            provider: fixture.corp.name.text, returning: returning, scopes: "calendar files",
            parameters: [("prompt", "consent"), ("state", "forged"), ("redirect_uri", "https://evil.test")],
            ticket: nil, from: client)
        #expect(departure.url.contains("prompt=consent") && departure.url.contains("calendar%20files"))
        #expect(!departure.url.contains("forged") && !departure.url.contains("evil"))
        #expect(departure.url.contains("auth%2Fv1%2Fcallback%2F\(fixture.corp.name.text)"))
        await #expect(throws: SupabaseError.self) {
            try await fixture.api.departure(
                provider: "unknown", returning: returning, scopes: nil, parameters: [], ticket: nil, from: client)
        }
        await #expect(throws: SupabaseError.self) {
            try await fixture.api.departure(
                provider: fixture.corp.name.text, returning: returning, scopes: "a\nb", parameters: [], ticket: nil,
                from: client)
        }
    }

    @Test("a callback counts once, in the browser that began, and in the API that it began in")
    func binding() async throws {
        let fixture = try await SupabaseFixture()
        let departure = try await fixture.api.departure(
            provider: fixture.corp.name.text, returning: try fixture.returning(withChallenge: true), scopes: nil,
            parameters: [], ticket: nil, from: client)
        let callback = try fixture.corp.consent(to: departure.url)
        let native = await fixture.authority.service.providers.finish(
            fixture.corp.name, callback, cookie: departure.flow.value,
            redirectURI: "\(SupabaseFixture.base)/callback/\(fixture.corp.name.text)", from: client)
        guard case .invalid = native else { throw ProviderTestFailure("the native callback took it") }
        #expect(await fixture.api.finish(fixture.corp.name, callback, cookie: nil, from: client) == nil)
        #expect(await fixture.api.finish(fixture.corp.name, callback, cookie: "forged", from: client) == nil)
        let first = await fixture.api.finish(
            fixture.corp.name, callback, cookie: departure.flow.value, from: client)
        #expect(first?.contains("code=asp_") == true)
        let again = try #require(
            await fixture.api.finish(fixture.corp.name, callback, cookie: departure.flow.value, from: client))
        #expect(SupabaseFixture.parameter("error_code", of: again) == "flow_state_expired")
        #expect(SupabaseFixture.parameter("error_description", of: again) != nil)
    }

    @Test("an address that a user has is linked to where both sides prove it, and refused elsewhere")
    func address() async throws {
        let fixture = try await SupabaseFixture()
        _ = try await fixture.confirmed()
        let target = try await fixture.travel(as: Person("other", email: "ada@example.test", isVerified: false))
        let code = try #require(SupabaseFixture.parameter("code", of: target))
        await #expect(throws: SupabaseError.providerEmailNeedsVerification) { try await fixture.exchange(code) }
        let proven = try await fixture.travel()
        let session = try await fixture.exchange(try #require(SupabaseFixture.parameter("code", of: proven)))
        #expect(try await fixture.user().id == session.profile.record.user.id)
    }

    @Test("linking takes effect in the session that began it alone, and never in the callback")
    func linking() async throws {
        let fixture = try await SupabaseFixture { _, supabase in supabase.linksManually = true }
        let session = try await fixture.confirmed()
        fixture.clock.advance(by: .seconds(61))
        let other = try await fixture.confirmed("grace")
        let caller = try await fixture.caller(session)
        let url = try await fixture.api.linkURL(
            caller, provider: fixture.corp.name.text, returning: try fixture.returning(withChallenge: true),
            scopes: nil, parameters: [("prompt", "login"), ("state", "mine")], from: client)
        #expect(url.hasPrefix("\(SupabaseFixture.base)/authorize?provider=\(fixture.corp.name.text)&ticket="))
        #expect(SupabaseFixture.parameter("prompt", of: url) == "login")
        #expect(SupabaseFixture.parameter("state", of: url) == nil)
        let ticket = try #require(SupabaseFixture.parameter("ticket", of: url))
        let departure = try await fixture.api.departure(
            provider: fixture.corp.name.text, returning: try fixture.returning(), scopes: nil, parameters: [],
            ticket: ticket, from: client)
        let person = Person("work", email: "ada@work.test", isVerified: true)
        let target = try #require(
            await fixture.api.finish(
                fixture.corp.name, try fixture.corp.consent(to: departure.url, as: person),
                cookie: departure.flow.value, from: client))
        let code = try #require(SupabaseFixture.parameter("code", of: target))
        #expect(try await fixture.api.profile(of: caller).record.identities.isEmpty)
        for token in [nil, other.accessToken, "no token"] {
            await #expect(throws: SupabaseError.flowStateNotFound) { try await fixture.exchange(code, bearing: token) }
        }

        let linked = try await fixture.exchange(code, bearing: session.accessToken)

        #expect(linked.profile.record.user.id == caller.user.id && linked.profile.record.identities.count == 1)
        let identity = try #require(linked.profile.record.identities.first)
        let emailID = SupabaseView.emailIdentityID(of: caller.user.id).description
        await #expect(throws: SupabaseError.singleIdentity) {
            try await fixture.api.unlink(emailID, of: caller, from: client)
        }
        await #expect(throws: SupabaseError.identityNotFound) {
            try await fixture.api.unlink(identity.id.description, of: try await fixture.caller(other), from: client)
        }
        try await fixture.api.unlink(identity.id.description, of: caller, from: client)
        #expect(try await fixture.api.profile(of: caller).record.identities.isEmpty)
    }

    @Test("linking needs a challenge, a recent sign-in, and the setting")
    func refusedLinking() async throws {
        let fixture = try await SupabaseFixture { _, supabase in supabase.linksManually = true }
        let session = try await fixture.confirmed()
        let caller = try await fixture.caller(session)
        let name = fixture.corp.name.text
        await #expect(throws: SupabaseError.self) {
            try await fixture.api.linkURL(
                caller, provider: name, returning: try fixture.returning(), scopes: nil, parameters: [],
                from: client)
        }
        fixture.clock.advance(by: .seconds(16 * 60))
        await #expect(throws: SupabaseError.reauthenticationNeeded) {
            try await fixture.api.linkURL(
                caller, provider: name, returning: try fixture.returning(withChallenge: true), scopes: nil,
                parameters: [], from: client)
        }
        let off = try await SupabaseFixture()
        let other = try await off.caller(try await off.confirmed())
        await #expect(throws: SupabaseError.manualLinkingDisabled) {
            try await off.api.linkURL(
                other, provider: name, returning: try off.returning(withChallenge: true), scopes: nil,
                parameters: [], from: client)
        }
    }

    @Test("an id token counts once, with the digest of its nonce; without one only where that is allowed")
    func idToken() async throws {
        let fixture = try await SupabaseFixture()
        let raw = "a raw nonce"
        let digits = Array("0123456789abcdef".utf8)
        let digest = String(
            decoding: SHA256.digest(Array(raw.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
        let token = try fixture.corp.idToken(nonce: digest)
        func signIn(_ token: String?, _ nonce: String?) async throws -> SupabaseSession {
            try await fixture.api.signIn(
                idToken: token, provider: fixture.corp.name.text, nonce: nonce, accessToken: nil, from: client)
        }
        let refused = SupabaseError.oauth(error: "invalid_grant", description: "Bad ID token")
        await #expect(throws: refused) { try await signIn(token, digest) }
        await #expect(throws: refused) { try await signIn(token, nil) }
        await #expect(throws: refused) { try await signIn(try fixture.corp.idToken(nonce: nil), nil) }
        let session = try await signIn(token, raw)
        #expect(session.profile.record.user.email?.canonical == "ada@example.test")
        await #expect(throws: refused) { try await signIn(token, raw) }
        await #expect(throws: SupabaseError.self) { try await signIn(nil, raw) }
    }
}
