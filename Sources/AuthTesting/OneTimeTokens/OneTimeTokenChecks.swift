// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// T1 and T5: issuing one-time tokens.
enum OneTimeTokenChecks {
    static let all: [StoreCheck] = [
        StoreCheck("T1", "a spent budget regains mails evenly, for each purpose and standing apart", on: budget),
        StoreCheck(
            "T1", "beyond the budget the newest link and its flow live longer, and no mail goes out", on: extending),
        StoreCheck("T1", "the last mail of a budget has a link until the next one is admitted", on: lastMail),
        StoreCheck(
            "T1", "the installation's budget is asked by whether the user had mail within the day", on: dayLimit),
        StoreCheck("T1", "concurrent requests do not exceed the budget of the address", on: budgetAtOnce),
        StoreCheck("T11", "a link that is used gives the budget of strangers back", on: refill),
        StoreCheck("T5", "no redeemable token is removed for a new one, void ones are", on: spare),
        StoreCheck("T1", "a token is stored only for an address that its user has", on: wrongAddress),
    ]

    /// Terms that a client without any standing gets.
    static let terms = MailTerms(.stranger, rule: .standard)

    static func isThere(_ token: OneTimeToken, _ test: StoreUnderTest) async throws -> Bool {
        try await test.store.oneTimeToken(token.key) == token
    }

    /// Asks for a mail, with a flow of the same octet.
    private static func ask(
        _ octet: UInt8, purpose: OneTimeTokenPurpose = .emailVerification, for user: User, at seconds: Int64,
        under terms: MailTerms = OneTimeTokenChecks.terms, _ test: StoreUnderTest
    ) async throws -> OneTimeTokenIssuance? {
        let token = test.token(octet, purpose, for: user, at: seconds)
        let flow = test.flow(octet, purpose, of: token, at: seconds)
        return try await test.store.issueToken(
            MailedToken(token, flow: flow, mail: nil), under: terms, answering: nil, context: test.context(seconds))
    }

    private static func mailed(at seconds: Int64, _ test: StoreUnderTest) -> OneTimeTokenIssuance {
        .issued(expiresAt: test.context(seconds + 3_600).now)
    }

    private static func budget(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        for number in 0..<3 as Range<Int64> {
            let issuance = try await ask(UInt8(number), for: ada, at: number, test)
            try requireEqual(issuance, mailed(at: number, test), "mail \(number)")
        }
        try requireEqual(
            try await ask(3, for: ada, at: 1_199, test), .refused(.mailLimitReached), "the fourth within the hour")
        try requireEqual(
            try await ask(4, for: ada, at: 1_200, test), mailed(at: 1_200, test), "one as soon as it was regained")
        try requireEqual(
            try await ask(5, for: ada, at: 1_200, test), .refused(.mailLimitReached), "one more at once")
        // Neither another standing, purpose or user has used up any of it, nor what nothing limits.
        let known = MailTerms(.known, rule: .standard)
        try requireEqual(
            try await ask(6, for: ada, at: 1_200, under: known, test), mailed(at: 1_200, test), "a known client's")
        try requireEqual(
            try await ask(7, purpose: .passwordReset, for: ada, at: 1_200, test), mailed(at: 1_200, test),
            "another purpose")
        try requireEqual(try await ask(8, for: bob, at: 1_200, test), mailed(at: 1_200, test), "another user's")
        try requireEqual(
            try await ask(9, for: ada, at: 1_200, under: .unlimited, test), mailed(at: 1_200, test), "without limit")
        // Ten in a day, however they are spread.
        var sent = 4
        for number in 0..<20 as Range<Int64> {
            let seconds = 5_000 + number * 1_200
            if case .issued? = try await ask(UInt8(20 + number), for: ada, at: seconds, test) { sent += 1 }
        }
        // 27,800 seconds give back three of the ten.
        try requireEqual(sent, 13, "how many mails there were")
    }

    private static func extending(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for number in 0..<3 as Range<Int64> { _ = try await ask(UInt8(number), for: ada, at: number, test) }
        let events = try await test.audit().count

        let refused = try await ask(3, for: ada, at: 100, test)

        try requireEqual(refused, .refused(.mailLimitReached))
        let newest = test.token(2, .emailVerification, for: ada, at: 2)
        let until = test.context(3_700).now
        try requireEqual(try await test.store.oneTimeToken(newest.key)?.expiresAt, until, "the end of the newest")
        var flow = test.flow(2, .emailVerification, of: newest, at: 2)
        flow.expiresAt = until
        try requireEqual(try await test.stored(flow), flow, "its flow")
        for number in 0..<2 as Range<Int64> {
            let token = test.token(UInt8(number), .emailVerification, for: ada, at: number)
            try require(try await isThere(token, test), "an older token was changed")
        }
        let unsent = test.token(3, .emailVerification, for: ada, at: 100)
        try requireEqual(try await test.store.oneTimeToken(unsent.key), nil, "the token that was not mailed")
        let asked = test.flow(3, .emailVerification, of: unsent, at: 100)
        try requireEqual(try await test.stored(asked), asked.unsent, "the flow of the request")
        // A flood of requests must not write a row for each.
        try requireEqual(try await test.audit().count, events, "the audit events")

        // It is extended again and again, without a mail.
        let day = MailTerms(.stranger, rule: .standard, admitsAgain: false)
        for (octet, seconds) in [(50, 3_600), (51, 7_100), (52, 10_600)] as [(UInt8, Int64)] {
            _ = try await ask(octet, for: ada, at: seconds, under: day, test)
            try requireEqual(
                try await test.store.oneTimeToken(newest.key)?.expiresAt, test.context(seconds + 3_600).now,
                "the end at \(seconds)")
        }
    }

