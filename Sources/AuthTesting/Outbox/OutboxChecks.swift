// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// O2 to O8, O10, T6, U13: rows of the outbox, leased and settled.
enum OutboxChecks {
    static let all: [StoreCheck] = [
        StoreCheck("O2", "a new entry makes those that it has to wait for due at once", on: hastening),
        StoreCheck("O3", "an entry is written with its audit event, and not for a user who is gone", on: writing),
        StoreCheck("O4", "of many concurrent claims one gets a row, and every row is claimed once", on: racing),
        StoreCheck("O4", "of one user's rows only the first is leased, those of others beside it", on: order),
        StoreCheck("O4", "rows that are not due, and those of other lanes and destinations, are left alone", on: lanes),
        StoreCheck("O5", "a lease that has run out is taken over, and counts as an attempt", on: takingOver),
        StoreCheck("O6", "a settlement under an earlier lease changes nothing", on: superseded),
        StoreCheck("O7", "a failed delivery is tried again as scheduled, and given up at its end", on: schedule),
        StoreCheck("O7", "a failure of the next hop counts as no attempt, and puts a row behind others", on: nextHop),
        StoreCheck("O7", "a dead row is audited with its cause, and holds up none behind it", on: dead),
        StoreCheck("O8", "an operator has a dead row tried again, or drops it", on: operating),
        StoreCheck("O8", "what a process is delivering is left alone", on: operatingOnLeased),
        StoreCheck("O10", "a dead row is kept for its time, and one due is not removed", on: purging),
        StoreCheck("O10", "what a wrong clock has put off is due at once", on: recalling),
        StoreCheck("T6", "a token and the mail that carries it are written together, or neither", on: mailedToken),
        StoreCheck("U13", "a new user's token is stored with the user, and the mail written", on: verification),
        StoreCheck("A5", "an entry comes back as it was written, and is counted", on: roundTrip),
    ]

    // MARK: What is written

    /// A mail to a user, or to no user.
    static func entry(
        _ kind: String, about user: User?, _ test: StoreUnderTest, at seconds: Int64 = 0, lane: OutboxLane = .mail,
        destination: String = ""
    ) -> OutboxEntry {
        OutboxEntry(
            lane, destination: destination, kind: kind, about: user?.id, to: "ada@example.test",
            in: test.context(seconds))
    }

    static func enqueue(_ test: StoreUnderTest, _ entries: OutboxEntry...) async throws {
        for entry in entries {
            let context = OperationContext(now: entry.createdAt)
            try require(
                try await test.store.enqueue(entry, recording: nil, context: context), "\(entry.kind) was not written")
        }
    }

    static func lease(_ number: UInt8, _ test: StoreUnderTest, at seconds: Int64 = 0) -> OutboxLease {
        OutboxLease(
            id: [UInt8](repeating: number, count: 16), until: test.context(seconds).now + OutboxLease.duration)
    }

    static func claim(
        _ test: StoreUnderTest, _ lease: OutboxLease, at seconds: Int64 = 0, limit: Int = 1,
        lane: OutboxLane = .mail, destination: String = ""
    ) async throws -> [OutboxRow] {
        try await test.store.claimOutbox(
            lane, destination: destination, limit: limit, lease: lease, context: test.context(seconds))
    }

    static func settle(
        _ test: StoreUnderTest, _ row: OutboxRow, _ lease: OutboxLease, _ result: OutboxResult, at seconds: Int64 = 0
    ) async throws -> OutboxSettlement {
        try await test.store.settleOutbox(row.key, lease: lease, result, context: test.context(seconds))
    }

    static func rows(_ test: StoreUnderTest, _ query: OutboxQuery = OutboxQuery()) async throws -> [OutboxRow] {
        try await test.store.outboxRows(matching: query)
    }

    private static let failed = OutboxResult.failed(OutboxFailure("down"))
    private static let refused = OutboxResult.failed(OutboxFailure("no such mailbox", of: .row))

