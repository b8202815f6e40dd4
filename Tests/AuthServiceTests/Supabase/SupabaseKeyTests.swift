// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import AuthTokens
import Testing

@Suite("Supabase's API: keys")
struct SupabaseKeyTests {
    private func make(
        _ fixture: SupabaseFixture, _ form: SupabaseKey.Form, isNew: Bool = false
    ) async throws -> SupabaseKeyTexts {
        try await fixture.api.makeKeys(
            form, name: "tests", lifetime: SupabaseService.keyLifetime, isNew: isNew, from: client)
    }

    private func administrator(
        _ fixture: SupabaseFixture, _ text: String?, hasOrigin: Bool = false
    ) async throws -> SupabaseAdmin {
        try await fixture.api.administrator(
            SupabaseCredential(bearer: text, apiKey: nil), hasOrigin: hasOrigin, from: client)
    }

    @Test(
        "a secret key opens the administration, never with an origin, and never once revoked",
        arguments: SupabaseKey.Form.allCases)
    func secret(_ form: SupabaseKey.Form) async throws {
        let fixture = try await SupabaseFixture()
        let texts = try await make(fixture, form)
        let text = texts.service.revealed
        let admin = try await administrator(fixture, text)
        #expect(admin.actor == UserID(texts.key.id.uuid))
        #expect(try await fixture.api.keys().first?.lastUsedAt == fixture.clock.now)
        #expect(!"\(texts)".contains(text))
        await #expect(throws: SupabaseError.notAdmin) { try await self.administrator(fixture, text, hasOrigin: true) }
        await #expect(throws: SupabaseError.notAdmin) {
            try await self.administrator(fixture, texts.anonymous.revealed)
        }
        await #expect(throws: SupabaseError.noAuthorization) { try await self.administrator(fixture, nil) }
        await #expect(throws: SupabaseError.badJWT) { try await self.administrator(fixture, text + "x") }
        let changed = String(text.dropLast()) + (text.last == "0" ? "1" : "0")
        await #expect(throws: SupabaseError.badJWT) { try await self.administrator(fixture, changed) }

        _ = try await fixture.api.revokeKey(texts.key.id, from: client)

        await #expect(throws: SupabaseError.badJWT) { try await self.administrator(fixture, text) }
        let refusals = try await fixture.authority.refusals(of: .supabaseKeyRefused)
        #expect(refusals.contains("key_revoked") && refusals.contains("key_with_origin"))
    }

    @Test("a key ends, and keys with long to go are given out again")
    func lifetime() async throws {
        let fixture = try await SupabaseFixture()
        let first = try await make(fixture, .jwt)
        #expect(try await make(fixture, .jwt).key == first.key)
        #expect(try await make(fixture, .jwt, isNew: true).key.id != first.key.id)
        await #expect(throws: AuthError.tooManyKeys) { try await self.make(fixture, .jwt, isNew: true) }
        fixture.clock.advance(by: SupabaseService.keyLifetime)
        await #expect(throws: SupabaseError.badJWT) {
            try await self.administrator(fixture, first.service.revealed)
        }
        _ = try await make(fixture, .jwt)
    }

    @Test("no token of a user opens the administration, whatever role the user has")
    func userTokens() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let session = try await fixture.session()
        let native = try await fixture.authority.signIn(as: "root", role: .admin)
        for token in [session.accessToken, native.accessToken] {
            await #expect(throws: SupabaseError.notAdmin) { try await self.administrator(fixture, token) }
        }
        for text in ["", "x", "a.b.c", "sb_secret_", "sb_publishable_x"] {
            await #expect(throws: SupabaseError.self) { try await self.administrator(fixture, text) }
        }
    }

    @Test("the bare form is accepted under a secret of its own alone, by its role and while it lasts")
    func bare() async throws {
        let secret = try SigningKey(secret: Array("a secret for the bare form alone".utf8))
        let other = try SigningKey(secret: Array("another secret, thirty-two octets".utf8))
        let fixture = try await SupabaseFixture { _, supabase in supabase.bareSecret = secret }
        func token(_ payload: String, _ key: SigningKey, kid: Bool = false) throws -> String {
            let header = kid ? #"{"alg":"HS256","kid":"unknown","typ":"JWT"}"# : #"{"alg":"HS256","typ":"JWT"}"#
            let input = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(payload.utf8))
            return input + "." + Base64URL.encode(try key.signature(for: Array(input.utf8)))
        }
        for payload in [#"{"role":"service_role"}"#, #"{"sub":"1234567890","role":"supabase_admin"}"#] {
            let admin = try await administrator(fixture, try token(payload, secret))
            #expect(admin.actor == UserID(UUIDv7(high: 0, low: 0)))
            _ = try await administrator(fixture, try token(payload, secret, kid: true))
            await #expect(throws: SupabaseError.badJWT) {
                try await self.administrator(fixture, try token(payload, other))
            }
        }
        await #expect(throws: SupabaseError.notAdmin) {
            try await self.administrator(fixture, try token(#"{"role":"authenticated"}"#, secret))
        }
        await #expect(throws: SupabaseError.badJWT) {
            try await self.administrator(fixture, try token(#"{"role":"service_role","exp":1}"#, secret))
        }
        let off = try await SupabaseFixture()
        await #expect(throws: SupabaseError.badJWT) {
            try await self.administrator(off, try token(#"{"role":"service_role"}"#, secret))
        }
    }

    @Test("the key set has the key for API keys, and verifies them")
    func keySet() async throws {
        let fixture = try await SupabaseFixture()
        let texts = try await make(fixture, .jwt)
        let set = try JWKSet(fixture.api.jwks())
        #expect(set.keys.count == 1 && set.keys.first?.algorithm == .es256)
        let key = try VerificationKey(try #require(set.keys.first))
        let payload = try SupabaseJWS(texts.anonymous.revealed).payload(signedWith: key)
        #expect(try SupabaseKeyClaims(payload: payload).role == "anon")
        #expect(!String(decoding: fixture.authority.service.keys.jwks, as: UTF8.self).contains("ES256"))
    }

    @Test("another process reads the same key, and accepts the keys of the first")
    func secondProcess() async throws {
        let fixture = try await SupabaseFixture()
        let texts = try await make(fixture, .jwt)
        let second = try await SupabaseFixture(store: fixture.authority.store)
        #expect(second.api.jwks() == fixture.api.jwks())
        _ = try await administrator(second, texts.service.revealed)
        _ = try await second.api.revokeKey(texts.key.id, from: client)
        await #expect(throws: SupabaseError.badJWT) {
            try await self.administrator(fixture, texts.service.revealed)
        }
    }
}
