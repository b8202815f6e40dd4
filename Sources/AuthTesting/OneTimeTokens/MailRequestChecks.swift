// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// M1 to M5: requests for mails.
enum MailRequestChecks {
    static let all: [StoreCheck] = [
        StoreCheck("M1", "a request is written as it is, and claimed as it was written", on: roundTrip),
        StoreCheck("M1", "a request beyond the quota of its holder or standing is not written", on: quota),
        StoreCheck("M2", "requests of known clients come first, then the oldest", on: order),
        StoreCheck("M2", "of concurrent claims one gets a request", on: racing),
        StoreCheck("M2", "a request is claimed again once its lease has ended", on: lease),
        StoreCheck("M3", "a request that is postponed waits, and only its holder postpones it", on: postponing),
        StoreCheck("M4", "ending a request stores its flow, and writes the mail and the event", on: ending),
        StoreCheck("M4", "who has lost the lease ends nothing", on: lostLease),
        StoreCheck("M5", "the answer to a request removes it, whatever became of the token", on: answering),
        StoreCheck("M5", "of concurrent answers to one request, one is given", on: answeringAtOnce),
        StoreCheck("U8", "a deleted user's requests are not answered", on: deletion),
    ]

    private static func request(
        _ octet: UInt8, holder: String = "192.0.2.0/24", standing: MailStanding = .stranger,
        userID: UserID? = nil, at seconds: Int64 = 0, _ test: StoreUnderTest
    ) -> MailRequest {
        MailRequest(
            .passwordReset, flow: FlowID([UInt8](repeating: octet, count: 32)), address: "Ada@Example.Test",
            userID: userID, holder: holder, standing: standing, source: "192.0.2.7", userAgent: "Firefox/1",
            requestID: "r\(octet)", createdAt: test.context(seconds).now)
    }

    @discardableResult
    private static func ask(
        _ request: MailRequest, quota: MailRequestQuota = MailRequestQuota(), at seconds: Int64 = 0,
        _ test: StoreUnderTest
    ) async throws -> MailRequestOutcome {
        try await test.store.requestMail(request, quota: quota, context: test.context(seconds))
    }

    private static func makeLease(_ octet: UInt8, at seconds: Int64 = 0, _ test: StoreUnderTest) -> OutboxLease {
        OutboxLease(id: [octet], until: test.context(seconds + 60).now)
    }

    private static func claim(
        by octet: UInt8 = 1, limit: Int = 100, at seconds: Int64 = 0, _ test: StoreUnderTest
    ) async throws -> [WaitingMailRequest] {
        try await test.store.claimMailRequests(
            limit: limit, lease: makeLease(octet, at: seconds, test), context: test.context(seconds))
    }

    /// Stores a flow as the answer to a request for which nothing is mailed.
    static func end(_ flow: MailedFlow, _ test: StoreUnderTest) async throws {
        try await ask(request(0, test), test)
        let waiting = try requireValue(try await claim(by: 1, limit: 1, test).first, "the request")
        try await test.store.endMailRequest(
            MailRequestClaim(number: waiting.number, lease: makeLease(1, test)), flow: flow, mail: nil, event: nil,
            context: test.context())
    }

    private static func roundTrip(_ test: StoreUnderTest) async throws {
        let details = ["name": "Ädä \"\\ \u{1F600}", "": "", "hash": String(repeating: "x", count: 2_000)]
        var requests = MailRequestKind.allCases.enumerated().map { number, kind in
            MailRequest(
                kind, flow: FlowID([UInt8(number), 0, 255]), address: "Ädä@exämple.test",
                userID: number == 0 ? UserID(StoreUnderTest.uuid(9)) : nil, holder: "h\(number)", standing: .stranger,
                details: details, source: "2001:db8::1", userAgent: "ü", requestID: "r",
                createdAt: test.context(Int64(number)).now)
        }
        requests.append(
            MailRequest(
                .unlock, flow: FlowID([0]), address: "", holder: "", standing: .stranger, source: nil, userAgent: nil,
                requestID: nil, createdAt: Timestamp(microseconds: .min)))
        for request in requests { try requireEqual(try await ask(request, test), .written) }
        let claimed = try await claim(test)
        try requireEqual(claimed.map(\.request), requests, "the requests")
        try requireEqual(claimed.map(\.attempts), requests.map { _ in 1 }, "the attempts")
        try requireEqual(Set(claimed.map(\.number)).count, requests.count, "how many numbers there are")
        try requireEqual(try await test.audit(), [], "the audit log")
    }

