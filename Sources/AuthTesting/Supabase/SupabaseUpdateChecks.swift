// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// X8: what users change of themselves.
enum SupabaseUpdateChecks {
    static let all: [StoreCheck] = [
        StoreCheck("X8", "metadata needs a live session, and no proof", on: data),
        StoreCheck("X8", "a password needs a recent sign-in, a recovery, a password or a nonce", on: proofs),
        StoreCheck("X8", "a nonce is good once, for its own user, and wrong ones are counted", on: nonces),
        StoreCheck("X8", "a new password ends the other sessions, and keeps this one and what is bound", on: password),
        StoreCheck("X8", "a password that was replaced meanwhile is stale, and nothing is done by halves", on: stale),
        StoreCheck("X8", "an address is replaced at once, unproven, and the change can be undone", on: addressNow),
        StoreCheck("X8", "a guest who takes an address is none any more", on: upgrade),
        StoreCheck("X8", "an address is asked for with its mails, in the same transaction", on: pendingAddress),
        StoreCheck("X8", "where no mail may be sent, nothing is changed", on: spentMailBudget),
        StoreCheck("X8", "a former address is told only if it was proven", on: formerAddress),
    ]

    static let recent = RecentProof(within: .seconds(600), leeway: .seconds(60))

    /// A change of a password, or of what is given.
    static func change(
        _ session: Session, data: MetadataPatch? = nil, password: SupabaseOwnChange.NewPassword? = nil,
        email: SupabaseOwnChange.Email? = nil, nonce: SupabaseOwnChange.Nonce? = nil, isProven: Bool = false
    ) -> SupabaseOwnChange {
        SupabaseOwnChange(
            session: session.id, data: data, password: password, email: email, nonce: nonce, isProven: isProven,
            needsProof: password != nil || email != nil, recent: recent, recovery: .seconds(3_600))
    }

    static let newPassword = SupabaseOwnChange.NewPassword(
        expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("second"))

    private static func update(
        _ user: User, by change: SupabaseOwnChange, at seconds: Int64 = 1, _ test: StoreUnderTest
    ) async throws -> SupabaseUpdateOutcome {
        try await test.store.updateSupabaseUser(
            user.id, by: change, context: test.context(seconds, actor: user.id)
        ).outcome
    }

    static func updated(_ outcome: SupabaseUpdateOutcome) throws -> User {
        guard case .updated(let user) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        return user
    }

    private static func patch(_ name: String, _ value: String) throws -> MetadataPatch {
        try MetadataPatch([name: .string(value)])
    }

