// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// O1, O9: which operations write into the outbox, and what a deletion leaves.
enum OutboxCauseChecks {
    static let all: [StoreCheck] = [
        StoreCheck("O1", "each operation writes the notices and events of what it did", on: causes),
        StoreCheck("O1", "an operation without notices and subscriptions writes nothing", on: silence),
        StoreCheck("O1", "what is refused or changes nothing writes nothing", on: refusals),
        StoreCheck("O1", "a notice goes to the address that the user had before the change", on: recipients),
        StoreCheck("O1", "a notice of a new device says what the device is", on: newDevice),
        StoreCheck("O9", "deleting a user removes mails and notices, and keeps the events in order", on: deletion),
    ]

    /// A context in which everything is written.
    private static func context(_ test: StoreUnderTest, _ seconds: Int64) -> OperationContext {
        OperationContext(
            now: test.context(seconds).now, source: "192.0.2.7", userAgent: "Firefox/1 Windows",
            outbox: OutboxPolicy(notices: Set(SecurityNotice.allCases), subscriptions: ["x"]))
    }

    /// What was written since the last time, without what the rows are about.
    private static func written(_ test: StoreUnderTest, after number: inout Int64) async throws -> [String] {
        let rows = try await OutboxChecks.rows(test, OutboxQuery(after: number))
        number = rows.last?.number ?? number
        return rows.map { row in
            let details = row.entry.details.sorted { $0.key < $1.key }.map { " \($0.key)" }.joined()
            return "\(row.entry.lane.rawValue) \(row.entry.kind)\(details)"
        }
    }

    private static func causes(_ test: StoreUnderTest) async throws {
        var last: Int64 = 0
        func expect(_ expected: [String], _ what: String) async throws {
            try requireEqual(try await written(test, after: &last), expected, what)
        }
        let ada = try test.draft("ada", 1)
        _ = try await test.store.createUser(
            ada, passwordHash: StoreUnderTest.hash(), action: .userRegistered, context: context(test, 0))
        try await expect(["event user_created"], "creating a user")

        let token = try await test.issue(1, .emailVerification, for: ada)
        _ = try await test.store.redeemEmailVerification(
            .link(token.key), showing: .first, context: context(test, 1)
        ).outcome
        try await expect(["event address_verified"], "verifying the address")

        let one = try await test.open(1, of: ada)
        let two = try await test.open(2, of: ada)
        _ = try await test.store.endSession(one.id, of: ada.id, reason: .revoked, context: context(test, 2)).outcome
        try await expect(["event sessions_ended session"], "ending a session")
        let presented = RefreshPresentation(
            sessionID: two.id, userID: ada.id, counter: 0, grace: .zero)
        _ = try await test.store.refresh(presented, context: context(test, 3)).outcome
        try await expect([], "refreshing")
        let reuse = try await test.store.refresh(presented, context: context(test, 4)).outcome
        try requireEqual(reuse, .refused(.reused), "presenting it again")
        try await expect(["notice refresh_reused", "event sessions_ended session"], "a reuse")

        let three = try await test.open(3, of: ada)
        try await test.open(4, of: ada)
        _ = try await test.store.endSessions(
            of: ada.id, except: three.id, reason: .revoked, context: context(test, 5)
        ).outcome
        try await expect(["event sessions_ended kept_session"], "ending all but one")
        _ = try await test.store.endSessions(of: ada.id, except: nil, reason: .revoked, context: context(test, 6))
            .outcome
        try await expect(["event sessions_ended"], "ending all")

        let epoch = try await test.stored(ada).epoch
        _ = try await test.store.openSession(
            test.session(5, of: ada, at: 7), expecting: epoch, limit: nil, replacing: nil, context: context(test, 7)
        ).outcome
        try await expect([], "signing in")
        _ = try await test.store.openSession(
            test.session(6, of: ada, at: 8), expecting: epoch, limit: SessionLimit(perUser: 1),
            replacing: nil, context: context(test, 8)
        ).outcome
        try await expect(["event sessions_ended session"], "evicting a session")

        let replacement = PasswordReplacement(
            expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("second"), session: nil)
        _ = try await test.store.replacePassword(of: ada.id, replacement, context: context(test, 9)).outcome
        let password = ["notice password_changed", "event password_changed", "event sessions_ended"]
        try await expect(password, "changing the password")
        let reset = try await test.issue(2, .passwordReset, for: ada, at: 10)
        _ = try await test.store.redeemPasswordReset(
            .link(reset.key), newHash: StoreUnderTest.hash("third"), context: context(test, 11)
        ).outcome
        try await expect(password, "resetting the password of a verified address")
        // A new address leaves nothing bound to the mailbox of the old one.
        _ = try await test.store.changeProfile(
            of: ada.id, by: ProfileChange(email: try EmailAddress("other@example.test")), context: test.context(11)
        ).outcome
        let elsewhere = try await test.issue(3, .emailVerification, for: try await test.stored(ada), at: 11)
        _ = try await test.store.redeemEmailVerification(
            .link(elsewhere.key), showing: nil, context: context(test, 11)
        ).outcome
        try await expect(
            ["notice credentials_voided", "event address_verified", "event sessions_ended"], "voiding the credentials")

        _ = try await test.store.changeProfile(
            of: ada.id, by: ProfileChange(email: try EmailAddress("new@example.test")), context: context(test, 12)
        ).outcome
        try await expect(["notice address_changed", "event user_changed"], "changing the address")
        _ = try await test.store.perform(.setRole(.guest), on: ada.id, context: context(test, 13)).outcome
        try await expect(["event user_changed"], "changing the role")
        _ = try await test.store.perform(.setActive(false), on: ada.id, context: context(test, 14)).outcome
        try await expect(["event user_changed", "event sessions_ended"], "disabling the user")
        _ = try await test.store.perform(.delete, on: ada.id, context: context(test, 15)).outcome
        try await expect(["event user_deleted"], "deleting the user")
    }