    private static func quota(_ test: StoreUnderTest) async throws {
        let quota = MailRequestQuota(perHolder: 2, perStanding: 3)
        let asked: [(String, MailStanding, MailRequestOutcome)] = [
            ("a", .stranger, .written), ("a", .stranger, .written), ("a", .stranger, .full),
            ("b", .stranger, .written), ("c", .stranger, .full), ("a", .known, .written), ("c", .known, .written),
        ]
        for (number, (holder, standing, expected)) in asked.enumerated() {
            let outcome = try await ask(
                request(UInt8(number), holder: holder, standing: standing, test), quota: quota, test)
            try requireEqual(outcome, expected, "request \(number)")
        }
        let claimed = try await claim(test)
        try requireEqual(claimed.count, 5, "how many were written")
        try requireEqual(try await ask(request(20, holder: "a", test), quota: quota, test), .full, "during the answer")
        for waiting in claimed where waiting.request.holder == "a" && waiting.request.standing == .stranger {
            try await test.store.endMailRequest(
                MailRequestClaim(number: waiting.number, lease: makeLease(1, test)),
                flow: test.flow(waiting.request.flow.digest[0], .passwordReset, of: nil), mail: nil, event: nil,
                context: test.context())
        }
        try requireEqual(try await ask(request(21, holder: "a", test), quota: quota, test), .written, "after it")
    }

    private static func order(_ test: StoreUnderTest) async throws {
        let asked: [(UInt8, MailStanding, Int64)] = [
            (1, .stranger, 2), (2, .stranger, 1), (3, .known, 3), (4, .stranger, 1), (5, .known, 0), (6, .known, 50),
        ]
        for (octet, standing, seconds) in asked {
            try await ask(request(octet, standing: standing, at: seconds, test), at: seconds, test)
        }
        try requireEqual(try await claim(limit: 0, at: 10, test), [], "none")
        let first = try await claim(limit: 3, at: 10, test)
        try requireEqual(first.map(\.request.flow.digest[0]), [5, 3, 2], "the first three")
        let rest = try await claim(by: 2, at: 10, test)
        try requireEqual(rest.map(\.request.flow.digest[0]), [4, 1], "the others that are due")
    }

    private static func racing(_ test: StoreUnderTest) async throws {
        for octet in 0..<6 as Range<UInt8> { try await ask(request(octet, test), test) }
        let claims = try await concurrently(12) { number in try await claim(by: UInt8(number), limit: 2, test) }
        let numbers = claims.flatMap { $0 }.map(\.number)
        try requireEqual(Set(numbers).count, numbers.count, "how many were claimed once")
        let left = try await claim(by: 99, test)
        try requireEqual(numbers.count + left.count, 6, "how many were claimed in all")
    }

    private static func lease(_ test: StoreUnderTest) async throws {
        try await ask(request(1, test), test)
        try requireEqual(try await claim(by: 1, test).map(\.attempts), [1], "the first claim")
        try requireEqual(try await claim(by: 2, at: 59, test), [], "during the lease")
        try requireEqual(try await claim(by: 3, at: 60, test).map(\.attempts), [2], "at its end")
    }

    private static func postponing(_ test: StoreUnderTest) async throws {
        try await ask(request(1, test), test)
        let number = try requireValue(try await claim(by: 1, test).first).number
        func postpone(_ octet: UInt8, until seconds: Int64) async throws {
            try await test.store.postponeMailRequest(
                number, lease: makeLease(octet, test), until: test.context(seconds).now, context: test.context(1))
        }
        try await postpone(2, until: 2)
        try requireEqual(try await claim(by: 3, at: 3, test), [], "after another has postponed it")
        try await postpone(1, until: 10)
        try requireEqual(try await claim(by: 4, at: 9, test), [], "before it is due")
        try requireEqual(try await claim(by: 5, at: 10, test).map(\.attempts), [2], "when it is due")
        try await postpone(1, until: 11)
        try requireEqual(try await claim(by: 6, at: 12, test), [], "after a lease that was lost was used")
    }

