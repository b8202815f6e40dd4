// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import AuthTokens
import Testing

@Suite("Supabase's API: sessions and tokens")
struct SupabaseSessionTests {
    @Test("a token says who the user is, how they signed in, and always the same role")
    func claims() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let session = try await fixture.session()
        let verifier = SupabaseTokenVerifier(
            keys: try VerificationKeySet([SigningKey(secret: Array(0..<64)).verificationKey]),
            policy: SupabaseTokenPolicy(issuer: SupabaseFixture.base))
        let claims = try verifier.verify(session.accessToken, at: fixture.clock.now)
        let user = session.profile.record.user
        #expect(claims.subject == user.id.description && claims.email == "ada@example.test" && claims.phone.isEmpty)
        #expect(claims.role == "authenticated" && claims.audience == "authenticated" && claims.aal == "aal1")
        #expect(claims.methods.map(\.name) == ["password"] && !claims.isAnonymous)
        #expect(claims.expiresAtSeconds == session.expiresAt.seconds)
        #expect(claims.appMetadata["provider"] == "email")
        #expect(claims.userMetadata["email_verified"] == true)
    }

    @Test("metadata beyond 4 KiB is left out of tokens, and the operator is told")
    func largeMetadata() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let session = try await fixture.session()
        let caller = try await fixture.caller(session)
        let data = JSONObject(dictionaryLiteral: ("text", .string(String(repeating: "x", count: 5_000))))
        _ = try await fixture.api.update(caller, by: SupabaseUserChange(data: data), from: client)

        let refreshed = try await fixture.api.refresh(session.refreshToken, from: client)

        #expect(refreshed.accessToken.utf8.count < 2_000)
        #expect(refreshed.profile.userMetadata["text"] != nil)
        #expect(
            fixture.authority.events.all.contains { event in
                if case .metadataLeftOut = event { true } else { false }
            })
    }

    @Test("tokens of each API are refused by the other")
    func foreignTokens() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let session = try await fixture.session()
        let service = fixture.authority.service
        let native = try await fixture.authority.attempt("ada@example.test", SupabaseFixture.password)

        await #expect(throws: AuthError.self) { try await service.access.authenticate(session.accessToken) }
        await #expect(throws: AuthError.badRefreshToken) {
            try await service.sessions.refresh(session.refreshToken, from: client)
        }
        await #expect(throws: SupabaseError.badJWT) { try await fixture.api.caller(bearing: native.accessToken) }
        await #expect(throws: SupabaseError.refreshTokenNotFound) {
            try await fixture.api.refresh(native.refreshToken, from: client)
        }
        let prefix = String(native.refreshToken.dropFirst(4))
        await #expect(throws: SupabaseError.refreshTokenNotFound) {
            try await fixture.api.refresh("asr_" + prefix, from: client)
        }
        #expect(service.limits.holder(ofRefreshToken: session.refreshToken) != nil)
        _ = try await service.access.authenticate(native.accessToken)
        _ = try await fixture.caller(session)
    }

    @Test("a refresh keeps the session, and reuse ends it")
    func refresh() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let first = try await fixture.session()
        let id = try await fixture.caller(first).session.id
        var current = first
        for _ in 0..<3 {
            fixture.clock.advance(by: .seconds(600))
            current = try await fixture.api.refresh(current.refreshToken, from: client)
        }
        #expect(try await fixture.caller(current).session.id == id)

        await #expect(throws: SupabaseError.refreshTokenUsed) {
            try await fixture.api.refresh(first.refreshToken, from: client)
        }
        await #expect(throws: SupabaseError.sessionNotFound) { try await fixture.caller(current) }
        await #expect(throws: SupabaseError.refreshTokenUsed) {
            try await fixture.api.refresh(current.refreshToken, from: client)
        }
    }

    @Test("a ban holds at once in both APIs, and keeps the sessions")
    func ban() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let session = try await fixture.session()
        let native = try await fixture.authority.attempt("ada@example.test", SupabaseFixture.password)
        let admin = try await fixture.admin()
        let id = session.profile.record.user.id

        _ = try await fixture.api.update(id, by: SupabaseDraft(banDuration: "1h"), as: admin, from: client)

        await #expect(throws: SupabaseError.userBanned) { try await fixture.caller(session) }
        await #expect(throws: SupabaseError.userBanned) {
            try await fixture.api.refresh(session.refreshToken, from: client)
        }
        await #expect(throws: SupabaseError.userBanned) { try await fixture.signIn() }
        await #expect(throws: SupabaseError.invalidCredentials) {
            try await fixture.signIn("ada", "correct horse battery")
        }
        await #expect(throws: AuthError.tokenRevoked) {
            try await fixture.authority.service.access.authenticate(native.accessToken)
        }
        _ = try await fixture.api.update(id, by: SupabaseDraft(banDuration: "none"), as: admin, from: client)
        _ = try await fixture.api.refresh(session.refreshToken, from: client)
    }

    @Test("signing out reaches the sessions of both APIs", arguments: ["global", "local", "others"])
    func signOut(_ scope: String) async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let session = try await fixture.session()
        let other = try await fixture.signIn()
        let native = try await fixture.authority.attempt("ada@example.test", SupabaseFixture.password)

        try await fixture.api.signOut(try await fixture.caller(session), scope: scope, from: client)

        let isAlive = await [session, other].asyncMap { session in
            (try? await fixture.caller(session)) != nil
        }
        let isNativeAlive = (try? await fixture.authority.service.access.authenticate(native.accessToken)) != nil
        switch scope {
        case "global": #expect(isAlive == [false, false] && !isNativeAlive)
        case "local": #expect(isAlive == [false, true] && isNativeAlive)
        default: #expect(isAlive == [true, false] && !isNativeAlive)
        }
        await #expect(throws: SupabaseError.self) {
            try await fixture.api.signOut(try await fixture.caller(other), scope: "every", from: client)
        }
    }

    @Test("a native sign-out everywhere and a native deactivation end the sessions of this API")
    func nativeEnds() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let session = try await fixture.session()
        let service = fixture.authority.service
        let principal = try await service.access.authenticate(
            try await fixture.authority.attempt("ada@example.test", SupabaseFixture.password).accessToken)
        _ = try await service.sessions.signOutEverywhere(principal, from: client)
        await #expect(throws: SupabaseError.sessionNotFound) { try await fixture.caller(session) }
        await #expect(throws: SupabaseError.sessionNotFound) {
            try await fixture.api.refresh(session.refreshToken, from: client)
        }
    }

    @Test("unknown and known addresses get equal answers at a sign-in, at the same work")
    func equalAnswers() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        _ = try await fixture.session()
        var work: [Int] = []
        for name in ["ada", "unknown"] {
            let before = fixture.authority.hasher.counts.verifications
            await #expect(throws: SupabaseError.invalidCredentials) {
                try await fixture.signIn(name, "correct horse battery")
            }
            work.append(fixture.authority.hasher.counts.verifications - before)
        }
        #expect(work == [1, 1])
    }

    @Test("without the settings nothing is served, and nothing is written")
    func off() async throws {
        let authority = try await TestAuthority()
        let api = authority.service.supabase
        await #expect(throws: SupabaseError.featureDisabled) { try await api.caller(bearing: "x") }
        await #expect(throws: SupabaseError.featureDisabled) {
            try await api.signIn(
                SupabaseContact(email: "ada@example.test", phone: nil), password: "a password", from: client)
        }
        await #expect(throws: SupabaseError.featureDisabled) {
            try await api.administrator(
                SupabaseCredential(bearer: "x", apiKey: nil), hasOrigin: false, from: client)
        }
        #expect(try await api.keys().isEmpty)
        #expect(String(decoding: api.jwks(), as: UTF8.self) == #"{"keys":[]}"#)
    }
}

extension Sequence {
    /// The results of an asynchronous closure, in order.
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
