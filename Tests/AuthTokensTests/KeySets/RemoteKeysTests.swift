// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens
import Synchronization
import Testing

@Suite("Freshness of remote keys")
struct RemoteKeyFreshnessTests {
    private let limits = RemoteKeyFreshness.Limits(
        cooldown: .seconds(30), defaultLifetime: .seconds(600), maximumLifetime: .seconds(3_600),
        staleness: .seconds(100))

    private func at(_ seconds: Int64) -> BootInstant { BootInstant(microseconds: seconds * 1_000_000) }

    /// Fetched at 1,000.
    private func loaded(lifetime: Duration?? = .some(nil)) -> RemoteKeyFreshness {
        var freshness = RemoteKeyFreshness(limits: limits)
        _ = freshness.wanted(.age, at: at(1_000))
        freshness.finished(fetchStartedAt: at(1_000), lifetime: lifetime)
        return freshness
    }

    @Test("fetches first of all, whatever the reason", arguments: KeyRefreshReason.allCases)
    func first(_ reason: KeyRefreshReason) {
        var freshness = RemoteKeyFreshness(limits: limits)
        #expect(!freshness.isUsable(at: at(1_000)))
        #expect(freshness.wanted(reason, at: at(1_000)) == .fetch)
        #expect(freshness.wanted(reason, at: at(1_000)) == .join)
    }

    struct Case: CustomTestStringConvertible {
        let why: String
        let reason: KeyRefreshReason
        let now: Int64
        let action: RemoteKeyFreshness.Action
        var testDescription: String { why }
    }

    static let cases = [
        Case(why: "young keys are kept", reason: .age, now: 1_599, action: .proceed),
        Case(why: "keys at the end of their life are fetched again", reason: .age, now: 1_600, action: .fetch),
        Case(why: "an unknown key right after a fetch is refused", reason: .unknownKey, now: 1_000, action: .proceed),
        Case(why: "an unknown key within the cooldown is refused", reason: .unknownKey, now: 1_029, action: .proceed),
        Case(why: "an unknown key after the cooldown is looked for", reason: .unknownKey, now: 1_030, action: .fetch),
    ]

    @Test("decides by age and cooldown", arguments: cases)
    func decisions(_ example: Case) {
        var freshness = loaded()
        #expect(freshness.wanted(example.reason, at: at(example.now)) == example.action)
    }

    @Test("follows the publisher within bounds", arguments: [(60, 60), (86_400, 3_600), (-5, 0)] as [(Int64, Int64)])
    func lifetime(stated: Int64, granted: Int64) {
        var freshness = loaded(lifetime: .some(.seconds(stated)))
        if granted > 30 { #expect(freshness.wanted(.age, at: at(1_000 + granted - 1)) == .proceed) }
        #expect(freshness.wanted(.age, at: at(max(1_030, 1_000 + granted))) == .fetch)
        #expect(freshness.isUsable(at: at(1_000 + granted + 99)))
        #expect(!freshness.isUsable(at: at(1_000 + granted + 100)))
    }

    @Test("keys that changed are fetched as soon as the cooldown allows, and once more when all have settled")
    func change() {
        var early = loaded()
        #expect(early.wanted(.changed, at: at(1_010)) == .proceed)
        #expect(early.isUsable(at: at(1_109)) && !early.isUsable(at: at(1_110)))
        #expect(early.wanted(.age, at: at(1_029)) == .proceed)
        #expect(early.wanted(.age, at: at(1_030)) == .fetch)
        early.finished(fetchStartedAt: at(1_030), lifetime: .some(nil))
        #expect(early.wanted(.age, at: at(1_629)) == .proceed)

        var late = loaded()
        #expect(late.wanted(.changed, at: at(1_100)) == .fetch)
        #expect(late.wanted(.changed, at: at(1_101)) == .join)
        late.finished(fetchStartedAt: at(1_100), lifetime: .some(nil))
        #expect(late.wanted(.age, at: at(1_129)) == .proceed)
        #expect(late.wanted(.age, at: at(1_130)) == .fetch)
        late.finished(fetchStartedAt: at(1_130), lifetime: .some(nil))
        #expect(late.wanted(.age, at: at(1_729)) == .proceed)
    }

    @Test("waits for a fetch only if no keys are known")
    func joining() {
        var freshness = loaded()
        #expect(freshness.wanted(.age, at: at(1_600)) == .fetch)
        #expect(freshness.wanted(.age, at: at(1_601)) == .proceed)
        #expect(freshness.wanted(.unknownKey, at: at(1_601)) == .join)
        #expect(freshness.wanted(.age, at: at(1_700)) == .join)
    }

    @Test("keeps the cooldown after a failure too")
    func failure() {
        var freshness = loaded()
        #expect(freshness.wanted(.age, at: at(1_600)) == .fetch)
        freshness.finished(fetchStartedAt: at(1_600), lifetime: nil)

        #expect(freshness.wanted(.age, at: at(1_629)) == .proceed)
        #expect(freshness.wanted(.age, at: at(1_630)) == .fetch)
        #expect(freshness.isUsable(at: at(1_699)))
        #expect(!freshness.isUsable(at: at(1_700)))
    }
}

@Suite("Remote keys", .timeLimit(.minutes(10)))
struct RemoteKeysTests {
    private struct Unreachable: Error {}

