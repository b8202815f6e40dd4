// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

/// The budgets of typed codes, and the interval between mails, against an attacker who never sleeps.
@Suite("Budgets of Supabase's codes")
struct SupabaseBudgetTests {
    private static let start = Timestamp(seconds: 1_800_000_000)
    private static let days: Int64 = 30

    /// How many are admitted in so many days of one request at every step, and in the busiest 24 hours.
    private static func admitted(by rule: MailBudget.Rule, every step: Int64) -> (
        all: Int, inOneDay: Int, inOneHour: Int
    ) {
        var budget = MailBudget()
        var times: [Int64] = []
        for second in stride(from: 0 as Int64, to: days * 86_400, by: Int64.Stride(step))
        where budget.take(at: start + .seconds(second), under: rule) != nil { times.append(second) }
        return (times.count, busiest(times, within: 86_400), busiest(times, within: 3_600))
    }

    /// The most of ascending times that lie within one period.
    private static func busiest(_ times: [Int64], within period: Int64) -> Int {
        var most = 0
        var first = 0
        for (last, time) in times.enumerated() {
            while time - times[first] >= period { first += 1 }
            most = max(most, last - first + 1)
        }
        return most
    }

    @Test("of one address thirty codes a day are compared in the long run, and ten at once")
    func ofAnAddress() {
        let rule = MailBudget.Rule(perHour: 10, perDay: 30)
        let admitted = Self.admitted(by: rule, every: 60)

        // What is regained evenly in thirty days, and the full budget of the beginning.
        #expect(admitted.all <= 30 * 30 + 30)
        #expect(admitted.all >= 30 * 30)
        #expect(admitted.inOneDay <= 60)
        #expect(admitted.inOneHour <= 20)
        // Three codes of an address are live at most; eight digits: the chance of a month.
        let chance = Double(admitted.all) * 3 / 100_000_000
        #expect(chance <= 3e-5)
    }

    @Test("of one address and source at most ten a day are compared")
    func ofASource() {
        let admitted = Self.admitted(by: MailBudget.Rule(perHour: 5, perDay: 10), every: 60)

        #expect(admitted.all <= 30 * 10 + 10 && admitted.all >= 30 * 10)
        #expect(admitted.inOneDay <= 20 && admitted.inOneHour <= 10)
    }

    @Test("after a spent budget the owner is admitted again within the regained time, however often strangers ask")
    func ofTheOwner() {
        let rule = MailBudget.Rule(perHour: 10, perDay: 30)
        var budget = MailBudget()
        var spentAt = Self.start
        while budget.take(at: spentAt, under: rule) != nil { spentAt = spentAt + .microseconds(1) }
        // Refused ones take nothing.
        for _ in 0..<1_000 { #expect(budget.take(at: spentAt, under: rule) == nil) }

        #expect(budget.take(at: spentAt + .seconds(360), under: rule) != nil)
    }

    @Test("the interval between mails is kept, with one mail at once", arguments: [1, 60, 3_600] as [Int64])
    func interval(_ seconds: Int64) {
        let rule = MailBudget.Rule(
            hourly: TokenBucket.Rule(1, per: .seconds(seconds)), daily: TokenBucket.Rule(1_440, per: .seconds(86_400)))
        var budget = MailBudget()
        #expect(budget.take(at: Self.start, under: rule) == Self.start + .seconds(seconds))
        #expect(budget.take(at: Self.start + .seconds(seconds) - .microseconds(1), under: rule) == nil)
        #expect(budget.take(at: Self.start + .seconds(seconds), under: rule) != nil)
    }
}
