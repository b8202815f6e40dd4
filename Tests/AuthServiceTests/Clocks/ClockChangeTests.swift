// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthTestSupport
import AuthTesting
import AuthTokens
import Testing

@testable import AuthService

@Suite("A system clock that is set ahead or back", .timeLimit(.minutes(10)))
struct ClockChangeTests {
    private static let twoHours = Duration.seconds(7_200)
    private static let month = Duration.seconds(30 * 86_400)

    @Test("a revoked token stays revoked after the clock was ahead and is right again")
    func revocationSurvives() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")
        let principal = try await authority.service.access.authenticate(pair.accessToken)
        try await authority.service.sessions.signOut(principal, from: client)

        authority.clock.set(ahead: Self.twoHours)
        authority.clock.advance(by: .seconds(66))
        await authority.service.runMaintenance()
        authority.clock.set(ahead: .zero - Self.twoHours)

        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.access.authenticate(pair.accessToken)
        }
    }

    @Test("the silence of the feed is noticed although the clock was ahead when it was last heard")
    func silence() async throws {
        let authority = try await TestAuthority()
        authority.service.core.directory.beginFollowing()
        authority.clock.set(ahead: Self.twoHours)
        try await authority.service.changeFeed.readChanges()
        authority.clock.set(ahead: .zero - Self.twoHours)
        #expect(authority.service.changeFeed.isFresh)

        authority.clock.advance(by: .seconds(11))

        #expect(!authority.service.changeFeed.isFresh)
    }

    @Test("a clock that is set ahead does not make the feed look silent")
    func noSilence() async throws {
        let authority = try await TestAuthority()
        authority.service.core.directory.beginFollowing()

        authority.clock.set(ahead: Self.twoHours)

        #expect(authority.service.changeFeed.isFresh)
    }

    @Test("a waiting follower is answered in time although the clock is set back")
    func waiting() async throws {
        let authority = try await TestAuthority()
        let run = Task { await authority.service.run() }
        defer { run.cancel() }
        while authority.service.changeFeed.health.silence == nil { await Task.yield() }
        guard
            case .page(let page) = try await authority.service.changeFeed.changes(
                after: nil, limit: 10, waitingUpTo: .zero),
            let cursor = ChangeFeedCursor(parsing: page.cursor)
        else {
            Issue.record("the feed is gone")
            return
        }
        async let waited = authority.service.changeFeed.changes(after: cursor, limit: 10, waitingUpTo: .seconds(5))
        while authority.service.gauges.waitingFollowers == 0 { await Task.yield() }

        authority.clock.set(ahead: .zero - Self.twoHours)
        authority.clock.advance(by: .seconds(5))

        guard case .page(let answer) = try await waited else {
            Issue.record("the cursor is gone")
            return
        }
        #expect(answer.entries == [])
    }

    @Test("a cursor from the future has expired, because its age is unknown")
    func futureCursor() async throws {
        let authority = try await TestAuthority()
        let now = authority.clock.now
        for (ahead, isGone) in [(5, false), (7, true), (7_200, true)] as [(Int64, Bool)] {
            let cursor = ChangeFeedCursor(place: .start, readAt: now + .seconds(ahead))
            let answer = try await authority.service.changeFeed.changes(after: cursor, limit: 10, waitingUpTo: .zero)
            #expect((answer == .gone) == isGone, "\(ahead) s ahead")
        }
    }

    @Test("revocations that a clock hid at the start are known once it is right", arguments: [true, false])
    func hiddenAtStart(byMaintenance: Bool) async throws {
        let here = try await TestAuthority()
        let pair = try await here.signIn(as: "ada")
        try await here.service.sessions.signOut(here.service.access.authenticate(pair.accessToken), from: client)
        let clock = ManualClock(here.clock.now + Self.twoHours)
        let there = try await TestAuthority(store: here.store, clock: clock)

        clock.set(ahead: .zero - Self.twoHours)
        if byMaintenance {
            await there.service.runMaintenance()
        } else {
            try await there.service.changeFeed.readChanges()
        }

        await #expect(throws: AuthError.tokenRevoked) { try await there.service.access.authenticate(pair.accessToken) }
    }

    @Test("a jump of the clock is logged and counted, a slow correction by NTP is not")
    func jumps() async throws {
        let authority = try await TestAuthority()
        func told() -> [Duration] {
            authority.events.all.compactMap { if case .clockSet(let step) = $0 { step } else { nil } }
        }
        for _ in 0..<100 {
            authority.clock.advance(by: .seconds(60))
            authority.clock.set(ahead: .milliseconds(30))
            await authority.service.runMaintenance()
        }
        #expect(told() == [])
        #expect(authority.service.clockHealth == ClockHealth(jumps: 0, futureTokens: 0, isTrusted: true))

        authority.clock.set(ahead: Self.month)
        await authority.service.runMaintenance()
        #expect(told() == [Self.month])
        #expect(authority.service.clockHealth == ClockHealth(jumps: 1, futureTokens: 0, isTrusted: false))
        authority.clock.set(ahead: .zero - Self.month)
        await authority.service.runMaintenance()
        #expect(told() == [Self.month, .zero - Self.month])
        #expect(authority.service.clockHealth.jumps == 2)

        authority.clock.advance(by: ClockWatch.settlingTime - .microseconds(1))
        #expect(!authority.service.clockHealth.isTrusted)
        authority.clock.advance(by: .microseconds(1))
        #expect(authority.service.clockHealth.isTrusted)
    }

    @Test("what has expired is deleted again once the clock has gone on evenly for ten minutes")
    func deletingAgain() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")
        let ada = try await authority.service.users.user(identifiedBy: Identifier(parsing: "ada")).id
        authority.clock.advance(by: Self.month)
        authority.clock.set(ahead: Self.month)
        await authority.service.runMaintenance()
        #expect(try await authority.store.session(pair.sessionID, of: ada) != nil)

        authority.clock.advance(by: ClockWatch.settlingTime)
        await authority.service.runMaintenance()

        #expect(try await authority.store.session(pair.sessionID, of: ada) == nil)
    }

    @Test(
        "a clock far from the newest event in the store is logged at the start",
        arguments: [-3_600, 2_592_000] as [Int64])
    func doubtful(ahead: Int64) async throws {
        let authority = try await TestAuthority()
        _ = try await authority.signIn(as: "ada")
        let wrong = ManualClock(authority.clock.now + .seconds(ahead))

        let started = try await TestAuthority(store: authority.store, clock: wrong)

        let told = started.events.all.compactMap { if case .clockDoubtful(let gap) = $0 { gap } else { nil } }
        #expect(told == [.seconds(ahead)])
        wrong.advance(by: .seconds(86_399))
        #expect(!started.service.clockHealth.isTrusted)
        wrong.advance(by: .seconds(1))
        #expect(started.service.clockHealth.isTrusted)
    }

    @Test(
        "nothing is deleted while the clock differs from the database's own",
        arguments: [-61, 61, 2_592_000] as [Int64])
    func contradicted(ahead: Int64) async throws {
        let store = ObservedStore()
        let authority = try await TestAuthority(store: store)
        let pair = try await authority.signIn(as: "ada")
        let ada = try await authority.service.users.user(identifiedBy: Identifier(parsing: "ada")).id
        authority.clock.advance(by: Self.month)

        for _ in 0..<30 {
            authority.clock.advance(by: .seconds(60))
            store.setClock(authority.clock.now - .seconds(ahead))
            await authority.service.runMaintenance()
        }
        #expect(try await store.session(pair.sessionID, of: ada) != nil)
        let told = authority.events.all.compactMap { if case .clockDiffersFromStore(let gap) = $0 { gap } else { nil } }
        #expect(told == Array(repeating: .seconds(ahead), count: 30))

        for _ in 0..<10 {
            authority.clock.advance(by: .seconds(60))
            store.setClock(authority.clock.now - .seconds(60))
            await authority.service.runMaintenance()
        }
        #expect(try await store.session(pair.sessionID, of: ada) == nil)
    }

    @Test("after a long stop the clock is trusted if the database's clock agrees")
    func agreement() async throws {
        let store = ObservedStore()
        let authority = try await TestAuthority(store: store)
        _ = try await authority.signIn(as: "ada")
        let later = ManualClock(authority.clock.now + Self.month)
        store.setClock(later.now)

        let started = try await TestAuthority(store: store, clock: later)

        later.advance(by: ClockWatch.settlingTime)
        #expect(started.service.clockHealth.isTrusted)
        #expect(started.events.all.isEmpty)
    }

    @Test("a token of this issuer from the future is counted, and logged once a minute")
    func futureTokens() async throws {
        let ahead = try await TestAuthority()
        let here = try await TestAuthority(store: ahead.store)
        ahead.clock.set(ahead: .seconds(30))
        let token = try await ahead.signIn(as: "ada").accessToken
        func told() -> Int { here.events.all.count { if case .tokenFromFuture = $0 { true } else { false } } }

        for _ in 0..<3 {
            await #expect(throws: AuthError.badToken(.issuedInFuture)) {
                try await here.service.access.authenticate(token)
            }
        }
        #expect(told() == 1)
        #expect(here.service.clockHealth.futureTokens == 3)
        ahead.clock.advance(by: .seconds(60))
        here.clock.advance(by: .seconds(60))
        _ = try await here.service.access.authenticate(token)
        let next = try await ahead.signIn(as: "ada").accessToken
        await #expect(throws: AuthError.badToken(.issuedInFuture)) { try await here.service.access.authenticate(next) }
        #expect(told() == 2)
    }

    @Test("a clock that is a month ahead for a minute retires no key and signs with no new one")
    func keys() async throws {
        let authority = try await TestAuthority(
            signing: .stored(.es256, rotationPeriod: .seconds(20 * 86_400)))
        try await authority.service.keys.perform(.rotate)
        authority.clock.advance(by: authority.service.keys.jwksLifetime)
        await authority.service.runMaintenance()
        try await authority.service.keys.perform(.rotate)
        let before = try await authority.service.keys.list().map { "\($0.id) \($0.state)" }
        #expect(before.count == 3)

        authority.clock.set(ahead: Self.month)
        await authority.service.runMaintenance()

        #expect(try await authority.service.keys.list().map { "\($0.id) \($0.state)" } == before)
    }

    @Test("sessions survive a clock that is a month ahead for a minute")
    func sessionsSurvive() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")
        for _ in 0..<20 {
            authority.clock.advance(by: .seconds(60))
            await authority.service.runMaintenance()
        }

        authority.clock.set(ahead: Self.month)
        authority.clock.advance(by: .seconds(66))
        await authority.service.runMaintenance()
        authority.clock.set(ahead: .zero - Self.month)

        _ = try await authority.service.sessions.refresh(pair.refreshToken, from: client)
    }

    @Test("sessions survive a start with a clock that is a month ahead")
    func sessionsSurviveStart() async throws {
        let authority = try await TestAuthority()
        let pair = try await authority.signIn(as: "ada")

        let wrong = ManualClock(authority.clock.now + Self.month)
        let started = try await TestAuthority(store: authority.store, clock: wrong)
        for _ in 0..<60 {
            await started.service.runMaintenance()
            wrong.advance(by: .seconds(60))
        }

        _ = try await authority.service.sessions.refresh(pair.refreshToken, from: client)
    }

    @Test("a cached token and a new one are accepted at the same instants")
    func cachedAndUncached() async throws {
        let kept = try await TestAuthority()
        let fresh = try await TestAuthority(store: kept.store, clock: kept.clock)
        let pair = try await kept.signIn(as: "ada")
        _ = try await kept.service.access.authenticate(pair.accessToken)

        // Both ends of the lifetime and of the leeway, and anywhere around them.
        let random = SeededRandom(seed: 7)
        var offsets: [Int64] = [-6, -5, -4, -1, 0, 1, 1_799, 1_800, 1_801, 1_804, 1_805, 1_806, -86_400, 86_400]
        for _ in 0..<200 {
            offsets.append(random.bytes(count: 2).reduce(0) { $0 << 8 | Int64($1) } % 4_000 - 1_000)
        }
        for offset in offsets {
            _ = try await kept.service.access.authenticate(pair.accessToken)
            kept.clock.set(ahead: .seconds(offset))
            fresh.service.access.principals.removeAll()
            let expected = await Self.outcome(fresh, pair.accessToken)
            #expect((expected == nil) == (-5..<1_805).contains(offset), "at \(offset) s")
            #expect(await Self.outcome(kept, pair.accessToken) == expected, "at \(offset) s")
            kept.clock.set(ahead: .seconds(-offset))
        }
    }

    private static func outcome(_ authority: TestAuthority, _ token: String) async -> AuthError? {
        do {
            _ = try await authority.service.access.authenticate(token)
            return nil
        } catch {
            return error as? AuthError
        }
    }

    @Test("signing in at a clock that was ahead does not count as recent after it is set right")
    func recentSignIn() async throws {
        let authority = try await TestAuthority()
        authority.clock.set(ahead: Self.twoHours)
        let pair = try await authority.signIn(as: "ada")
        authority.clock.set(ahead: .zero - Self.twoHours)
        let renewed = try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        let principal = try await authority.service.access.authenticate(renewed.accessToken)

        await #expect(throws: AuthError.reauthenticationRequired) {
            try await authority.service.sessions.signOutEverywhere(principal, from: client)
        }
    }

    @Test("a token from after a restored backup stays rejected after the next password change")
    func restoredBackup() async throws {
        // Of one seed and clock, the second is what a backup of the first restores.
        let lost = try await TestAuthority()
        let restored = try await TestAuthority()
        for authority in [lost, restored] { _ = try await authority.signIn(as: "ada") }
        lost.clock.advance(by: .seconds(60))
        let token = try await Self.changePassword(lost).accessToken

        restored.clock.advance(by: .seconds(120))
        _ = try await Self.changePassword(restored)

        await #expect(throws: AuthError.tokenRevoked) { try await restored.service.access.authenticate(token) }
    }

    private static func changePassword(_ authority: TestAuthority) async throws -> TokenPair {
        try await authority.service.passwords.change(
            of: authority.principal("ada"), from: try Password(TestAuthority.password),
            to: try Password("another fine password"), by: client)
    }
}
