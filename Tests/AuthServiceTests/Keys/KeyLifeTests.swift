// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStore
import AuthTestSupport
import AuthTesting
import AuthTokens
import Testing

@Suite("Signing keys in the store")
struct KeyLifeTests {
    let store = InMemoryAuthStore()
    let clock = ManualClock()

    func authority(
        _ algorithm: SignatureAlgorithm = .es256, rotation: Duration? = nil, seed: UInt64 = 1
    ) async throws -> TestAuthority {
        try await TestAuthority(
            store: store, clock: clock, seed: seed, signing: .stored(algorithm, rotationPeriod: rotation))
    }

    func states() async throws -> [String] {
        try await store.signingKeys().map(\.state.rawValue).sorted()
    }

    @Test(
        "the first start makes one key, and the second process uses it", arguments: [SignatureAlgorithm.es256, .edDSA])
    func firstStart(algorithm: SignatureAlgorithm) async throws {
        let here = try await authority(algorithm)
        let there = try await authority(algorithm)
        let pair = try await here.signIn(as: "ada")

        #expect(try await states() == ["active"])
        #expect(try await there.service.access.authenticate(pair.accessToken).user.id == pair.user.id)
        #expect(here.service.keys.jwks == there.service.keys.jwks)
        #expect(try JWKSet(here.service.keys.jwks).keys.map(\.id) == [try await store.signingKeys().first?.id])
    }

