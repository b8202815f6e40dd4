// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthCore

@Suite("Throttling of sign-ins")
struct SignInThrottleTests {
    @Test("of concurrent attempts, no more are admitted than are free")
    func countedAtOnce() {
        let now = Timestamp(seconds: 1_000_000)
        for earlier in [Int64(0), 2, 4, 5, 9] {
            for together in 1...20 {
                var budget = SignInBudget.unused
                for _ in 0..<earlier { budget = SignInThrottle.afterFailure(budget, of: .source, at: now) }
                let before = budget
                var after = before
                var admitted = 0
                // Each has read the budget before any was counted; the last to be counted reads it last.
                for _ in 0..<together {
                    after = SignInThrottle.afterFailure(after, of: .source, at: now)
                    if SignInThrottle.admitsCounted(before: before, after: after, at: now) { admitted += 1 }
                }
                #expect(admitted <= max(Int(SignInThrottle.freeFailuresOfSource - earlier), 1))
                #expect(admitted >= 1)
            }
        }
        let old = SignInBudget(failures: 9, fullAt: now, blockedUntil: now)
        let next = SignInThrottle.afterFailure(old, of: .source, at: now)
        #expect(SignInThrottle.admitsCounted(before: old, after: next, at: now))
    }

    static let start = Timestamp(seconds: 1_800_000_000)

    /// The budget after failures at these seconds.
    static func budget(_ kind: SignInBudget.Kind, failuresAt seconds: [Int64]) -> SignInBudget {
        seconds.reduce(.unused) { SignInThrottle.afterFailure($0, of: kind, at: start + .seconds($1)) }
    }

    struct Delay: Sendable, CustomTestStringConvertible {
        let kind: SignInBudget.Kind
        let failures: Int
        let seconds: Int64

        init(_ kind: SignInBudget.Kind, _ failures: Int, _ seconds: Int64) {
            self.kind = kind
            self.failures = failures
            self.seconds = seconds
        }

        var testDescription: String { "\(failures) failures of a \(kind.rawValue): \(seconds) s" }
    }

    @Test(
        "the delay rises with each failure and ends at its longest",
        arguments: [
            Delay(.source, 0, 0), Delay(.source, 4, 0), Delay(.source, 5, 1), Delay(.source, 6, 2),
            Delay(.source, 7, 4), Delay(.source, 14, 512), Delay(.source, 15, 900), Delay(.source, 16, 900),
            Delay(.source, 1_000, 900), Delay(.device, 10, 0), Delay(.device, 11, 1), Delay(.device, 12, 2),
            Delay(.device, 20, 512), Delay(.device, 21, 900), Delay(.user, 49, 0), Delay(.user, 50, 72),
            Delay(.user, 51, 144),
        ])
    func delays(_ delay: Delay) {
        let budget = Self.budget(delay.kind, failuresAt: Array(repeating: 0, count: delay.failures))
        let end = Self.start + .seconds(delay.seconds)

        if delay.seconds > 0 {
            #expect(SignInThrottle.decide([delay.kind: budget], at: Self.start) == .refuse(until: end))
            #expect(
                SignInThrottle.decide([delay.kind: budget], at: end - .microseconds(1)) == .refuse(until: end))
        }
        #expect(SignInThrottle.decide([delay.kind: budget], at: end) == .admit)
    }

    @Test("the longest of several delays counts")
    func longest() {
        let source = Self.budget(.source, failuresAt: [0, 0, 0, 0, 0, 0])
        let user = Self.budget(.user, failuresAt: Array(repeating: 0, count: 50))

        #expect(
            SignInThrottle.decide([.source: source, .user: user], at: Self.start)
                == .refuse(until: Self.start + .seconds(72)))
        #expect(SignInThrottle.decide([:], at: Self.start) == .admit)
    }

    @Test(
        "failures are forgotten after an hour without one, and not before",
        arguments: [SignInBudget.Kind.source, .device])
    func memory(_ kind: SignInBudget.Kind) {
        let budget = Self.budget(kind, failuresAt: Array(repeating: 0, count: 20))
        let whole = Self.start + SignInThrottle.memory

        #expect(SignInThrottle.afterFailure(budget, of: kind, at: whole - .microseconds(1)).failures == 21)
        #expect(SignInThrottle.afterFailure(budget, of: kind, at: whole).failures == 1)
    }

    @Test("any hour has at most a hundred failures at one user")
    func hundredAnHour() {
        var budget = SignInBudget.unused
        var admitted: [Int64] = []
        for second in stride(from: Int64(0), to: 30_000, by: 4) {
            // Quiet for a while, so that a rested budget meets the end of an hour.
            guard !(5_000..<9_000).contains(second) else { continue }
            let now = Self.start + .seconds(second)
            while SignInThrottle.decide([.user: budget], at: now) == .admit {
                admitted.append(second)
                budget = SignInThrottle.afterFailure(budget, of: .user, at: now)
            }
        }
        let busiest = admitted.indices.map { first in
            admitted[first...].prefix { $0 < admitted[first] + 3_600 }.count
        }.max()

        // The hundredth comes when the hour is over to the microsecond.
        #expect(busiest == SignInThrottle.failuresOfUserPerHour - 1)
    }

    @Test("failures of concurrent attempts are all counted, and bounded")
    func overdraft() {
        let budget = Self.budget(.user, failuresAt: Array(repeating: 0, count: 10_000))

        #expect(budget.failures == 10_000)
        #expect(budget.fullAt == Self.start + .seconds(7_200))
        #expect(budget.blockedUntil == Self.start + .seconds(3_672))
    }

    @Test("a success resets the budget of its source or device only, and writes nothing to an unused one")
    func success() {
        for kind in SignInBudget.Kind.allCases {
            let budget = Self.budget(kind, failuresAt: [0])
            #expect(
                SignInThrottle.afterSuccess(budget, of: kind, at: Self.start) == (kind == .user ? nil : .unused))
            #expect(SignInThrottle.afterSuccess(.unused, of: kind, at: Self.start) == nil)
        }
    }

    @Test("a clock that is set back far locks no user out, and one that differs a little forgets no failure")
    func clockSteps() {
        for kind in SignInBudget.Kind.allCases {
            let budget = Self.budget(kind, failuresAt: Array(repeating: 0, count: 60))
            let yesterday = Self.start - .seconds(86_400)
            let justBefore = Self.start - .milliseconds(20)

            #expect(SignInThrottle.decide([kind: budget], at: yesterday) == .admit)
            #expect(SignInThrottle.afterFailure(budget, of: kind, at: yesterday).failures == 1)
            #expect(SignInThrottle.afterFailure(budget, of: kind, at: justBefore).failures == 61)
        }
        let source = Self.budget(.source, failuresAt: Array(repeating: 0, count: 10))
        #expect(SignInThrottle.decide([.source: source], at: Self.start - .milliseconds(20)) != .admit)
    }

    @Test("numbers from a damaged row do not trap")
    func extremes() {
        for kind in SignInBudget.Kind.allCases {
            for instant in [Int64.min, -1, 0, .max] {
                for failures in [Int64.min, -1, .max] {
                    let at = Timestamp(microseconds: instant)
                    let budget = SignInBudget(failures: failures, fullAt: at, blockedUntil: at)
                    for now in [Int64.min, 0, Self.start.microseconds, .max].map(Timestamp.init(microseconds:)) {
                        let next = SignInThrottle.afterFailure(budget, of: kind, at: now)
                        #expect(SignInThrottle.decide([kind: budget], at: now) != .refuse(until: now))
                        #expect(next.failures > failures || failures == .max || next.failures == 1)
                    }
                }
            }
        }
    }
}