    private static func data(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let session = try await test.open(1, of: ada)
        let other = try await test.open(2, of: try await test.makeBound("bob", 2))
        let green = try patch("color", "green")
        let cursor = try await test.cursor()
        let changed = try updated(try await update(ada, by: change(session, data: green), at: 3_000, test))
        try requireEqual(changed.userMetadata, #"{"color":"green"}"#, "the metadata")
        try requireEqual(try await test.stored(ada).inFull, changed.inFull, "the user")
        try requireEqual(try await test.feed(after: cursor), [.userChanged(ada.id)], "the feed")
        try requireEqual(try await test.audit().last?.action, .profileChanged, "the audit event")
        // Nothing changes, and nothing is written.
        let events = try await test.audit().count
        _ = try updated(try await update(ada, by: change(session, data: green), at: 3_001, test))
        try requireEqual(try await test.audit().count, events, "the events")
        try requireEqual(
            try await update(ada, by: change(other, data: green), at: 3_001, test), .sessionOver, "another's session")
        try requireEqual(
            try await update(ada, by: change(session, data: green), at: 3_600, test), .sessionOver, "an expired one")
        _ = try await test.store.endSession(
            session.id, of: ada.id, reason: .signedOut, context: test.context(3_002)
        ).outcome
        try requireEqual(
            try await update(ada, by: change(session, data: green), at: 3_003, test), .sessionOver, "an ended one")
        let large = try MetadataPatch(["k": .string(String(repeating: "x", count: 8_000))])
        let again = try await test.open(3, of: ada, at: 3_004)
        _ = try updated(try await update(ada, by: change(again, data: large), at: 3_005, test))
        let more = try patch("more", String(repeating: "y", count: 500))
        try requireEqual(
            try await update(ada, by: change(again, data: more), at: 3_006, test), .refused(.userMetadataTooLarge),
            "too much")
    }

    private static func proofs(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let session = try await test.open(1, of: ada)
        let plain = change(session, password: newPassword)
        try requireEqual(try await update(ada, by: plain, at: 700, test), .proofNeeded, "an old sign-in")
        try requireEqual(try await test.audited("proof_needed"), [.passwordChanged], "the audit log")
        try require(
            try await test.store.credential(of: ada.id)?.passwordHash == StoreUnderTest.hash(), "it was replaced")
        _ = try updated(
            try await update(ada, by: change(session, password: newPassword, isProven: true), at: 700, test))
        let bob = try await test.makeBound("bob", 2)
        let recently = try await test.open(2, of: bob)
        _ = try updated(try await update(bob, by: change(recently, password: newPassword), at: 599, test))
        let carol = try await test.makeBound("carol", 3)
        let key = try await test.send(3, .recovery, to: carol)
        let (_, recovered) = try test.opened(try await test.redeem(.link(key), as: .recovery, 3, at: 0))
        _ = try updated(try await update(carol, by: change(recovered, password: newPassword), at: 700, test))
    }

    private static func nonces(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let bob = try await test.makeBound("bob", 2)
        let session = try await test.open(1, of: ada)
        try await test.send(1, .reauthentication, to: ada, at: 690)
        try await test.send(2, .reauthentication, to: bob, at: 690)
        try await test.send(3, .magicLink, to: ada, at: 690)
        let budget = StoreUnderTest.budget(1, perHour: 3, perDay: 9)
        func change(_ code: UInt8, email: String? = nil) throws -> SupabaseOwnChange {
            let address = try email.map { SupabaseOwnChange.Email.now(try EmailAddress($0), undo: nil) }
            return Self.change(
                session, password: email == nil ? newPassword : nil, email: address,
                nonce: SupabaseOwnChange.Nonce(digests: [StoreUnderTest.code(code)], budgets: [budget]))
        }
        for code in [9, 2, 3] as [UInt8] {
            try requireEqual(try await update(ada, by: try change(code), at: 700, test), .wrongNonce, "code \(code)")
        }
        // Three wrong ones are all that the budget has.
        try requireEqual(try await update(ada, by: try change(1), at: 700, test), .wrongNonce, "the right one")
        try requireEqual(
            try await update(ada, by: try change(1, email: "new@example.test"), at: 1_289, test), .wrongNonce,
            "before the budget has one")
        try await test.send(4, .reauthentication, to: ada, at: 1_900)
        let changed = try updated(
            try await update(ada, by: try change(4, email: "new@example.test"), at: 1_901, test))
        try requireEqual(changed.email?.original, "new@example.test", "the address")
        try requireEqual(
            try await update(ada, by: try change(4, email: "other@example.test"), at: 1_902, test), .wrongNonce,
            "a second time")
        try requireEqual(
            try await test.audited("wrong_code"),
            [.passwordChanged, .passwordChanged, .passwordChanged, .profileChanged], "the audit log")
    }

    private static func password(_ test: StoreUnderTest) async throws {
        for (number, isBound) in [true, false].enumerated() {
            let user =
                try await isBound
                ? test.makeBound("user\(number)", number) : test.makeUnbound("user\(number)", number)
            let session = try await test.open(number * 10, of: user)
            let other = try await test.open(number * 10 + 1, of: user)
            let octet = UInt8(number * 10 + 1)
            let key = try await test.send(octet, .magicLink, to: user)
            let cursor = try await test.cursor()
            let changed = try updated(
                try await update(user, by: change(session, password: newPassword), at: 1, test))
            try requireEqual(changed.epoch, test.epoch(1), "the epoch")
            try require(changed.credentialGeneration > user.credentialGeneration, "the generation stays")
            try requireEqual(changed.isBound, isBound, "whether it is bound")
            try requireEqual(try await test.stored(user).inFull, changed.inFull, "the user")
            try requireEqual(try await test.liveSessions(of: user, at: 1), [session.id], "the sessions")
            try requireEqual(
                try await test.store.session(other.id, of: user.id)?.ended?.reason, .passwordChanged, "the end")
            try requireEqual(
                try await test.store.credential(of: user.id)?.passwordHash, newPassword.new, "the password")
            try requireEqual(try await test.store.oneTimeToken(key), nil, "a link that was mailed before")
            let feed = Set(try await test.feed(after: cursor))
            try requireEqual(feed, [.epochRaised(user.id, changed.epoch), .userChanged(user.id)], "the feed")
        }
    }

    private static func stale(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let session = try await test.open(1, of: ada)
        let wrong = SupabaseOwnChange.NewPassword(expected: StoreUnderTest.hash("x"), new: StoreUnderTest.hash("y"))
        let before = try await test.stored(ada).inFull
        let all = change(session, data: try patch("a", "b"), password: wrong)
        try requireEqual(try await update(ada, by: all, test), .stale, "the outcome")
        try await test.make("bob", 2)
        let taken = SupabaseOwnChange.Email.now(try EmailAddress("bob@example.test"), undo: nil)
        try requireEqual(
            try await update(
                ada, by: change(session, data: try patch("a", "b"), password: newPassword, email: taken), test),
            .taken, "an address that another user has")
        try requireEqual(try await test.stored(ada).inFull, before, "the user")
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash(), "the password")
        try requireEqual(try await test.liveSessions(of: ada, at: 1), [session.id], "the sessions")
        try requireEqual(try await test.audited("email_taken"), [.passwordChanged], "the audit log")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func addressNow(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let session = try await test.open(1, of: ada)
        let key = try await test.send(1, .magicLink, to: ada)
        let email = SupabaseOwnChange.Email.now(try EmailAddress("New@example.test"), undo: StoreUnderTest.undo(100))
        let changed = try updated(try await update(ada, by: change(session, email: email), test))
        try requireEqual(changed.email?.original, "New@example.test", "the address")
        try require(!changed.isVerified && !changed.isBound, "the user is \(changed.inFull)")
        try requireEqual(try await test.store.oneTimeToken(key), nil, "a link to the former address")
        try requireEqual(try await test.liveSessions(of: ada, at: 1), [session.id], "the sessions")
        try requireEqual(try await test.register("ada@example.test", 2, at: 2), .taken(.email), "registering it")
        let restored = try test.changed(try await test.undo(100, of: ada, at: 3))
        try requireEqual(restored.email?.original, "ada@example.test", "the address that was restored")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func upgrade(_ test: StoreUnderTest) async throws {
        let (guest, session) = try await test.makeGuest(1)
        let email = SupabaseOwnChange.Email.now(try EmailAddress("guest@example.test"), undo: nil)
        let first = SupabaseOwnChange.NewPassword(expected: nil, new: StoreUnderTest.hash())
        // A guest has nothing to show, however long the sign-in is ago.
        let changed = try updated(
            try await update(guest, by: change(session, password: first, email: email), at: 3_000, test))
        try require(!changed.isAnonymous && !changed.isVerified, "the user is \(changed.inFull)")
        try requireEqual(changed.role, .user, "the role")
        let found = try await test.store.credential(for: .email(try EmailAddress("guest@example.test")))
        try requireEqual(found?.passwordHash, StoreUnderTest.hash(), "the password")
        try requireEqual(try await test.store.userCount(), 1, "the count")
    }

    private static func pendingAddress(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let session = try await test.open(1, of: ada)
        let new = test.mail(
            1, .emailChangeNew, to: ada, address: "new@example.test", shown: ada.credentialGeneration, at: 1)
        let current = test.mail(2, .emailChangeCurrent, to: ada, at: 1)
        let order = SupabaseMailOrder(mails: [new, current], asking: try EmailAddress("new@example.test"))
        let email = SupabaseOwnChange.Email.pending(order, under: .unlimited)
        let changed = try updated(
            try await update(ada, by: change(session, password: newPassword, email: email), test))
        try requireEqual(changed.newEmail?.original, "new@example.test", "what is asked for")
        try requireEqual(changed.email?.original, "ada@example.test", "the address")
        try requireEqual(try await test.stored(ada).inFull, changed.inFull, "the user")
        for mail in [new, current] {
            try requireEqual(try await test.store.oneTimeToken(mail.token.key), mail.token, "the token")
        }
        _ = try await test.redeem(.link(current.token.key), as: .emailChange, 2, at: 2)
        let (moved, _) = try test.opened(try await test.redeem(.link(new.token.key), as: .emailChange, 3, at: 2))
        try requireEqual(moved.email?.original, "new@example.test", "the address afterwards")
        // Where the address is refused, so are the mails.
        let later = test.mail(5, .emailChangeNew, to: ada, address: "more@example.test", at: 3)
        let more = SupabaseOwnChange.Email.pending(
            SupabaseMailOrder(mails: [later], asking: try EmailAddress("more@example.test")), under: .unlimited)
        let stale = change(session, password: newPassword, email: more, isProven: true)
        try requireEqual(try await update(ada, by: stale, at: 3, test), .stale, "with a password that was replaced")
        try requireEqual(try await test.store.oneTimeToken(later.token.key), nil, "its token")
    }

    private static func spentMailBudget(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let session = try await test.open(1, of: ada)
        func asking(_ address: String, _ octet: UInt8, at seconds: Int64) throws -> SupabaseOwnChange.Email {
            let mail = test.mail(octet, .emailChangeNew, to: ada, address: address, at: seconds)
            return .pending(
                SupabaseMailOrder(mails: [mail], asking: try EmailAddress(address)),
                under: MailTerms(.known, rule: MailBudget.Rule(perHour: 1, perDay: 1)))
        }
        let first = change(session, email: try asking("one@example.test", 1, at: 1))
        _ = try updated(try await update(ada, by: first, test))
        let before = try await test.stored(ada).inFull
        let second = change(
            session, data: try patch("a", "b"), password: newPassword,
            email: try asking("two@example.test", 2, at: 2))
        try requireEqual(try await update(ada, by: second, at: 2, test), .mailLimitReached, "the second address")
        try requireEqual(try await test.stored(ada).inFull, before, "the user")
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash(), "the password")
        let key = OneTimeTokenKey(userID: ada.id, digest: [UInt8](repeating: 1, count: 32))
        try require(try await test.store.oneTimeToken(key) != nil, "the first link is void")
        try requireEqual(try await test.audited("mail_limit_reached"), [.passwordChanged], "the audit log")
    }

    private static func formerAddress(_ test: StoreUnderTest) async throws {
        for (number, isProven) in [true, false].enumerated() {
            let name = "user\(number)"
            let user = try await isProven ? test.makeBound(name, number) : test.makeUnbound(name, number)
            let session = try await test.open(number, of: user)
            let email = SupabaseOwnChange.Email.now(try EmailAddress("\(name)@new.test"), undo: nil)
            let context = OperationContext(
                now: test.context(1).now, actor: user.id,
                outbox: OutboxPolicy(notices: [.addressChanged], subscriptions: []))
            _ = try updated(
                try await test.store.updateSupabaseUser(
                    user.id, by: change(session, email: email), context: context
                ).outcome)
            let told = try await test.store.outboxRows(matching: OutboxQuery(lane: .notice)).filter { row in
                row.entry.userID == user.id
            }
            try requireEqual(told.count, isProven ? 1 : 0, "how often it is told")
        }
    }
}
