// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import AuthTokens
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Published keys", .timeLimit(.minutes(2))) struct PublishedKeysTests {
    let store = InMemoryAuthStore()
    let clock = ManualClock()

    /// A process on the one store.
    func process(_ algorithm: SignatureAlgorithm = .es256) async throws -> APIFixture {
        try await APIFixture(store: store, clock: clock, signing: .stored(algorithm, rotationPeriod: nil))
    }

    func publishedIDs(_ fixture: APIFixture) async throws -> Set<String> {
        let seen = await fixture.send(.get, "/.well-known/jwks.json")
        return Set(
            try #require(seen.json?["keys"]?.arrayValue).compactMap { $0.objectValue?["kid"]?.stringValue })
    }

    func keyID(of token: String) throws -> String {
        let header = try JSONReader.read(Array(Forger.parts(of: token).header.utf8)).objectValue
        return try #require(header?["kid"]?.stringValue)
    }

    // Behaviour E72
    @Test("the next key is published before it signs, and the previous one until its last token has expired")
    func rotation() async throws {
        let fixture = try await process()
        let before = try await fixture.token("ada")
        let old = try keyID(of: before)
        #expect(try await publishedIDs(fixture) == [old])

        try await fixture.service.keys.perform(.rotate)
        let announced = try await publishedIDs(fixture)
        let new = try #require(announced.subtracting([old]).first)
        #expect(announced == [old, new])
        // Nothing is signed with it before every copy of the earlier set has run out.
        clock.advance(by: fixture.service.keys.jwksLifetime - .seconds(1))
        await fixture.service.runMaintenance()
        let last = try await fixture.token("ada")
        #expect(try keyID(of: last) == old)

        clock.advance(by: .seconds(1))
        await fixture.service.runMaintenance()
        let lastOfOld = last
        #expect(try keyID(of: try await fixture.token("ada")) == new)
        #expect(try await publishedIDs(fixture) == [old, new])
        clock.advance(by: .seconds(1_790))
        await fixture.service.runMaintenance()
        #expect(await fixture.send(.get, "/auth/me", token: lastOfOld).status == 200)
        #expect(try await publishedIDs(fixture) == [old, new])

        clock.advance(by: fixture.service.settings.revocationHorizon)
        await fixture.service.runMaintenance()
        #expect(await fixture.send(.get, "/auth/me", token: lastOfOld).status == 401)
        #expect(try await publishedIDs(fixture) == [new])
    }

    // Behaviour E73
    @Test("a rotation reaches every process while it runs")
    func everywhere() async throws {
        let here = try await process()
        let there = try await process()
        let before = try await there.token("ada")
        try await here.service.keys.perform(.rotate)
        try await there.service.changeFeed.readChanges()
        #expect(try await publishedIDs(there) == publishedIDs(here))

        clock.advance(by: here.service.keys.jwksLifetime)
        await here.service.runMaintenance()
        try await there.service.changeFeed.readChanges()

        let signedHere = try await here.token("ada")
        let signedThere = try await there.token("ada")
        #expect(try keyID(of: signedHere) != keyID(of: before))
        #expect(try keyID(of: signedThere) == keyID(of: signedHere))
        for token in [before, signedHere, signedThere] {
            for process in [here, there] {
                #expect(await process.send(.get, "/auth/me", token: token).status == 200)
            }
        }
    }

    // Behaviour E75
    @Test(
        "tokens of a revoked key are rejected from the next request on, cached ones too, and in other processes after the feed"
    )
    func revoked() async throws {
        let here = try await process()
        let there = try await process()
        let pair = try await here.authority.signIn(as: "ada")
        for process in [here, there] {
            #expect(await process.send(.get, "/auth/me", token: pair.accessToken).status == 200)
        }

        try await here.service.keys.perform(.rotateAfterCompromise)

        #expect(await here.send(.get, "/auth/me", token: pair.accessToken).code == "invalid_token")
        #expect(try await !publishedIDs(here).contains(keyID(of: pair.accessToken)))
        try await there.service.changeFeed.readChanges()
        #expect(await there.send(.get, "/auth/me", token: pair.accessToken).code == "invalid_token")
        let refreshed = await here.send(.post, "/auth/refresh", #"{"refresh_token":"\#(pair.refreshToken)"}"#)
        #expect(await here.send(.get, "/auth/me", token: refreshed.text("access_token")).status == 200)
    }

    // Behaviour E76
    @Test(
        "the key set has only public members, an ETag and a lifetime",
        arguments: [
            (SignatureAlgorithm.es256, ["alg", "crv", "kid", "kty", "use", "x", "y"]),
            (.edDSA, ["alg", "crv", "kid", "kty", "use", "x"]), (.rs256, ["alg", "e", "kid", "kty", "n", "use"]),
        ])
    func publicMembers(algorithm: SignatureAlgorithm, members: [String]) async throws {
        let fixture = try await process(algorithm)
        let seen = await fixture.send(.get, "/.well-known/jwks.json")

        let keys = try #require(seen.json?["keys"]?.arrayValue).compactMap(\.objectValue)
        #expect(keys.count == 1)
        for key in keys { #expect(key.names.sorted() == members) }
        #expect(seen["cache-control"] == "public, max-age=600")
        let tag = try #require(seen["etag"])
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.count > 2)
        let unchanged = await fixture.send(.get, "/.well-known/jwks.json", fields: ["If-None-Match": tag])
        #expect(unchanged.status == 304 && unchanged.text.isEmpty && unchanged["etag"] == tag)

        try await fixture.service.keys.perform(.rotate)
        let changed = await fixture.send(.get, "/.well-known/jwks.json", fields: ["If-None-Match": tag])
        #expect(changed.status == 200 && changed["etag"] != tag)
        for key in try #require(changed.json?["keys"]?.arrayValue).compactMap(\.objectValue) {
            #expect(key.names.sorted() == members)
        }
    }
}