    private static func ending(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let events = try await test.audit().count
        let gone = UserID(StoreUnderTest.uuid(9))
        for (octet, userID) in [(1, nil), (2, ada.id), (3, gone)] as [(UInt8, UserID?)] {
            try await ask(request(octet, test), test)
            let waiting = try requireValue(try await claim(by: octet, test).first)
            let flow = test.flow(octet, .passwordReset, of: nil)
            let mail = OutboxEntry(
                .mail, kind: "mail\(octet)", about: userID, to: "ada@example.test", in: test.context(1))
            try await test.store.endMailRequest(
                MailRequestClaim(number: waiting.number, lease: makeLease(octet, test)), flow: flow, mail: mail,
                event: AuditEvent(.passwordResetRequested, refusal: "unknown_user", in: test.context(1)),
                context: test.context(1))
            try requireEqual(try await test.stored(flow), flow, "the flow")
        }
        try requireEqual(try await claim(by: 9, at: 1_000, test), [], "the requests")
        try requireEqual(
            try await OutboxChecks.rows(test).map(\.entry.kind), ["mail1", "mail2"], "the mails, of users who exist")
        try requireEqual(
            try await test.audit().dropFirst(events).map(\.refusal), ["unknown_user", "unknown_user", "unknown_user"],
            "the audit events")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func lostLease(_ test: StoreUnderTest) async throws {
        try await ask(request(1, test), test)
        let number = try requireValue(try await claim(by: 1, test).first).number
        _ = try await claim(by: 2, at: 60, test)
        let flow = test.flow(1, .passwordReset, of: nil)
        for claim in [
            MailRequestClaim(number: number, lease: makeLease(1, test)),
            MailRequestClaim(number: number + 1, lease: makeLease(2, test)),
        ] {
            try await test.store.endMailRequest(
                claim, flow: flow, mail: OutboxEntry(.mail, kind: "k", about: nil, in: test.context()),
                event: AuditEvent(.passwordResetRequested, in: test.context()), context: test.context(61))
        }
        try requireEqual(try await test.store.mailedFlow(flow.id), nil, "the flow")
        try requireEqual(try await OutboxChecks.rows(test), [], "the mails")
        try requireEqual(try await test.audit(), [], "the audit log")
        try requireEqual(try await claim(by: 3, at: 200, test).map(\.number), [number], "the request")
    }

    /// Answers a request with a token.
    private static func answer(
        _ octet: UInt8, for user: User, _ claim: MailRequestClaim, _ test: StoreUnderTest
    ) async throws -> OneTimeTokenIssuance? {
        let token = test.token(octet, .passwordReset, for: user)
        return try await test.store.issueToken(
            MailedToken(token, flow: test.flow(octet, .passwordReset, of: token), mail: nil),
            under: OneTimeTokenChecks.terms, answering: claim, context: test.context())
    }

    private static func answering(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let stranger = try test.draft("stranger", 9)
        for octet in 1...5 as ClosedRange<UInt8> { try await ask(request(octet, test), test) }
        let claims = try await claim(test).map { MailRequestClaim(number: $0.number, lease: makeLease(1, test)) }
        let lost = MailRequestClaim(number: claims[0].number, lease: makeLease(2, test))
        try requireEqual(try await answer(1, for: ada, lost, test), nil, "the answer of another process")
        try requireEqual(
            try await test.store.mailedFlow(test.flow(1, .passwordReset, of: nil).id), nil, "what it stored")
        for (index, claim) in claims.enumerated() {
            let isKnown = index < 4
            let issuance = try await answer(UInt8(index + 1), for: isKnown ? ada : stranger, claim, test)
            let expected: OneTimeTokenIssuance =
                switch index {
                case 0..<3: .issued(expiresAt: test.context(3_600).now)
                case 3: .refused(.mailLimitReached)
                default: .refused(.addressChanged)
                }
            try requireEqual(issuance, expected, "answer \(index)")
            let flow = test.flow(UInt8(index + 1), .passwordReset, of: nil)
            try requireEqual(try await test.stored(flow).token != nil, index < 3, "whether flow \(index) has a token")
        }
        try requireEqual(try await claim(by: 9, at: 1_000, test), [], "the requests")
        try requireEqual(try await answer(99, for: ada, claims[0], test), nil, "a second answer")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func answeringAtOnce(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await ask(request(1, test), test)
        let waiting = try requireValue(try await claim(by: 1, test).first)
        let held = MailRequestClaim(number: waiting.number, lease: makeLease(1, test))
        let answers = try await concurrently(8) { number in try await answer(UInt8(number), for: ada, held, test) }
        try requireEqual(answers.count { $0 != nil }, 1, "how many answers were given")
        try requireEqual(
            try await test.store.mailCount(since: test.context().now, limit: 100), 1, "how many mails there are")
    }

    private static func deletion(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await ask(request(1, standing: .known, userID: ada.id, test), test)
        try await ask(request(2, test), test)
        let flow = try await test.begin(3, .passwordReset, for: ada)
        _ = try await test.store.perform(.delete, on: ada.id, context: test.context(1)).outcome
        try requireEqual(try await claim(at: 2, test).map(\.request.flow.digest[0]), [2], "the requests that are left")
        try requireEqual(try await test.store.mailedFlow(flow.id), nil, "the flow")
    }
}