    /// Publishes a set that the test changes, and counts how often it was asked.
    private final class Publisher: Sendable {
        private let state = Mutex<(text: [UInt8]?, asked: Int)>((nil, 0))

        func publish(_ keys: [SigningKey]) {
            state.withLock { $0.text = JWKSet(keys.compactMap(\.publicJWK)).serialized() }
        }

        func publish(text: String) { state.withLock { $0.text = Array(text.utf8) } }

        func goDown() { state.withLock { $0.text = nil } }

        var asked: Int { state.withLock { $0.asked } }

        func answer() throws -> FetchedKeySet {
            let text = state.withLock { state in
                state.asked += 1
                return state.text
            }
            guard let text else { throw Unreachable() }
            return FetchedKeySet(text, maxAge: .seconds(300))
        }
    }

    private let clock = TestClock()

    /// Lets time pass until so many seconds after the start, and gives the system time then.
    private func at(_ seconds: Int64) -> Timestamp {
        clock.pass(to: .seconds(seconds))
        return TestClaims.now + .seconds(seconds)
    }

    private func remoteKeys(
        limits: RemoteKeyFreshness.Limits = .init(), _ fetch: @escaping RemoteKeys.Fetch
    ) -> RemoteKeys {
        RemoteKeys(limits: limits, sinceBoot: { [clock] in clock.sinceBoot }, fetch: fetch)
    }

    private func verifier(_ publisher: Publisher) -> TokenVerifier {
        TokenVerifier(keys: remoteKeys { try publisher.answer() }, policy: TestClaims.policy)
    }

    @Test("are fetched once for many tokens")
    func oneFetch() async throws {
        let publisher = Publisher()
        publisher.publish([try TestKeys.key(.es256)])
        let verifier = verifier(publisher)
        for index in 0..<20 {
            let token = try TestClaims.token { $0.tokenID = "t\(index)" }
            #expect(try await verifier.verifyRefreshingKeys(token, at: at(1)).claims.tokenID == "t\(index)")
        }
        #expect(publisher.asked == 1)
    }

    @Test("are fetched again for a key that appeared, without a restart")
    func rotation() async throws {
        let publisher = Publisher()
        publisher.publish([try TestKeys.key(.es256)])
        let verifier = verifier(publisher)
        _ = try await verifier.verifyRefreshingKeys(TestClaims.token(), at: at(1))
        publisher.publish([try TestKeys.key(.es256), try TestKeys.key(.edDSA)])

        let verified = try await verifier.verifyRefreshingKeys(TestClaims.token(.edDSA), at: at(60))

        #expect(verified.keyID == (try TestKeys.key(.edDSA).id))
        #expect(publisher.asked == 2)
    }

    // Behaviour E74
    @Test("are not fetched for every token that names an unknown key")
    func flood() async throws {
        let publisher = Publisher()
        publisher.publish([try TestKeys.key(.es256)])
        let verifier = verifier(publisher)
        let stranger = try AccessTokenIssuer(SigningKey(generating: .es256)).token(for: TestClaims.valid)
        for second in 0..<90 as Range<Int64> {
            await #expect(throws: TokenError.unknownKey) {
                try await verifier.verifyRefreshingKeys(stranger, at: at(second))
            }
        }
        #expect(publisher.asked == 3)
    }

