// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import AuthTokens
import Synchronization
import Testing

@Suite("Following revocations", .timeLimit(.minutes(10)))
struct RevocationFeedTests {
    private static let user = UserID(UUIDv7(high: 0x0190_B2B4_F0C8_7D3F, low: 0x9E2B_1C6A_5D4E_3F21))
    private static let session = SessionID(UUIDv7(high: 0x0190_B2B4_F0C8_7D3F, low: 0x9E2B_1C6A_5D4E_3F22))
    private static let otherUser = UserID(UUIDv7(high: 0x0190_B2B4_F0C8_7D3F, low: 0x9E2B_1C6A_5D4E_3F23))
    private static let otherSession = SessionID(UUIDv7(high: 0x0190_B2B4_F0C8_7D3F, low: 0x9E2B_1C6A_5D4E_3F24))

    private let issuer = ScriptedIssuer()
    private let clock = TestClock()

    private func feed(
        _ policy: RevocationFeed.StalePolicy = .refuse, limits: RevocationFeed.Limits = .init(),
        keys: (any KeySource)? = nil, jitter: Double = 0
    ) -> RevocationFeed {
        RevocationFeed(
            limits: limits, whenStale: policy, keys: keys, jitter: { jitter },
            sinceBoot: { [clock] in clock.sinceBoot },
            fetch: { [issuer] request in try issuer.answer(request) })
    }

    private func verifier(_ feed: RevocationFeed) throws -> TokenVerifier {
        let keys = try VerificationKeySet([TestKeys.key(.hs256).verificationKey])
        return TokenVerifier(keys: keys, policy: TestClaims.policy, cacheCapacity: 64, revocations: feed)
    }

    private func token(
        _ session: SessionID? = session, of user: UserID = user, epoch: Int64 = 3
    ) throws -> String {
        try TestClaims.token(.hs256) { claims in
            claims.subject = user.description
            claims.sessionID = session?.description
            claims.epoch = epoch
        }
    }

    @discardableResult
    private func poll(_ feed: RevocationFeed) async -> (pause: Duration, keysChanged: Bool) {
        await feed.poll { clock.now }
    }

    @Test("before the first answer the policy decides")
    func beginning() async throws {
        let refusing = feed()
        let accepting = feed(.acceptUntilExpiry)
        let token = try token()

        let strict = try verifier(refusing)
        #expect(throws: TokenError.revocationsUnknown) { try strict.verify(token, at: clock.now) }
        _ = try verifier(accepting).verify(token, at: clock.now)
        #expect(refusing.health.refusedTokens == 1)
        #expect(accepting.health.acceptedTokens == 1)
        #expect(refusing.health.silence == nil)

        await poll(refusing)
        _ = try strict.verify(token, at: clock.now)
        #expect(refusing.isFresh)
    }

    struct Case: CustomTestStringConvertible {
        let why: String
        let change: StoreChange.Kind
        let isRevoked: Bool
        var testDescription: String { why }
    }

    private static let cases = [
        Case(why: "its session ended", change: .sessionEnded(session, userID: user), isRevoked: true),
        Case(why: "another session ended", change: .sessionEnded(otherSession, userID: user), isRevoked: false),
        Case(why: "its user's epoch passed it", change: .epochRaised(user, UserEpoch(4)), isRevoked: true),
        Case(why: "its user's epoch came up to it", change: .epochRaised(user, UserEpoch(3)), isRevoked: false),
        Case(why: "another user's epoch rose", change: .epochRaised(otherUser, UserEpoch(9)), isRevoked: false),
        Case(why: "its user is gone", change: .userDeleted(user), isRevoked: true),
        Case(why: "another user is gone", change: .userDeleted(otherUser), isRevoked: false),
        Case(why: "its role grants less", change: .roleNarrowed("user", RoleEpoch(1)), isRevoked: true),
        Case(why: "another role grants less", change: .roleNarrowed("editor", RoleEpoch(9)), isRevoked: false),
        Case(why: "roles changed", change: .rolesChanged, isRevoked: false),
        Case(why: "its user has another name", change: .userChanged(user), isRevoked: false),
    ]

    // ASVS 7.4.1
    @Test("a token is rejected once its revocation was read, whether it is cached or not", arguments: cases)
    private func revocation(_ example: Case) async throws {
        let feed = feed()
        let verifier = try verifier(feed)
        let token = try token()
        await poll(feed)
        _ = try verifier.verify(token, at: clock.now)

        issuer.append(example.change)
        await poll(feed)

        for _ in 0..<2 {
            if example.isRevoked {
                #expect(throws: TokenError.revoked) { try verifier.verify(token, at: clock.now) }
            } else {
                _ = try verifier.verify(token, at: clock.now)
            }
            verifier.removeCachedTokens()
        }
    }

