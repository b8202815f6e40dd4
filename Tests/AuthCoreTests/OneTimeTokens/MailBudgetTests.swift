// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Budgets of mail") struct MailBudgetTests {
    private static let start = Timestamp(seconds: 1_000_000)

    private static func at(_ seconds: Int64) -> Timestamp { start + .seconds(seconds) }

    private static func token(_ number: Int64, at now: Timestamp, lifetime: Duration) -> OneTimeToken {
        OneTimeToken(
            digest: [UInt8](withUnsafeBytes(of: number) { Array($0) }), purpose: .passwordReset,
            userID: UserID(UUIDv7(high: 1, low: 1)), address: "ada@example.test", createdAt: now,
            expiresAt: now + lifetime)
    }

    @Test("three in an hour and ten in a day are admitted, and regained evenly")
    func rates() {
        var budget = MailBudget()
        #expect(budget.isFull(at: Self.at(0)))
        var admitted: [Int64] = []
        for minute in 0..<(2 * 1_440) as Range<Int64>
        where budget.take(at: Self.at(minute * 60), under: .standard) != nil { admitted.append(minute) }

        #expect(Array(admitted.prefix(5)) == [0, 1, 2, 20, 40])
        // Ten at first, and in a day ten more.
        #expect((10...20).contains(admitted.count { $0 < 1_440 }))
        #expect((10...11).contains(admitted.count { $0 >= 1_440 }))
        #expect(!budget.isFull(at: Self.at(2 * 86_400)))
        #expect(budget.isFull(at: Self.at(4 * 86_400)))
    }

    @Test("taking says when the next one is admitted, and a refusal takes nothing")
    func next() throws {
        let rule = MailBudget.Rule(perHour: 2, perDay: 3)
        var budget = MailBudget()

        #expect(budget.take(at: Self.at(0), under: rule) == Self.at(0))
        #expect(budget.take(at: Self.at(0), under: rule) == Self.at(1_800))
        let before = budget
        #expect(budget.take(at: Self.at(1_799), under: rule) == nil)
        #expect(budget == before)
        #expect(budget.take(at: Self.at(1_800), under: rule) == Self.at(28_800))
        #expect(budget.take(at: Self.at(28_799), under: rule) == nil)
        #expect(budget.take(at: Self.at(28_800), under: rule) != nil)
    }

    @Test("a rule can have limits of any interval")
    func intervals() {
        let minute = MailBudget.Rule(
            hourly: TokenBucket.Rule(1, per: .seconds(60)), daily: TokenBucket.Rule(1_440, per: .seconds(86_400)))
        var budget = MailBudget()
        var admitted: [Int64] = []
        for second in 0..<600 as Range<Int64> where budget.take(at: Self.at(second), under: minute) != nil {
            admitted.append(second)
        }
        #expect(admitted == [0, 60, 120, 180, 240, 300, 360, 420, 480, 540])
    }

    @Test("it is stored as two instants")
    func stored() {
        var budget = MailBudget()
        _ = budget.take(at: Self.at(0), under: .standard)

        #expect(MailBudget(hourlyFullAt: budget.hourly.fullAt, dailyFullAt: budget.daily.fullAt) == budget)
    }

    @Test(
        "of the installation's budget, half is for recipients without mail within the day, and half of that for known clients",
        arguments: [
            (49, true, true, true), (50, true, true, false), (74, true, true, false), (75, true, false, false),
            (99, true, false, false), (100, false, false, false),
        ] as [(Int64, Bool, Bool, Bool)])
    func dayLimit(_ sent: Int64, _ known: Bool, _ first: Bool, _ again: Bool) {
        let limit = MailDayLimit(100)

        for isFirst in [true, false] {
            #expect(limit.admits(after: sent, standing: .known, isFirstOfDay: isFirst) == known)
        }
        #expect(limit.admits(after: sent, standing: .stranger, isFirstOfDay: true) == first)
        #expect(limit.admits(after: sent, standing: .stranger, isFirstOfDay: false) == again)
        #expect(MailDayLimit(1).mails == 4)
    }

    /// A mailbox whose owner never asks, while strangers ask at every minute.
    private struct Mailbox {
        var budget = MailBudget()
        var tokens: [OneTimeToken] = []
        var mails = 0

        mutating func ask(_ token: OneTimeToken, under terms: MailTerms, at now: Timestamp) {
            switch MailDecision.decide(token, beside: tokens, budget: budget, under: terms, at: now) {
            case .mail(let expiry, let left):
                budget = left
                mails += 1
                tokens.removeAll { $0.isSpare(besideTokenFor: token.address, at: now) }
                var mailed = token
                mailed.expiresAt = expiry
                tokens.append(mailed)
            case .extend(let newest, let until):
                guard let index = tokens.firstIndex(where: { $0.key == newest?.key }) else { return }
                tokens[index].expiresAt = until
            }
        }

        func hasLiveLink(at now: Timestamp) -> Bool { tokens.contains { now < $0.expiresAt } }
    }

    struct Flood: Sendable, CustomTestStringConvertible {
        let rule: MailBudget.Rule
        let lifetime: Duration
        /// From this minute on the installation's budget admits no mail to a recipient who had some.
        let spentFrom: Int64
        var testDescription: String { "\(rule.hourly.capacity)/h, \(rule.daily.capacity)/d, \(lifetime), \(spentFrom)" }
    }

    @Test(
        "while strangers ask at every minute of a day, there is at every minute a live link, and few mails",
        arguments: [
            Flood(rule: .standard, lifetime: .seconds(3_600), spentFrom: .max),
            Flood(rule: .standard, lifetime: .seconds(600), spentFrom: .max),
            Flood(rule: .standard, lifetime: .seconds(60), spentFrom: .max),
            Flood(rule: .standard, lifetime: .seconds(86_400), spentFrom: .max),
            Flood(rule: MailBudget.Rule(perHour: 1, perDay: 1), lifetime: .seconds(900), spentFrom: .max),
            Flood(rule: MailBudget.Rule(perHour: 10, perDay: 2), lifetime: .seconds(900), spentFrom: .max),
            Flood(rule: .standard, lifetime: .seconds(3_600), spentFrom: 5),
        ])
    func flood(_ flood: Flood) {
        var mailbox = Mailbox()
        var missing: [Int64] = []
        for minute in 0..<1_440 as Range<Int64> {
            let now = Self.at(minute * 60)
            let terms = MailTerms(.stranger, rule: flood.rule, admitsAgain: minute < flood.spentFrom)
            mailbox.ask(Self.token(minute, at: now, lifetime: flood.lifetime), under: terms, at: now)
            // The owner opens the mailbox at any moment before the next request, too.
            for moment in [now, now + .seconds(59)] where !mailbox.hasLiveLink(at: moment) { missing.append(minute) }
        }

        #expect(missing == [])
        #expect(mailbox.mails <= 2 * flood.rule.daily.capacity)
    }

    @Test("a link is extended to a day after it was made at the most, and never shortened")
    func longestLife() throws {
        let day = Duration.seconds(86_400)
        let spent = MailTerms(.stranger, rule: .standard, admitsAgain: false, admitsFirst: false)
        func until(_ expiry: Int64, askedAt seconds: Int64) -> Timestamp? {
            var newest = Self.token(1, at: Self.at(0), lifetime: .seconds(3_600))
            newest.expiresAt = Self.at(expiry)
            let token = Self.token(2, at: Self.at(seconds), lifetime: .seconds(3_600))
            let decision = MailDecision.decide(
                token, beside: [newest], budget: MailBudget(), under: spent, at: Self.at(seconds))
            guard case .extend(let found, let instant) = decision, found == newest else { return nil }
            return instant
        }

        #expect(MailDecision.longestLife == day)
        #expect(until(3_600, askedAt: 100) == Self.at(3_700))
        #expect(until(86_000, askedAt: 85_000) == Self.at(86_400))
        #expect(until(100_000, askedAt: 90_000) == Self.at(100_000))
        // One that is over stays over.
        #expect(until(3_600, askedAt: 3_600) == nil)
    }

    @Test("without a rule a mail is sent, and nothing is taken")
    func unlimited() {
        let token = Self.token(1, at: Self.at(0), lifetime: .seconds(60))
        let decision = MailDecision.decide(
            token, beside: [], budget: MailBudget(), under: .unlimited, at: Self.at(0))

        #expect(decision == .mail(expiresAt: token.expiresAt, MailBudget()))
    }

    @Test("a request that cannot be answered is tried again after 2, 4, 8 and up to 64 seconds")
    func pauses() {
        let request = MailRequest(
            .unlock, flow: FlowID([1]), address: "a", holder: "h", standing: .known, source: nil, userAgent: nil,
            requestID: nil, createdAt: Self.start)
        let pauses = ([0, 1, 2, 3, 6, 7, .max] as [Int64]).map {
            WaitingMailRequest(number: 1, request: request, attempts: $0).pause
        }

        #expect(pauses == [2, 2, 4, 8, 64, 64, 64].map { Duration.seconds($0) })
    }
}