    // Behaviour E69
    @Test("are not fetched for a header with an embedded key or a key URL")
    func broughtKeys() async throws {
        let publisher = Publisher()
        let key = try TestKeys.key(.es256)
        publisher.publish([key])
        let verifier = verifier(publisher)
        _ = try await verifier.verifyRefreshingKeys(TestClaims.token(), at: at(0))

        for more in [
            #""jwk":{"kty":"oct","k":""}"#, #""jku":"https://evil.test""#, #""x5u":"https://evil.test""#,
            #""crit":["exp"],"exp":1"#,
        ] {
            let token = try TestClaims.forged(
                header: #"{"alg":"ES256","kid":"other","typ":"at+jwt",\#(more)}"#,
                payload: TestClaims.valid.serialized(), with: key)
            // Long after the cooldown, when an unknown key would be looked for.
            await #expect(throws: TokenError.unsupportedHeader) {
                try await verifier.verifyRefreshingKeys(token, at: at(200))
            }
        }
        #expect(publisher.asked == 1)
    }

    @Test("verify nothing after the next fetch once they were withdrawn")
    func revocation() async throws {
        let publisher = Publisher()
        publisher.publish([try TestKeys.key(.es256), try TestKeys.key(.edDSA)])
        let verifier = verifier(publisher)
        let token = try TestClaims.token(.edDSA)
        _ = try await verifier.verifyRefreshingKeys(token, at: at(0))
        publisher.publish([try TestKeys.key(.es256)])

        _ = try await verifier.verifyRefreshingKeys(token, at: at(299))
        await #expect(throws: TokenError.unknownKey) { try await verifier.verifyRefreshingKeys(token, at: at(300)) }
    }

    @Test("outlive a publisher that is down, but not for ever")
    func outage() async throws {
        let publisher = Publisher()
        publisher.publish([try TestKeys.key(.es256)])
        let keys = remoteKeys(limits: .init(staleness: .seconds(600))) { try publisher.answer() }
        let verifier = TokenVerifier(keys: keys, policy: TestClaims.policy)
        let token = try TestClaims.token()
        _ = try await verifier.verifyRefreshingKeys(token, at: at(0))
        publisher.goDown()

        _ = try await verifier.verifyRefreshingKeys(token, at: at(899))
        await #expect(throws: TokenError.unknownKey) { try await verifier.verifyRefreshingKeys(token, at: at(900)) }
    }

    @Test("neither run out nor stay for longer when the system clock is set")
    func settingTheClock() async throws {
        let publisher = Publisher()
        publisher.publish([try TestKeys.key(.es256)])
        let keys = remoteKeys { try publisher.answer() }
        #expect(await keys.refresh(.age))
        let verifier = TokenVerifier(keys: keys, policy: TestClaims.policy)
        let token = try TestClaims.token()
        for step in [-7_200, 7_200] as [Int64] {
            // The keys are there; what the claims come to at such a time is another matter.
            let error = #expect(throws: TokenError.self) {
                try verifier.verify(token, at: TestClaims.now + .seconds(step))
            }
            #expect(error == (step < 0 ? .issuedInFuture : .expired))
        }

        clock.pass(to: .seconds(10_000))
        #expect(throws: TokenError.unknownKey) { try verifier.verify(token, at: TestClaims.now) }
    }

    @Test("stay unchanged if the publisher's answer is malformed")
    func nonsense() async throws {
        let publisher = Publisher()
        publisher.publish([try TestKeys.key(.es256)])
        let keys = remoteKeys { try publisher.answer() }
        clock.pass(to: .seconds(0))
        #expect(await keys.refresh(.age))
        let before = keys.verificationKeys()
        publisher.publish(text: "<html>")

        clock.pass(to: .seconds(60))
        #expect(!(await keys.refresh(.unknownKey)))
        #expect(keys.verificationKeys() === before)
    }

    @Test("are unknown if the first answer is empty")
    func emptyAnswer() async throws {
        let publisher = Publisher()
        publisher.publish(text: "")
        let keys = remoteKeys { try publisher.answer() }
        clock.pass(to: .seconds(0))
        #expect(!(await keys.refresh(.age)))
        publisher.publish([try TestKeys.key(.es256)])

        clock.pass(to: .seconds(30))
        #expect(await keys.refresh(.age))
        #expect(keys.verificationKeys().keys.count == 1)
    }

    @Test("stay the same object while the text is the same")
    func sameText() async throws {
        let publisher = Publisher()
        publisher.publish([try TestKeys.key(.es256)])
        let keys = remoteKeys { try publisher.answer() }
        clock.pass(to: .seconds(0))
        #expect(await keys.refresh(.age))
        let before = keys.verificationKeys()

        clock.pass(to: .seconds(400))
        #expect(!(await keys.refresh(.age)))
        #expect(publisher.asked == 2)
        #expect(keys.verificationKeys() === before)
    }

    @Test("are fetched once for all waiting callers, even if the first one is cancelled")
    func cancellation() async throws {
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let (started, starter) = AsyncStream.makeStream(of: Void.self)
        let publisher = Publisher()
        publisher.publish([try TestKeys.key(.es256)])
        let keys = remoteKeys {
            starter.yield()
            for await _ in gate { break }
            return try publisher.answer()
        }
        let impatient = Task { await keys.refresh(.unknownKey) }
        for await _ in started { break }
        async let patient = keys.refresh(.unknownKey)
        impatient.cancel()
        opener.yield()

        #expect(await patient)
        #expect(publisher.asked == 1)
        _ = await impatient.value
    }
}
