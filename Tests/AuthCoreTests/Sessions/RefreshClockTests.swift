// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Testing

@Suite("Refresh rotation while the clock is set")
struct RefreshClockTests {
    private let start = Timestamp(seconds: 1_000_000)
    private let grace = Duration.seconds(10)

    private func session(_ state: RefreshState) -> Session {
        Session(
            id: SessionID(UUIDv7(high: 1, low: 2)), userID: UserID(UUIDv7(high: 3, low: 4)), scope: .everything,
            authenticatedAt: start, methods: [.password(at: start)], createdAt: start,
            notAfter: start + .seconds(1_000_000), idleTimeout: .seconds(500_000), rotation: state)
    }

    @Test("a replay of a rotation from the future is a late one, beyond the leeway of clocks")
    func future() {
        let fresh = RefreshState(counter: 5, rotatedAt: start)
        let session = session(fresh)
        func decide(_ offset: Duration) -> RefreshRotation {
            RefreshRotation.decide(session, presented: 4, grace: grace, at: start - offset)
        }
        #expect(decide(.seconds(5)) == .replay)
        #expect(
            decide(.seconds(5) + .microseconds(1))
                == .replayLate(RefreshState(counter: 5, rotatedAt: start, lateReplays: 1)))
        #expect(
            decide(.seconds(7_200)) == .replayLate(RefreshState(counter: 5, rotatedAt: start, lateReplays: 1)))
    }

    @Test(
        "however the clock jumps, a superseded token is replayed freely only within the grace time and the leeway of its rotation",
        arguments: 1...50 as ClosedRange<UInt64>)
    func jumps(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var state = RefreshState(counter: 5, rotatedAt: start)
        var now = start
        var late = 0
        for _ in 0..<200 {
            // A step of the clock, ahead or back, from a microsecond to a day.
            let size = Int64(1) << Int64.random(in: 0...36, using: &generator)
            now = now + .microseconds(Bool.random(using: &generator) ? size : -size)
            guard now < session(state).expiresAt else { continue }
            let distance = now - state.rotatedAt
            switch RefreshRotation.decide(session(state), presented: state.counter - 1, grace: grace, at: now) {
            case .replay:
                #expect(distance >= .seconds(-5) && distance < grace, "free at a distance of \(distance)")
            case .replayLate(let next):
                late += 1
                state = next
            case .reuse:
                #expect(late == Int(RefreshRotation.forgivenLateReplays))
                return
            case .rotate, .catchUp, .ended, .expired:
                Issue.record("a spent token was answered as another")
            }
        }
        Issue.record("two hundred uses of a spent token never ended the session")
    }
}