    private static func roundTrip(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let context = OperationContext(
            now: test.context(5).now, source: "192.0.2.1", userAgent: "an \"agent\"\n", requestID: "r")
        let full = OutboxEntry(
            .notice, kind: "new_device", about: ada.id, to: "Ada@Example.Test",
            token: OutboxToken(digest: [1, 2], content: [3]), details: ["a": "1 \u{0} \u{E9}", "b": ""],
            expiresAt: context.now + .seconds(60), in: context)
        let bare = OutboxEntry(.event, destination: "audit", kind: "user_created", about: nil, in: test.context(6))
        for entry in [full, bare] {
            let isWritten = try await test.store.enqueue(entry, recording: nil, context: context)
            try require(isWritten, "\(entry.kind) was not written")
        }
        let rows = try await rows(test)
        try requireEqual(rows.map(\.entry), [full, bare], "the entries")
        try requireEqual(rows.map(\.attempts), [0, 0], "the attempts")
        try requireEqual(rows.map(\.dueAt), [context.now, test.context(6).now], "when they are due")
        try require(rows[0].number < rows[1].number, "the numbers are in no order")
        try requireEqual(
            Set(try await test.store.outboxDepths()),
            [
                OutboxDepth(lane: .notice, state: .due, count: 1, oldest: context.now),
                OutboxDepth(lane: .event, state: .due, count: 1, oldest: test.context(6).now),
            ], "the depths")
        try requireEqual(
            try await self.rows(test, OutboxQuery(lane: .event)).map(\.number), [rows[1].number], "by lane")
        try requireEqual(try await self.rows(test, OutboxQuery(state: .dead)), [], "by state")
        try requireEqual(
            try await self.rows(test, OutboxQuery(after: rows[0].number)).map(\.number), [rows[1].number], "behind one")
        try requireEqual(try await self.rows(test, OutboxQuery(limit: 1)).count, 1, "the length of a page")
    }

    private static func writing(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let event = AuditEvent(.emailVerificationRequested, target: ada.id, in: test.context(1))
        let isWritten = try await test.store.enqueue(
            entry("a", about: ada, test), recording: event, context: test.context(1))
        try require(isWritten, "it was not written")
        try requireEqual(try await test.audit().last, event, "the audit event")
        _ = try await test.store.perform(.delete, on: ada.id, context: test.context(2)).outcome
        let events = try await test.audit().count
        let isWrittenLate = try await test.store.enqueue(
            entry("b", about: ada, test), recording: event, context: test.context(3))
        try require(!isWrittenLate, "it was written for a user who is gone")
        try requireEqual(try await rows(test), [], "the rows")
        try requireEqual(try await test.audit().count, events, "the number of audit events")
        try await enqueue(test, entry("c", about: nil, test))
        try requireEqual(try await rows(test).map(\.entry.kind), ["c"], "the rows without a user")
    }

    private static func hastening(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        try await enqueue(test, entry("a", about: ada, test), entry("b", about: bob, test))
        for number in 0..<2 as Range<UInt8> {
            let lease = lease(number, test)
            for row in try await claim(test, lease) { _ = try await settle(test, row, lease, failed) }
        }
        let other = entry("event", about: ada, test, at: 1, lane: .event, destination: "x")
        try await enqueue(test, other)
        try requireEqual(try await claim(test, lease(2, test), at: 1), [], "before another mail")
        try await enqueue(test, entry("c", about: ada, test, at: 1))
        let first = try await claim(test, lease(3, test, at: 1), at: 1, limit: 10)
        try requireEqual(first.map(\.entry.kind), ["a"], "after another mail to the first user")
    }

    private static func mailedToken(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for number in 0..<4 as Range<UInt8> {
            let token = test.token(number, .passwordReset, for: ada)
            let mail = OutboxEntry(
                .mail, kind: "password_reset", about: ada.id, to: "ada@example.test",
                token: OutboxToken(digest: token.digest, content: [number]), expiresAt: token.expiresAt,
                in: test.context())
            let issuance = try await test.store.issueToken(
                MailedToken(token, flow: nil, mail: mail), under: MailTerms(.stranger, rule: .standard),
                answering: nil, context: test.context())
            try requireEqual(
                issuance == .issued(expiresAt: token.expiresAt), number < 3, "whether token \(number) was issued")
        }
        try requireEqual(try await rows(test).map(\.entry.token?.content), [[0], [1], [2]], "the mails")
    }