    private static func lastMail(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let rare = MailTerms(.stranger, rule: MailBudget.Rule(perHour: 1, perDay: 1))
        let issuance = try await ask(1, for: ada, at: 0, under: rare, test)
        let day = test.context(86_400).now
        try requireEqual(issuance, .issued(expiresAt: day), "the only mail of the day")
        let token = test.token(1, .emailVerification, for: ada)
        try requireEqual(try await test.store.oneTimeToken(token.key)?.expiresAt, day, "the end of its link")
        try requireEqual(try await test.store.mailedFlow(of: token.key)?.expiresAt, day, "the end of its flow")
    }

    private static func dayLimit(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let first = MailTerms(.stranger, rule: .standard, admitsAgain: false)
        try requireEqual(try await ask(1, for: ada, at: 0, under: first, test), mailed(at: 0, test), "the first")
        try requireEqual(
            try await ask(2, for: ada, at: 1, under: first, test), .refused(.mailLimitReached), "the second")
        try requireEqual(
            try await ask(3, for: ada, at: 8_640, under: first, test), mailed(at: 8_640, test),
            "one once the budget is whole")
        let none = MailTerms(.stranger, rule: .standard, admitsFirst: false)
        try requireEqual(
            try await ask(4, purpose: .passwordReset, for: ada, at: 0, under: none, test), .refused(.mailLimitReached),
            "one where even first ones are not admitted")
    }

    private static func budgetAtOnce(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let outcomes = try await concurrently(20) { number in
            try await ask(UInt8(number), purpose: .passwordReset, for: ada, at: 0, test)
        }
        try requireEqual(outcomes.count { $0 == mailed(at: 0, test) }, 3, "how many were made")
        try requireEqual(outcomes.count { $0 == .refused(.mailLimitReached) }, 17, "how many were refused")
        for (number, outcome) in outcomes.enumerated() {
            let token = test.token(UInt8(number), .passwordReset, for: ada)
            try requireEqual(
                try await isThere(token, test), outcome == mailed(at: 0, test), "whether token \(number) is there")
        }
    }

    private static func refill(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for number in 0..<3 as Range<Int64> { _ = try await ask(UInt8(number), for: ada, at: number, test) }
        try requireEqual(try await ask(3, for: ada, at: 10, test), .refused(.mailLimitReached), "before")
        let used = test.token(2, .emailVerification, for: ada, at: 2)
        _ = try await test.store.redeemEmailVerification(.link(used.key), showing: nil, context: test.context(20))
        try requireEqual(try await ask(4, for: ada, at: 21, test), mailed(at: 21, test), "after")
    }

    private static func spare(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let untouched = try await test.issue(100, .emailVerification, for: ada)
        var tokens: [OneTimeToken] = []
        for number in 0..<3 as Range<UInt8> { tokens.append(try await test.issue(number, .passwordReset, for: ada)) }
        for (octet, seconds) in [(40, 0), (41, 1_800), (42, 3_599)] as [(UInt8, Int64)] {
            try await test.issue(octet, .passwordReset, for: ada, at: seconds)
            for token in tokens { try require(try await isThere(token, test), "a token is gone at \(seconds)") }
        }
        let later = try await test.issue(10, .passwordReset, for: ada, at: 3_600)
        for token in tokens { try require(try await !isThere(token, test), "an expired token is still there") }
        try require(try await isThere(untouched, test), "a token of another purpose is gone")
        // Tokens for a previous address are void.
        let moved = ProfileChange(email: try EmailAddress("ada@elsewhere.test"))
        guard
            case .changed(let user) = try await test.store.changeProfile(
                of: ada.id, by: moved, context: test.context(3_601)
            ).outcome
        else { throw ConformanceFailure(message: "the address was not changed", location: #fileID) }
        try await test.issue(20, .passwordReset, for: user, at: 3_602)
        try require(try await !isThere(later, test), "a token for another address is still there")
    }

    private static func wrongAddress(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        let stray = OneTimeToken(
            digest: [1], purpose: .passwordReset, userID: ada.id, address: "bob@example.test",
            createdAt: StoreUnderTest.start, expiresAt: test.context(60).now)
        let unstored = test.token(2, .passwordReset, for: try test.draft("unstored", 3))
        for token in [stray, unstored] {
            try requireEqual(
                try await test.store.issueToken(token, context: test.context()), .refused(.addressChanged),
                "whether the token was stored")
            try requireEqual(try await test.store.oneTimeToken(token.key), nil, "the token")
        }
        try await test.issue(3, .passwordReset, for: bob)
        let audited = try await test.audit().filter { $0.action == .passwordResetRequested }
        try requireEqual(audited.map(\.refusal), [nil], "what was audited")
        try requireEqual(audited.map(\.target), [bob.id], "of whom")
    }
}