    @Test("a token with the role's epoch is accepted, one with an earlier epoch or none is not")
    func roleEpochs() async throws {
        let feed = feed()
        let verifier = try verifier(feed)
        issuer.append(.roleNarrowed("user", RoleEpoch(5)))
        await poll(feed)

        for (epoch, isAccepted) in [(5, true), (6, true), (4, false), (nil, false)] as [(Int64?, Bool)] {
            let token = try TestClaims.token(.hs256) { claims in
                claims.subject = Self.user.description
                claims.sessionID = Self.session.description
                claims.roleEpoch = epoch
            }
            if isAccepted {
                _ = try verifier.verify(token, at: clock.now)
            } else {
                #expect(throws: TokenError.revoked) { try verifier.verify(token, at: clock.now) }
            }
        }
    }

    @Test("a token without a session is checked by its user, and one that authd did not issue is rejected")
    func otherTokens() async throws {
        let feed = feed()
        let verifier = try verifier(feed)
        issuer.append(.sessionEnded(Self.session, userID: Self.user))
        issuer.append(.epochRaised(Self.otherUser, UserEpoch(4)))
        await poll(feed)

        _ = try verifier.verify(try token(nil), at: clock.now)
        #expect(throws: TokenError.revoked) { try verifier.verify(try token(nil, of: Self.otherUser), at: clock.now) }
        #expect(throws: TokenError.badClaim("sub")) {
            try verifier.verify(try TestClaims.token(.hs256), at: clock.now)
        }
        #expect(throws: TokenError.badClaim("sid")) {
            let token = try TestClaims.token(.hs256) { $0.subject = Self.user.description }
            return try verifier.verify(token, at: clock.now)
        }
    }

    @Test("the feed continues from its cursor, page by page, and waits only when it is up to date")
    func cursor() async {
        for number in 0..<7 as Range<UInt64> { issuer.append(.userDeleted(UserID(UUIDv7(high: 9, low: number)))) }
        let feed = feed()

        for _ in 0..<3 {
            #expect(!feed.isFresh)
            await poll(feed)
        }
        #expect(feed.isFresh)
        #expect(feed.health.entries == 7)
        await poll(feed)
        issuer.append(.keysChanged)
        #expect(await poll(feed).keysChanged)

        #expect(
            issuer.asked.map(\.query) == [
                "?wait=0", "?after=3.0&wait=0", "?after=6.0&wait=0", "?after=7.0&wait=5", "?after=7.0&wait=5",
            ])
        #expect(issuer.asked.map(\.timeout) == [.seconds(5), .seconds(5), .seconds(5), .seconds(10), .seconds(10)])
    }

    @Test("the feed starts again when its cursor has expired, and keeps what it knows")
    func gone() async throws {
        let feed = feed()
        let verifier = try verifier(feed)
        issuer.append(.sessionEnded(Self.session, userID: Self.user))
        await poll(feed)

        issuer.forget()
        issuer.append(.sessionEnded(Self.otherSession, userID: Self.user))
        #expect(await poll(feed).keysChanged)
        #expect(throws: TokenError.revoked) { try verifier.verify(try token(), at: clock.now) }
        // What came since the history was replaced is not known yet, however recent the last page is.
        #expect(!feed.isFresh)
        #expect(throws: TokenError.revocationsUnknown) {
            try verifier.verify(try token(Self.otherSession), at: clock.now)
        }
        await poll(feed)
        #expect(feed.isFresh)

        #expect(throws: TokenError.revoked) { try verifier.verify(try token(), at: clock.now) }
        #expect(throws: TokenError.revoked) { try verifier.verify(try token(Self.otherSession), at: clock.now) }
        #expect(issuer.asked.map(\.query) == ["?wait=0", "?after=1.0&wait=5", "?wait=0"])
    }

    @Test("an issuer that never answers is asked at growing intervals")
    func goneFromTheStart() async {
        let feed = feed()
        issuer.script { _ in .gone }
        #expect(await poll(feed).pause == .milliseconds(200))
        #expect(await poll(feed).pause == .milliseconds(400))
    }

    @Test("during an outage the policy decides, and no revocation of that time is missed")
    func outage() async throws {
        let refusing = feed()
        let accepting = feed(.acceptUntilExpiry)
        let strict = try verifier(refusing)
        let lenient = try verifier(accepting)
        let token = try token()
        let revokedBefore = try self.token(Self.otherSession)
        issuer.append(.sessionEnded(Self.otherSession, userID: Self.user))
        for feed in [refusing, accepting] { await poll(feed) }

        issuer.goDown()
        issuer.append(.epochRaised(Self.user, UserEpoch(4)))
        clock.advance(by: .seconds(10))
        for feed in [refusing, accepting] { await poll(feed) }
        _ = try strict.verify(token, at: clock.now)
        clock.advance(by: .microseconds(1))
        #expect(throws: TokenError.revocationsUnknown) { try strict.verify(token, at: clock.now) }
        _ = try lenient.verify(token, at: clock.now)
        for verifier in [strict, lenient] {
            #expect(throws: TokenError.revoked) { try verifier.verify(revokedBefore, at: clock.now) }
        }

        issuer.comeBack()
        for feed in [refusing, accepting] { await poll(feed) }
        for verifier in [strict, lenient] {
            #expect(throws: TokenError.revoked) { try verifier.verify(token, at: clock.now) }
            _ = try verifier.verify(try self.token(epoch: 4), at: clock.now)
        }
        #expect(refusing.isFresh)
    }

    @Test("pauses after failures double up to their bound, with random jitter")
    func backoff() async {
        let feed = feed()
        let hurried = self.feed(jitter: 0.5)
        issuer.goDown()
        var pauses: [Duration] = []
        for _ in 0..<8 { pauses.append(await poll(feed).pause) }
        #expect(pauses == [200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000].map { .milliseconds($0) })
        #expect(await poll(hurried).pause == .milliseconds(100))

        issuer.comeBack()
        #expect(await poll(feed).pause == .milliseconds(100))
        issuer.goDown()
        #expect(await poll(feed).pause == .milliseconds(200))
    }

    @Test("a long poll is repeated at once, after an immediate answer there is a pause")
    func pace() async {
        let feed = feed()
        await poll(feed)
        #expect(await poll(feed).pause == .milliseconds(100))
        issuer.script { [clock] _ in
            clock.advance(by: .seconds(5))
            return .page(ChangePage(cursor: "0.0", entries: [], hasMore: false, retentionSeconds: 60).serialized())
        }
        #expect(await poll(feed).pause == .zero)
        #expect(feed.isFresh)
    }

    @Test(
        "a malformed answer counts as no answer",
        arguments: [
            "", "{}", "[]", "<html>", #"{"cursor":"1.0","changes":[],"has_more":true,"retention_seconds":60}"#,
            #"{"cursor":"1.0","changes":[{"type":"new"}],"has_more":false,"retention_seconds":60}"#,
            #"{"cursor":"1.0","changes":[],"has_more":false,"retention_seconds":604801}"#,
            #"{"cursor":"1 HTTP","changes":[],"has_more":false,"retention_seconds":60}"#,
        ])
    func malformed(_ text: String) async {
        let feed = feed()
        issuer.script { _ in .page(Array(text.utf8)) }
        for _ in 0..<3 { #expect(await poll(feed).pause > .zero) }
        #expect(!feed.isFresh)
        issuer.script(nil)
        await poll(feed)
        #expect(feed.isFresh)
    }

    @Test("no answer makes the feed drop a known revocation", arguments: [1, 2, 3] as [UInt64])
    func fuzz(seed: UInt64) async throws {
        let generator = Mutex(SeededGenerator(seed: seed))
        let feed = feed(.acceptUntilExpiry)
        let verifier = try verifier(feed)
        let token = try token()
        issuer.append(.sessionEnded(Self.session, userID: Self.user))
        await poll(feed)
        let page = ChangePage(
            cursor: "7.0", entries: [.init(at: clock.now, kind: .epochRaised(Self.otherUser, UserEpoch(2)))],
            hasMore: false, retentionSeconds: 1_930)
        issuer.script { _ in
            generator.withLock { generator in
                if Int.random(in: 0..<8, using: &generator) == 0 { return .gone }
                var bytes = page.serialized()
                for _ in 0..<Int.random(in: 0..<3, using: &generator) {
                    let place = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes[place] = UInt8.random(in: 0...255, using: &generator)
                }
                return .page(bytes)
            }
        }
        for _ in 0..<500 {
            await poll(feed)
            #expect(throws: TokenError.revoked) { try verifier.verify(token, at: clock.now) }
        }
    }

    @Test("a revocation is dropped when its tokens have expired, and not before")
    func forgetting() async {
        let feed = feed()
        issuer.append(.userDeleted(Self.user))
        await poll(feed)

        clock.advance(by: .seconds(ScriptedIssuer.retention))
        await poll(feed)
        #expect(feed.health.entries == 1)
        clock.advance(by: .seconds(61))
        await poll(feed)
        #expect(feed.health.entries == 0)
    }

    @Test("a revocation is kept although the clock was behind or ahead when it was heard")
    func wrongWhenHeard() async {
        for error in [-3_600, 3_600] as [Int64] {
            let feed = feed()
            issuer.append(.userDeleted(Self.user))
            clock.set(ahead: .seconds(error))
            await poll(feed)
            clock.set(ahead: .seconds(-error))
            clock.advance(by: .seconds(61))
            await poll(feed)
            #expect(feed.health.entries == 1, "\(error) s ahead")
        }
    }

    @Test("a revocation is kept although the clock is two hours ahead for a minute, and the token stays refused")
    func aheadForAWhile() async throws {
        let feed = feed()
        let verifier = try verifier(feed)
        issuer.append(.sessionEnded(Self.session, userID: Self.user))
        await poll(feed)

        clock.set(ahead: .seconds(7_200))
        clock.advance(by: .seconds(66))
        await poll(feed)
        clock.set(ahead: .seconds(-7_200))

        #expect(throws: TokenError.revoked) { try verifier.verify(try self.token(), at: clock.now) }
    }

    @Test(
        "setting the clock neither causes nor hides a silence of the feed",
        arguments: [-7_200, -1, 1, 7_200] as [Int64])
    func silence(step: Int64) async {
        let feed = feed()
        clock.set(ahead: .seconds(-step))
        await poll(feed)
        clock.set(ahead: .seconds(step))
        #expect(feed.isFresh)
        #expect(feed.health.silence == .zero)

        clock.advance(by: .seconds(11))
        #expect(!feed.isFresh)
    }

    @Test("with more revocations than there is room for the feed counts as cut off")
    func overflow() async throws {
        let feed = feed(limits: .init(maximumEntries: 2))
        issuer.append(.userDeleted(Self.user))
        await poll(feed)
        #expect(feed.isFresh)

        issuer.append(.userDeleted(Self.otherUser))
        issuer.append(.sessionEnded(Self.session, userID: Self.user))
        await poll(feed)
        #expect(!feed.isFresh)
        let verifier = try verifier(feed)
        #expect(throws: TokenError.revocationsUnknown) { try verifier.verify(try token(), at: clock.now) }
        #expect(feed.health.entries <= 2)
    }

    @Test("the feed runs until it is cancelled, and has changed keys fetched")
    func running() async {
        let keys = ListeningKeys()
        let feed = feed(limits: .init(shortestPause: .milliseconds(1)), keys: keys)
        let run = Task { [clock] in await feed.run { clock.now } }
        while !keys.reasons.contains(.age) { await Task.yield() }
        #expect(!keys.reasons.contains(.changed))

        issuer.append(.keysChanged)

        while !keys.reasons.contains(.changed) { await Task.yield() }
        run.cancel()
        await run.value
    }
}