    private static func verification(_ test: StoreUnderTest) async throws {
        func create(_ name: String, _ number: Int) async throws -> (UserCreation, OneTimeToken) {
            let user = try test.draft(name, number)
            let token = test.token(UInt8(number), .emailVerification, for: user)
            let mail = OutboxEntry(
                .mail, kind: "email_verification", about: user.id, to: "ada@example.test",
                token: OutboxToken(digest: token.digest, content: [1]), in: test.context())
            let creation = try await test.store.createUser(
                user, passwordHash: nil, verification: MailedToken(token, flow: nil, mail: mail),
                action: .userRegistered, context: test.context())
            return (creation, token)
        }
        let (made, token) = try await create("ada", 1)
        try requireEqual(made, .created, "the first creation")
        let (taken, lost) = try await create("ada", 2)
        try requireEqual(taken, .taken(.username), "the second creation")
        try requireEqual(try await test.store.oneTimeToken(token.key), token, "the token")
        try requireEqual(try await test.store.oneTimeToken(lost.key), nil, "the token of the user who was not made")
        try requireEqual(try await rows(test).map(\.entry.userID), [token.userID], "the mails")
        try requireEqual(
            try await test.audit().map(\.action), [.userRegistered, .emailVerificationRequested], "the audit log")
    }

    // MARK: Leasing

    private static func racing(_ test: StoreUnderTest) async throws {
        for number in 1...4 {
            let user = try await test.make("user\(number)", number)
            try await enqueue(test, entry("a", about: user, test), entry("b", about: user, test))
        }
        let claimed = try await concurrently(8) { number in
            let lease = lease(UInt8(number), test)
            var kinds: [String] = []
            // A claim that meets another one may come to nothing; the rows are there until they are settled.
            for _ in 0..<40 {
                for row in try await claim(test, lease) {
                    kinds.append("\(row.entry.kind) \(row.number)")
                    try requireEqual(try await settle(test, row, lease, .delivered), .removed, "the settlement")
                }
            }
            return kinds
        }.flatMap(\.self)
        try requireEqual(Set(claimed).count, claimed.count, "how many rows were claimed, of \(claimed.count) claims")
        try requireEqual(claimed.count, 8, "how many were claimed")
        try requireEqual(try await rows(test), [], "the rows that are left")
    }

    private static func order(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        try await enqueue(
            test, entry("a1", about: ada, test), entry("a2", about: ada, test), entry("b1", about: bob, test, at: 1),
            entry("n1", about: nil, test, at: 2), entry("n2", about: nil, test, at: 3))
        let first = lease(1, test, at: 5)
        let rows = try await claim(test, first, at: 5, limit: 10)
        try requireEqual(rows.map(\.entry.kind), ["a1", "b1", "n1", "n2"], "the first claim")
        try requireEqual(rows.map(\.attempts), [1, 1, 1, 1], "the attempts")
        try requireEqual(try await claim(test, lease(2, test), at: 5, limit: 10), [], "while they are leased")
        try requireEqual(try await settle(test, rows[0], first, .moot, at: 5), .removed, "settling the first")
        try requireEqual(
            try await claim(test, lease(2, test), at: 5, limit: 10).map(\.entry.kind), ["a2"], "after the first")
    }

    private static func lanes(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await enqueue(
            test, entry("mail", about: ada, test), entry("notice", about: ada, test, lane: .notice),
            entry("x", about: ada, test, lane: .event, destination: "x"),
            entry("y", about: ada, test, lane: .event, destination: "y"),
            entry("late", about: nil, test, at: 10))
        try requireEqual(try await claim(test, lease(1, test), limit: 0), [], "a claim of nothing")
        func kinds(_ lane: OutboxLane, _ destination: String = "", at seconds: Int64 = 0) async throws -> [String] {
            try await claim(
                test, lease(1, test), at: seconds, limit: 10, lane: lane, destination: destination
            ).map(\.entry.kind)
        }
        try requireEqual(try await kinds(.mail), ["mail"], "mails")
        try requireEqual(try await kinds(.notice), ["notice"], "notices")
        try requireEqual(try await kinds(.event), [], "events of no subscription")
        try requireEqual(try await kinds(.event, "y"), ["y"], "events of one subscription")
        try requireEqual(try await kinds(.event, "x"), ["x"], "events of the other")
        try requireEqual(try await kinds(.mail, at: 9), [], "before one is due")
        try requireEqual(try await kinds(.mail, at: 10), ["late"], "once it is due")
    }

