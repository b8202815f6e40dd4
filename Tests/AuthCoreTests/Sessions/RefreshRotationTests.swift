// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Refresh rotation")
struct RefreshRotationTests {
    let start = Timestamp(seconds: 1_000_000)
    let grace = Duration.seconds(10)

    func session(_ state: RefreshState? = nil, ended: SessionEnd? = nil) -> Session {
        Session(
            id: SessionID(UUIDv7(high: 1, low: 2)), userID: UserID(UUIDv7(high: 3, low: 4)), scope: .everything,
            authenticatedAt: start, methods: [.password(at: start)], createdAt: start,
            notAfter: start + .seconds(1_000), idleTimeout: .seconds(100),
            rotation: state ?? RefreshState(counter: 5, rotatedAt: start),
            ended: ended.map { Session.Ended(at: start, reason: $0) })
    }

    func decide(_ session: Session, _ counter: Int64, after delay: Duration, grace: Duration? = nil) -> RefreshRotation
    {
        RefreshRotation.decide(session, presented: counter, grace: grace ?? self.grace, at: start + delay)
    }

    @Test("the current token is rotated and its successor is current")
    func rotate() {
        let now = start + .seconds(50)
        #expect(
            decide(session(), 5, after: .seconds(50)) == .rotate(RefreshState(counter: 6, rotatedAt: now)))
    }

    @Test("the previous token gets the same successor until the grace time is over")
    func graceTime() {
        let end = Duration.seconds(10)
        #expect(decide(session(), 4, after: .zero) == .replay)
        #expect(decide(session(), 4, after: end - .microseconds(1)) == .replay)
        #expect(
            decide(session(), 4, after: end)
                == .replayLate(RefreshState(counter: 5, rotatedAt: start, lateReplays: 1)))
    }

    @Test("without a grace time every second use is reuse")
    func strict() {
        #expect(decide(session(), 4, after: .zero, grace: .zero) == .reuse)
        #expect(
            decide(session(), 5, after: .zero, grace: .zero)
                == .rotate(RefreshState(counter: 6, rotatedAt: start)))
    }

    @Test("the third late replay is forgiven and the fourth is not")
    func lateReplays() {
        let third = RefreshState(counter: 5, rotatedAt: start, lateReplays: 2)
        let fourth = RefreshState(counter: 5, rotatedAt: start, lateReplays: 3)

        #expect(
            decide(session(third), 4, after: .seconds(20))
                == .replayLate(RefreshState(counter: 5, rotatedAt: start, lateReplays: 3)))
        #expect(decide(session(fourth), 4, after: .seconds(20)) == .reuse)
        #expect(decide(session(fourth), 4, after: .seconds(5)) == .replay)
    }

    @Test("an older token is reuse at any time")
    func reuse() {
        #expect(decide(session(), 3, after: .zero) == .reuse)
        #expect(decide(session(), 0, after: .seconds(50)) == .reuse)
    }

    @Test("a token ahead of a restored row moves the row beyond it")
    func catchUp() {
        #expect(decide(session(), 9, after: .zero) == .catchUp(RefreshState(counter: 10, rotatedAt: start)))
        #expect(decide(session(), .max, after: .zero) == .catchUp(RefreshState(counter: .max, rotatedAt: start)))
    }

    struct Limit: CustomTestStringConvertible {
        let offset: Duration
        let isOver: Bool
        var testDescription: String { "\(offset)" }
    }

    // ASVS 7.3.1
    @Test(
        "the session expires at the instant of its idle limit",
        arguments: [
            Limit(offset: .microseconds(-1), isOver: false), Limit(offset: .zero, isOver: true),
            Limit(offset: .microseconds(1), isOver: true),
        ])
    func idleLimit(_ limit: Limit) {
        let decision = decide(session(), 5, after: .seconds(100) + limit.offset)
        #expect((decision == .expired) == limit.isOver)
    }

    // ASVS 7.3.2
    @Test("refreshing never moves the absolute limit")
    func absoluteLimit() {
        let busy = session(RefreshState(counter: 5, rotatedAt: start + .seconds(999)))

        #expect(busy.expiresAt == start + .seconds(1_000))
        #expect(decide(busy, 5, after: .seconds(1_000)) == .expired)
    }

    @Test("an ended session stays ended, whatever token is presented", arguments: SessionEnd.allCases)
    func ended(reason: SessionEnd) {
        for counter in [0, 4, 5, 9] as [Int64] {
            #expect(decide(session(ended: reason), counter, after: .zero) == .ended(reason))
        }
    }

    /// The state after a decision, and the counter of the token that is answered; `nil` where none is.
    func applied(_ session: Session, _ decision: RefreshRotation) -> (Session, Int64)? {
        var session = session
        switch decision {
        case .rotate(let state), .replayLate(let state), .catchUp(let state):
            session.rotation = state
        case .replay:
            break
        case .reuse, .ended, .expired:
            return nil
        }
        return (session, session.rotation.counter)
    }

    @Test("a user and a thief who alternate one token end the session within four replays", arguments: [true, false])
    func alternation(thiefFirst: Bool) {
        var current = session(RefreshState(counter: 0, rotatedAt: start))
        var tokens: [Bool: Int64] = [true: 0, false: 0]
        var who = thiefFirst
        var replays = 0
        var delay = Duration.zero
        for _ in 0..<40 {
            delay += .seconds(11)
            let decision = RefreshRotation.decide(
                current, presented: tokens[who] ?? 0, grace: grace, at: start + delay)
            if case .replayLate = decision { replays += 1 }
            guard let (next, counter) = applied(current, decision) else {
                #expect(decision == .reuse)
                #expect(replays <= 3)
                return
            }
            current = next
            tokens[who] = counter
            who.toggle()
        }
        Issue.record("the session survived")
    }

    @Test("a user whose answers are lost now and then keeps the session")
    func lossyOwner() throws {
        var current = session(RefreshState(counter: 0, rotatedAt: start))
        var delay = Duration.zero
        var held: Int64 = 0
        for round in 0..<60 {
            delay += .seconds(11)
            let now = start + delay
            let decision = RefreshRotation.decide(
                current, presented: held, grace: grace, at: min(now, start + .seconds(990)))
            let (next, counter) = try #require(applied(current, decision))
            current = next
            // Every fourth answer never arrives, and the owner presents the old token again.
            if round % 4 != 3 { held = counter }
        }
    }

    @Test("all interleavings of presentations of three holders keep one line of counters")
    func interleavings() {
        func explore(_ session: Session, _ held: [Int64], depth: Int) {
            guard depth > 0 else { return }
            for holder in held.indices {
                for delay in [Duration.zero, .seconds(11)] {
                    let now = session.rotation.rotatedAt + delay
                    let decision = RefreshRotation.decide(session, presented: held[holder], grace: grace, at: now)
                    guard let (next, counter) = applied(session, decision) else { continue }
                    // Never two live tokens: what is answered is always the one current counter, which never falls.
                    #expect(counter == next.rotation.counter)
                    #expect(next.rotation.counter >= session.rotation.counter)
                    var holding = held
                    holding[holder] = counter
                    explore(next, holding, depth: depth - 1)
                }
            }
        }
        explore(session(RefreshState(counter: 0, rotatedAt: start)), [0, 0, 0], depth: 5)
    }
}