    @Test("processes that start at once make one key")
    func race() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await authority() } }
            try await group.waitForAll()
        }
        #expect(try await states() == ["active"])
    }

    @Test("private keys are stored sealed, and another root key cannot open them")
    func sealed() async throws {
        _ = try await authority()
        let key = try #require(try await store.signingKeys().first)

        #expect(!String(decoding: key.sealedPrivateKey, as: UTF8.self).contains("\"d\""))
        #expect(!key.publicJWK.contains("\"d\""))
        await #expect(throws: TestAuthorityError.self) { try await authority(seed: 2) }
        #expect(try await states() == ["active"])
    }

    @Test("a key rotation publishes first, signs after cached key sets have expired, and retires after the last token")
    func rotation() async throws {
        let authority = try await authority()
        let before = try await authority.signIn(as: "ada")

        try await authority.service.keys.perform(.rotate)
        #expect(try await states() == ["active", "pending"])
        #expect(try JWKSet(authority.service.keys.jwks).keys.count == 2)
        try await authority.service.keys.perform(.rotate)
        #expect(try await states() == ["active", "pending"])

        clock.advance(by: authority.service.keys.jwksLifetime)
        await authority.service.runMaintenance()
        #expect(try await states() == ["active", "retiring"])
        _ = try await authority.service.access.authenticate(before.accessToken)
        let after = try await authority.signIn(as: "ada")
        #expect(try header(after.accessToken).keyID != header(before.accessToken).keyID)

        clock.advance(by: authority.service.settings.revocationHorizon + .seconds(1))
        await authority.service.runMaintenance()
        #expect(try await states() == ["active", "retired"])
        #expect(try JWKSet(authority.service.keys.jwks).keys.count == 1)
    }

    @Test("after an emergency rotation the old key verifies nothing, and a new one signs at once")
    func compromise() async throws {
        let authority = try await authority()
        let before = try await authority.signIn(as: "ada")
        _ = try await authority.service.access.authenticate(before.accessToken)

        try await authority.service.keys.perform(.rotateAfterCompromise)

        #expect(try await states() == ["active", "retired"])
        let error = await #expect(throws: AuthError.self) {
            try await authority.service.access.authenticate(before.accessToken)
        }
        guard case .badToken = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        let after = try await authority.service.sessions.refresh(before.refreshToken, from: client)
        _ = try await authority.service.access.authenticate(after.accessToken)
    }

    @Test("revoking the active key replaces it at once, and its impact is reported before")
    func revokingActive() async throws {
        let authority = try await authority()
        let before = try await authority.signIn(as: "ada")
        let key = try #require(try await store.signingKeys().first)
        clock.advance(by: .seconds(60))
        _ = try await authority.signIn(as: "grace")
        clock.advance(by: authority.service.settings.sessions.accessTokenLifetime)

        let impact = try #require(try await authority.service.keys.impact(ofRevoking: key.id))
        #expect(impact.signedFrom == key.stateChangedAt && impact.signedUntil == nil)
        let settings = authority.service.settings
        #expect(
            impact.tokensLiveUntil == clock.now + settings.sessions.accessTokenLifetime + settings.clockLeeway)
        #expect(impact.sessionCount == 1)

        let outcome = try await authority.service.keys.revoke(key.id)
        let keys = try await store.signingKeys()
        let active = try #require(keys.first { $0.state == .active })
        #expect(outcome == .revoked(active: active.id))
        #expect(keys.first { $0.id == key.id }?.state == .retired)
        #expect(try JWKSet(authority.service.keys.jwks).keys.map(\.id) == [active.id])
        await expectBadToken(before.accessToken, at: authority)
        let after = try await authority.service.sessions.refresh(before.refreshToken, from: client)
        _ = try await authority.service.access.authenticate(after.accessToken)
        let actions = try await store.auditEvents(before: nil, limit: 100).map(\.event.action)
        #expect(actions.count { $0 == .keyRevoked } == 1)
        #expect(try await authority.service.keys.revoke(key.id) == .alreadyRetired)
        #expect(try await authority.service.keys.revoke("nobody") == .unknown)
        #expect(try await authority.service.keys.impact(ofRevoking: "nobody") == nil)
    }

    @Test("revoking a pending or retiring key does not change the active one")
    func revokingOthers() async throws {
        let authority = try await authority()
        let first = try await authority.signIn(as: "ada")
        try await authority.service.keys.perform(.rotate)
        let pending = try #require(try await store.signingKeys().first { $0.state == .pending })
        #expect(try await authority.service.keys.impact(ofRevoking: pending.id)?.tokensLiveUntil == nil)
        _ = try await authority.service.keys.revoke(pending.id)
        #expect(try await states() == ["active", "retired"])
        _ = try await authority.service.access.authenticate(first.accessToken)

        try await authority.service.keys.perform(.rotate)
        clock.advance(by: authority.service.keys.jwksLifetime)
        await authority.service.runMaintenance()
        let retiring = try #require(try await store.signingKeys().first { $0.state == .retiring })
        let impact = try #require(try await authority.service.keys.impact(ofRevoking: retiring.id))
        #expect(impact.signedUntil == retiring.stateChangedAt && impact.sessionCount == 1)
        let second = try await authority.signIn(as: "ada")
        let revoked = try await authority.service.keys.revoke(retiring.id)
        #expect(revoked == .revoked(active: try header(second.accessToken).keyID ?? ""))
        await expectBadToken(first.accessToken, at: authority)
        _ = try await authority.service.access.authenticate(second.accessToken)
    }

    @Test("a pending key replaces the revoked one")
    func pendingTakesOver() async throws {
        let authority = try await authority()
        let active = try #require(try await store.signingKeys().first)
        try await authority.service.keys.perform(.rotate)
        let pending = try #require(try await store.signingKeys().first { $0.state == .pending })

        #expect(try await authority.service.keys.revoke(active.id) == .revoked(active: pending.id))
        #expect(try await states() == ["active", "retired"])
    }

    @Test("a retired key is kept for thirty days, and then removed with its sealed secret")
    func forgettingRetired() async throws {
        let authority = try await authority()
        let key = try #require(try await store.signingKeys().first)
        _ = try await authority.service.keys.revoke(key.id)

        clock.advance(by: .seconds(30 * 86_400 - 1))
        await authority.service.runMaintenance()
        #expect(try await store.signingKeys().contains { $0.id == key.id })
        clock.advance(by: .seconds(1))
        await authority.service.runMaintenance()
        #expect(try await states() == ["active"])
        _ = try await authority.service.access.authenticate(try await authority.signIn(as: "ada").accessToken)
    }

    // Behaviour E73
    @Test("another process follows a rotation through the feed")
    func follows() async throws {
        let here = try await authority()
        let there = try await authority()
        try await here.service.keys.perform(.rotateAfterCompromise)
        let pair = try await here.signIn(as: "ada")

        try await there.service.changeFeed.readChanges()

        _ = try await there.service.access.authenticate(pair.accessToken)
    }

    /// Two services on one store in which something can be done between a reading and its answer.
    func observed() async throws -> (ObservedStore, TestAuthority, TestAuthority) {
        let store = ObservedStore()
        func authority() async throws -> TestAuthority {
            try await TestAuthority(store: store, clock: clock, signing: .stored(.es256, rotationPeriod: nil))
        }
        return (store, try await authority(), try await authority())
    }

    func expectBadToken(_ token: String, at authority: TestAuthority) async {
        let error = await #expect(throws: AuthError.self) { try await authority.service.access.authenticate(token) }
        guard case .badToken = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test("a revoked key is not restored by an older state that is being read")
    func overtaken() async throws {
        let (store, here, _) = try await observed()
        let before = try await here.signIn(as: "ada")
        store.afterNext(.updateSigningKeys) { () throws(StoreError) in
            try? await here.service.keys.perform(.rotateAfterCompromise)
        }

        await here.service.runMaintenance()

        await expectBadToken(before.accessToken, at: here)
        let after = try await here.signIn(as: "ada")
        #expect(try header(after.accessToken).keyID != header(before.accessToken).keyID)
    }

    @Test("a revocation of a key that could not be read is read again")
    func unread() async throws {
        let (store, here, there) = try await observed()
        let before = try await here.signIn(as: "ada")
        _ = try await there.service.access.authenticate(before.accessToken)
        try await here.service.keys.perform(.rotateAfterCompromise)
        store.afterNext(.updateSigningKeys) { () throws(StoreError) in throw .unavailable("down") }

        await #expect(throws: AuthError.unavailable) { try await there.service.changeFeed.readChanges() }
        try await there.service.changeFeed.readChanges()

        await expectBadToken(before.accessToken, at: there)
    }

    @Test("a key that is revoked while a process starts is rejected once it has read the feed")
    func revokedDuringStart() async throws {
        let (store, here, _) = try await observed()
        let before = try await here.signIn(as: "ada")
        store.afterNext(.updateSigningKeys) { () throws(StoreError) in
            try? await here.service.keys.perform(.rotateAfterCompromise)
        }

        let late = try await TestAuthority(
            store: store, clock: clock, signing: .stored(.es256, rotationPeriod: nil))
        try await late.service.changeFeed.readChanges()

        await expectBadToken(before.accessToken, at: late)
    }

    @Test("another algorithm is used after its key was published")
    func algorithmChange() async throws {
        _ = try await authority(.es256)
        let later = try await authority(.edDSA)
        #expect(try await states() == ["active", "pending"])
        #expect(try header(try await later.signIn(as: "ada").accessToken).algorithm == "ES256")

        clock.advance(by: later.service.keys.jwksLifetime)
        await later.service.runMaintenance()

        #expect(try header(try await later.signIn(as: "ada").accessToken).algorithm == "EdDSA")
    }

    @Test("keys rotate automatically with a rotation period")
    func scheduled() async throws {
        let authority = try await authority(rotation: .seconds(86_400))
        clock.advance(by: .seconds(86_400 - 599))
        await authority.service.runMaintenance()
        #expect(try await states() == ["active", "pending"])

        clock.advance(by: .seconds(600))
        await authority.service.runMaintenance()
        #expect(try await states() == ["active", "retiring"])
    }

    func header(_ token: String) throws -> JWSHeader {
        let encoded = try #require(token.split(separator: ".").first)
        return try JWSHeader(json: try #require(Base64URL.decode(encoded.utf8)))
    }
}