    private static func takingOver(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await enqueue(test, entry("a", about: ada, test))
        _ = try await claim(test, lease(1, test))
        let end = OutboxLease.duration.components.seconds
        try requireEqual(try await claim(test, lease(2, test), at: end - 1), [], "just before the end")
        let taken = try await claim(test, lease(2, test, at: end), at: end)
        try requireEqual(taken.map(\.attempts), [2], "the attempts of what is taken over")
        try requireEqual(taken.map(\.lease), [lease(2, test, at: end)], "the lease")
    }

    private static func superseded(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await enqueue(test, entry("a", about: ada, test))
        let first = lease(1, test)
        let row = try requireValue(try await claim(test, first).first)
        let end = OutboxLease.duration.components.seconds
        let second = lease(2, test, at: end)
        _ = try await claim(test, second, at: end)
        let before = try await rows(test)
        for result in [OutboxResult.delivered, .moot, failed, refused] {
            try requireEqual(try await settle(test, row, first, result, at: end), .superseded, "settling \(result)")
        }
        try requireEqual(try await rows(test), before, "the row")
        try requireEqual(try await settle(test, row, second, .delivered, at: end), .removed, "under its lease")
        try requireEqual(try await settle(test, row, second, .delivered, at: end), .superseded, "once more")
    }

    // MARK: Settling

    private static func schedule(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await enqueue(
            test,
            OutboxEntry(
                .mail, kind: "a", about: ada.id, to: "ada@example.test", expiresAt: test.context(100).now,
                in: test.context()))
        var seconds: Int64 = 0
        var settlements: [OutboxSettlement] = []
        for number in 1...4 as ClosedRange<UInt8> {
            let lease = lease(number, test, at: seconds)
            let row = try requireValue(try await claim(test, lease, at: seconds).first, "the row at \(seconds)")
            let settlement = try await settle(test, row, lease, failed, at: seconds)
            settlements.append(settlement)
            guard case .postponed(let instant) = settlement else { break }
            seconds = instant.seconds - StoreUnderTest.start.seconds
            try requireEqual(try await claim(test, lease, at: seconds - 1), [], "just before it is due")
            try requireEqual(try await rows(test).map(\.failure), ["down"], "the failure")
        }
        let expected: [OutboxSettlement] =
            [2, 10, 42].map { .postponed(until: test.context($0).now) } + [.dead]
        try requireEqual(settlements, expected, "the settlements")
    }

    private static func nextHop(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        try await enqueue(test, entry("a", about: ada, test), entry("b", about: bob, test, at: 1))
        let down = OutboxResult.failed(OutboxFailure("down", of: .nextHop))
        var kinds: [String] = []
        for number in 1...4 as ClosedRange<UInt8> {
            let seconds = Int64(number) * 10
            let lease = lease(number, test, at: seconds)
            let row = try requireValue(try await claim(test, lease, at: seconds).first, "the row at \(seconds)")
            kinds.append(row.entry.kind)
            try requireEqual(row.attempts, 1, "the attempts of claim \(number)")
            let settlement = try await settle(test, row, lease, down, at: seconds)
            try requireEqual(settlement, .postponed(until: test.context(seconds).now), "settlement \(number)")
        }
        try requireEqual(kinds, ["a", "b", "a", "b"], "the order of deliveries")
        try requireEqual(try await rows(test).map(\.attempts), [0, 0], "the attempts at the end")
        try requireEqual(try await rows(test).map(\.failure), ["down", "down"], "the failures")
    }