/// Keeps a feed and answers from it, as told.
private final class ScriptedIssuer: Sendable {
    typealias Script = @Sendable (FeedRequest) throws -> FetchedChanges

    static let retention: Int64 = 1_930

    private struct Down: Error {}

    private struct State {
        var entries: [ChangePage.Entry] = []
        var forgotten = 0
        var isDown = false
        var script: Script?
        var asked: [FeedRequest] = []
    }

    private let state = Mutex(State())

    var asked: [FeedRequest] { state.withLock { $0.asked } }

    func append(_ change: StoreChange.Kind) {
        state.withLock { $0.entries.append(.init(at: TestClaims.now, kind: change)) }
    }

    func goDown() { state.withLock { $0.isDown = true } }

    func comeBack() { state.withLock { $0.isDown = false } }

    func script(_ script: Script?) { state.withLock { $0.script = script } }

    /// No longer keeps what there is.
    func forget() { state.withLock { $0.forgotten = $0.entries.count + 1 } }

    func answer(_ request: FeedRequest) throws -> FetchedChanges {
        let script = state.withLock { state in
            state.asked.append(request)
            return state.script
        }
        if let script { return try script(request) }
        return try state.withLock { state in
            guard !state.isDown else { throw Down() }
            let after = request.query.split(separator: "after=").dropFirst().first?.split(separator: ".").first
            guard let after = after.flatMap({ Int($0) }) else { return page(state.entries, behind: 0) }
            guard after >= state.forgotten else { return .gone }
            return page(state.entries, behind: after)
        }
    }

    private func page(_ entries: [ChangePage.Entry], behind position: Int) -> FetchedChanges {
        let shown = entries.dropFirst(position).prefix(3)
        let page = ChangePage(
            cursor: "\(position + shown.count).0", entries: Array(shown),
            hasMore: position + shown.count < entries.count, retentionSeconds: Self.retention)
        return .page(page.serialized())
    }
}

/// Keys that note why they were asked for newer ones.
private final class ListeningKeys: KeySource {
    private let heard = Mutex<[KeyRefreshReason]>([])

    var reasons: [KeyRefreshReason] { heard.withLock { $0 } }

    func verificationKeys() -> VerificationKeySet { .empty }

    func refresh(_ reason: KeyRefreshReason) async -> Bool {
        heard.withLock { $0.append(reason) }
        return false
    }
}