    private static func silence(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let replacement = PasswordReplacement(
            expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("second"), session: nil)
        _ = try await test.store.replacePassword(of: ada.id, replacement, context: test.context(1)).outcome
        _ = try await test.store.rememberSignIn(
            at: [[1]], of: ada.id, isExpected: false,
            context: OperationContext(now: test.context(1).now, source: "192.0.2.1"))
        try requireEqual(try await OutboxChecks.rows(test), [], "the rows")
    }

    private static func refusals(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await test.make("bob", 2)
        let stale = PasswordReplacement(
            expected: StoreUnderTest.hash("other"), new: StoreUnderTest.hash("second"), session: nil)
        let context = context(test, 1)
        _ = try await test.store.replacePassword(of: ada.id, stale, context: context).outcome
        let taken = ProfileChange(email: try EmailAddress("bob@example.test"))
        _ = try await test.store.changeProfile(of: ada.id, by: taken, context: context).outcome
        let same = ProfileChange(email: ada.email)
        _ = try await test.store.changeProfile(of: ada.id, by: same, context: context).outcome
        _ = try await test.store.perform(.setActive(true), on: ada.id, context: context).outcome
        _ = try await test.store.endSession(
            SessionID(StoreUnderTest.uuid(99)), of: ada.id, reason: .revoked, context: context
        ).outcome
        let taker = try await test.store.createUser(
            try test.draft("ada", 3), passwordHash: nil, action: .userRegistered, context: context)
        try requireEqual(taker, .taken(.username), "the second creation")
        _ = try await test.store.redeemPasswordReset(
            .link(OneTimeTokenKey(userID: ada.id, digest: [9])), newHash: StoreUnderTest.hash("x"), context: context
        ).outcome
        try requireEqual(try await OutboxChecks.rows(test).map(\.entry.kind), [], "the rows")
    }

    private static func recipients(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for address in [try EmailAddress("Second@Example.Test"), nil] {
            _ = try await test.store.changeProfile(
                of: ada.id, by: ProfileChange(email: .some(address)), context: context(test, 1)
            ).outcome
        }
        let notices = try await OutboxChecks.rows(test, OutboxQuery(lane: .notice))
        try requireEqual(
            notices.map(\.entry.recipient), ["ada@example.test", "Second@Example.Test"], "the recipients")
        let replacement = PasswordReplacement(
            expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("second"), session: nil)
        _ = try await test.store.replacePassword(of: ada.id, replacement, context: context(test, 2)).outcome
        let count = try await OutboxChecks.rows(test, OutboxQuery(lane: .notice)).count
        try requireEqual(count, 2, "how many notices there are once the user has no address")
    }

    private static func newDevice(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for (digest, isExpected) in [(1, true), (2, false), (2, false)] as [(UInt8, Bool)] {
            _ = try await test.store.rememberSignIn(
                at: [[digest]], of: ada.id, isExpected: isExpected, context: context(test, 1))
        }
        let rows = try await OutboxChecks.rows(test)
        try requireEqual(rows.map(\.entry.kind), ["new_device"], "the rows")
        let place = SignInPlace(source: "192.0.2.1", sourceNetwork: nil, userAgent: "Firefox/130.0 (Windows NT 10.0)")
        try requireEqual(
            rows.first?.entry.origin, ActionOrigin(at: context(test, 1).now, from: place), "when and from where")
    }

    private static func deletion(_ test: StoreUnderTest) async throws {
        let ada = try test.draft("ada", 1)
        _ = try await test.store.createUser(
            ada, passwordHash: StoreUnderTest.hash(), action: .userRegistered, context: context(test, 0))
        let bob = try await test.make("bob", 2)
        for user in [ada, bob] {
            let epoch = try await test.stored(user).epoch
            try await OutboxChecks.enqueue(
                test, OutboxChecks.entry("mail \(epoch)", about: user, test),
                OutboxChecks.entry("notice", about: user, test, lane: .notice))
        }
        _ = try await test.store.perform(.delete, on: ada.id, context: context(test, 1)).outcome
        let rows = try await OutboxChecks.rows(test)
        try requireEqual(
            rows.filter { $0.entry.userID == ada.id }.map(\.entry.kind), ["user_created", "user_deleted"],
            "what is left of the deleted user")
        try requireEqual(rows.count { $0.entry.userID == bob.id }, 2, "what is left of the other")
        try requireEqual(try await test.store.orphanCount(), 0, "the number of rows without their user")
    }
}
