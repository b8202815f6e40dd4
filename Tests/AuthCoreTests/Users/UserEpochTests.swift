// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Testing

@Suite("Epochs")
struct UserEpochTests {
    @Test("an epoch is the time at which it is raised, and always rises")
    func rising() {
        let now = Timestamp(seconds: 1_800_000_000)
        #expect(UserEpoch.first.next(at: now) == UserEpoch(now.microseconds))
        #expect(UserEpoch(3).next(at: now) == UserEpoch(now.microseconds))
        let raised = UserEpoch.first.next(at: now)
        for step in [-86_400, -1, 0] as [Int64] {
            #expect(raised.next(at: now + .seconds(step)) == UserEpoch(now.microseconds + 1))
        }
        #expect(UserEpoch(7).next(at: Timestamp(microseconds: .min)) == UserEpoch(8))
    }

    @Test("an epoch stays an integer that every reader of JSON keeps exact, whatever the clock shows")
    func exactness() {
        let limit: Int64 = 9_007_199_254_740_992
        #expect(UserEpoch(4).next(at: Timestamp(microseconds: limit - 1)) == UserEpoch(limit - 1))
        for far in [limit, .max] { #expect(UserEpoch(4).next(at: Timestamp(microseconds: far)) == UserEpoch(5)) }
        #expect(UserEpoch(.max).next(at: Timestamp(microseconds: 0)) == UserEpoch(.max))
    }

    @Test(
        "the next epoch is higher than one that was lost with a backup",
        arguments: 1...100 as ClosedRange<UInt64>)
    func restoring(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var now = Timestamp(seconds: 1_800_000_000)
        func pass() { now = now + .microseconds(Int64.random(in: 1...100_000_000, using: &generator)) }
        var stored = UserEpoch.first
        for _ in 0..<Int.random(in: 0...5, using: &generator) {
            pass()
            stored = stored.next(at: now)
        }
        let backup = stored
        for _ in 0..<Int.random(in: 1...5, using: &generator) {
            pass()
            stored = stored.next(at: now)
        }
        let lost = stored
        pass()
        #expect(backup.next(at: now) > lost)
    }
}