    private static func dead(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let cause = OperationContext(
            now: test.context().now, source: "192.0.2.1", userAgent: "agent", requestID: "r-1")
        let first = OutboxEntry(.mail, kind: "a", about: ada.id, to: "ada@example.test", in: cause)
        try await enqueue(test, first, entry("b", about: ada, test))
        let lease = lease(1, test)
        let row = try requireValue(try await claim(test, lease).first)
        try requireEqual(try await settle(test, row, lease, refused, at: 3), .dead, "the settlement")
        let event = try requireValue(try await test.audit().last)
        let expected = AuditEvent(
            .mailFailed, refusal: "not_delivered", target: ada.id, in: first.context(at: test.context(3).now))
        try requireEqual(event, expected, "the audit event")
        try requireEqual(
            try await rows(test, OutboxQuery(state: .dead)).map(\.failure), ["no such mailbox"], "what is kept")
        try requireEqual(try await claim(test, lease, at: 4).map(\.entry.kind), ["b"], "what comes behind it")
        try requireEqual(try await claim(test, lease, at: 100_000, limit: 10).map(\.entry.kind), ["b"], "much later")

        try await enqueue(test, entry("event", about: ada, test, lane: .event, destination: "x"))
        let other = try requireValue(try await claim(test, lease, lane: .event, destination: "x").first)
        try requireEqual(try await settle(test, other, lease, refused), .dead, "the settlement of an event")
        try requireEqual(try await test.audit().last?.action, .eventFailed, "the audit event of an event")
    }

    private static func operating(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let lease = lease(1, test)
        try await enqueue(test, entry("a", about: ada, test), entry("b", about: ada, test))
        for _ in 0..<2 {
            let row = try requireValue(try await claim(test, lease).first)
            _ = try await settle(test, row, lease, refused)
        }
        let rows = try await rows(test)
        let late = test.context(200_000)
        try require(try await test.store.retryOutboxRow(rows[0].key, context: late), "the retry was refused")
        let again = try requireValue(try await claim(test, lease, at: 200_000).first)
        try requireEqual(again.number, rows[0].number, "the row that is tried again")
        let settlement = try await settle(test, again, lease, failed, at: 200_000)
        try requireEqual(settlement, .postponed(until: test.context(200_002).now), "its settlement")

        try require(try await test.store.dropOutboxRow(rows[1].key, context: late), "dropping was refused")
        try requireEqual(
            try await test.audit().last, AuditEvent(.mailFailed, refusal: "dropped", target: ada.id, in: late),
            "the audit event")
        try requireEqual(try await self.rows(test).map(\.number), [rows[0].number], "what is left")
        try require(try await !test.store.dropOutboxRow(rows[1].key, context: late), "it was dropped twice")
        try require(try await !test.store.retryOutboxRow(rows[1].key, context: late), "what is gone is tried again")
    }

    private static func operatingOnLeased(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await enqueue(test, entry("a", about: ada, test))
        let row = try requireValue(try await claim(test, lease(1, test)).first)
        try require(try await !test.store.dropOutboxRow(row.key, context: test.context(1)), "it was dropped")
        try require(try await !test.store.retryOutboxRow(row.key, context: test.context(1)), "it is tried again")
        try requireEqual(try await settle(test, row, lease(1, test), .delivered, at: 1), .removed, "its settlement")
    }

    // MARK: Upkeep

    private static func purging(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await enqueue(test, entry("a", about: ada, test), entry("b", about: ada, test))
        let lease = lease(1, test)
        let row = try requireValue(try await claim(test, lease).first)
        _ = try await settle(test, row, lease, refused)
        func kinds(purgedAt now: Timestamp) async throws -> [String] {
            _ = try await test.store.purge(expiredAt: now, endedBefore: test.context().now, limit: 10)
            return try await rows(test).map(\.entry.kind)
        }
        let end = row.expiresAt + OutboxSchedule.deadRetention
        try requireEqual(try await kinds(purgedAt: end - .microseconds(1)), ["a", "b"], "just before the end")
        try requireEqual(try await kinds(purgedAt: end), ["b"], "at the end")
    }

    private static func recalling(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        let future: Int64 = 100_000_000
        try await enqueue(test, entry("late", about: ada, test, at: future), entry("leased", about: bob, test))
        _ = try await claim(
            test, OutboxLease(id: [1], until: test.context(future).now), limit: 1)
        try requireEqual(try await claim(test, lease(2, test), at: 10, limit: 10), [], "before the purge")
        _ = try await test.store.purge(
            expiredAt: test.context(10).now, endedBefore: test.context().now, limit: 10)
        let claimed = try await claim(test, lease(2, test, at: 10), at: 10, limit: 10)
        try requireEqual(Set(claimed.map(\.entry.kind)), ["late", "leased"], "after the purge")
    }
}
