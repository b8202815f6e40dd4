// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// X4 to X6: links and codes of mails.
enum SupabaseRedemptionChecks {
    static let all: [StoreCheck] = [
        StoreCheck("X4", "wrong codes are taken from the budgets, and right ones are not", on: budgets),
        StoreCheck("X4", "where a budget is spent the right code is refused, too", on: spentBudget),
        StoreCheck("X4", "wrong codes for an address without a user count as well", on: unknownAddress),
        StoreCheck("X4", "a code is compared with the mails of its type alone, and only while it is valid", on: types),
        StoreCheck("X5", "a link signs in, verifies and voids the other mails", on: signIn),
        StoreCheck(
            "X5", "what the flow had not shown is voided, and what is shown with the proof is bound", on: binding),
        StoreCheck("X5", "a link is refused for each reason of the rule, and only audited", on: refusals),
        StoreCheck("X5", "the limit of sessions leaves everything as it was, or evicts", on: limits),
        StoreCheck("X5", "a redeemed mail gives back what strangers have used", on: refill),
        StoreCheck("X6", "a change needs both mailboxes, in either order", on: bothMailboxes),
        StoreCheck("X6", "a change that one mailbox may make needs the new one", on: oneMailbox),
        StoreCheck("X6", "an address that another user has meanwhile is not given", on: takenAddress),
        StoreCheck("X6", "a guest with a proven address is none any more", on: upgrade),
    ]

    private static let wrongCode = SupabaseRedemptionOutcome.refused(.wrongCode)

    private static func budgets(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let budgets = [StoreUnderTest.budget(2, perHour: 3), StoreUnderTest.budget(1, perHour: 2)]
        try await test.send(1, .magicLink, to: ada)
        _ = try test.opened(try await test.type(1, for: "ada@example.test", as: .email, 1, budgets: budgets))
        try await test.send(2, .magicLink, to: ada, at: 2)
        try requireEqual(
            try await test.type(9, for: "ada@example.test", as: .email, 2, budgets: budgets, at: 3), wrongCode)
        // One is left of the smaller budget, and two of the greater one.
        let now = test.context(3).now
        try requireEqual(try await test.store.takeSupabaseBudget(budgets[1], at: now), nil, "the smaller budget")
        try require(try await test.store.takeSupabaseBudget(budgets[1], at: now) != nil, "it has more than one left")
        for _ in 0..<2 {
            try requireEqual(try await test.store.takeSupabaseBudget(budgets[0], at: now), nil, "the greater budget")
        }
        try require(try await test.store.takeSupabaseBudget(budgets[0], at: now) != nil, "it has more than two left")
        try requireEqual(try await test.audited("wrong_code"), [], "what the store audits of it")
    }

    private static func spentBudget(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let budgets = [StoreUnderTest.budget(1)]
        let key = try await test.send(1, .magicLink, to: ada)
        for _ in 0..<2 {
            try requireEqual(
                try await test.type(9, for: "ada@example.test", as: .email, 1, budgets: budgets), wrongCode)
        }
        try requireEqual(
            try await test.type(1, for: "ada@example.test", as: .email, 1, budgets: budgets), wrongCode,
            "the right code")
        try requireEqual(try await test.store.mailedFlow(of: key)?.wrongCodes, 0, "what the flow counts")
        // After half an hour one may be typed again.
        try await test.send(2, .magicLink, to: ada, at: 1_802)
        _ = try test.opened(
            try await test.type(2, for: "ada@example.test", as: .email, 2, budgets: budgets, at: 1_803))
    }

    private static func unknownAddress(_ test: StoreUnderTest) async throws {
        let budgets = [StoreUnderTest.budget(1), StoreUnderTest.budget(2, perHour: 9, perDay: 9)]
        for _ in 0..<3 {
            try requireEqual(
                try await test.type(1, for: "unknown@example.test", as: .email, 1, budgets: budgets), wrongCode)
        }
        let now = test.context(1).now
        try require(try await test.store.takeSupabaseBudget(budgets[0], at: now) != nil, "the budget is not spent")
        // The third was not compared, and took nothing from the other budget.
        for _ in 0..<7 {
            try requireEqual(try await test.store.takeSupabaseBudget(budgets[1], at: now), nil, "the other budget")
        }
        try require(try await test.store.takeSupabaseBudget(budgets[1], at: now) != nil, "it has more left")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func types(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let address = "ada@example.test"
        try await test.send(1, .signup, to: ada)
        for type in [SupabaseVerification.recovery, .magicLink, .emailChange, .sms, .phoneChange] {
            try requireEqual(try await test.type(1, for: address, as: type, 1), wrongCode, "as \(type)")
        }
        try requireEqual(try await test.type(1, for: "ADA@example.test", as: .signup, 1), wrongCode, "another spelling")
        try requireEqual(try await test.type(1, for: address, as: .signup, 1, at: 600), wrongCode, "too late")
        _ = try test.opened(try await test.type(1, for: address, as: .invite, 1, at: 599))
        try await test.send(2, .reauthentication, to: ada)
        for type in SupabaseVerification.allCases {
            try requireEqual(try await test.type(2, for: address, as: type, 2), wrongCode, "a nonce as \(type)")
        }
    }

    private static func signIn(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let other = try await test.send(2, .recovery, to: ada, shown: .first)
        let key = try await test.send(1, .signup, to: ada, shown: .first)
        let cursor = try await test.cursor()
        let outcome = try await test.redeem(.link(key), as: .signup, 1)
        let (user, session) = try test.opened(outcome)
        try requireEqual(user.inFull, try await test.stored(ada).inFull, "the user")
        try requireEqual(user.emailVerifiedAt, test.context(1).now, "when the address was verified")
        try requireEqual(user.lastLoginAt, test.context(1).now, "the last sign-in")
        try require(!user.isBound, "a link alone binds")
        try requireEqual(session.userID, ada.id, "whose session it is")
        try requireEqual(session.methods.map(\.name), ["sb_otp_signup"], "the methods")
        try requireEqual(try await test.store.session(session.id, of: ada.id), session, "the session")
        try requireEqual(try await test.store.oneTimeToken(other), nil, "the other mail")
        try requireEqual(try await test.feed(after: cursor), [.userChanged(ada.id)], "the feed")
        try requireEqual(try await test.redeem(.link(key), as: .signup, 2, at: 2), .refused(.unknown), "a second time")
        let signIns = try await test.audit().filter { $0.action == .signIn }
        try requireEqual(signIns.map(\.refusal), [nil, "unknown"], "the audit log")
        try requireEqual(signIns.first?.target, ada.id, "whom it is about")
        try require(try await test.store.credential(of: ada.id)?.passwordHash != nil, "the password was removed")
    }

    private static func binding(_ test: StoreUnderTest) async throws {
        // A stranger has set the password; the owner opens a link that the stranger did not ask for.
        let ada = try await test.make("ada", 1)
        let open = try await test.open(50, of: ada)
        let key = try await test.send(1, .magicLink, to: ada)
        let (voided, session) = try test.opened(try await test.redeem(.link(key), as: .email, 1))
        try require(voided.isBound && voided.isVerified, "the user is \(voided.inFull)")
        try requireEqual(try await test.store.credential(of: ada.id)?.passwordHash, nil, "the password")
        try requireEqual(try await test.liveSessions(of: ada, at: 1), [session.id], "the sessions")
        try requireEqual(
            try await test.store.session(open.id, of: ada.id)?.ended?.reason, .credentialsVoided, "the end")
        try require(voided.epoch > ada.epoch, "the epoch was not raised")
        // With a live session of the same user the credentials are bound; with another user's they are not.
        let bob = try await test.make("bob", 2)
        let own = SupabaseShowing(userID: bob.id, generation: bob.credentialGeneration)
        let bobs = try await test.send(2, .magicLink, to: bob)
        let (bound, _) = try test.opened(try await test.redeem(.link(bobs), as: .email, 2, showing: own))
        try require(bound.isBound, "a session that is shown does not bind")
        try require(try await test.store.credential(of: bob.id)?.passwordHash != nil, "the password was removed")
        let carol = try await test.make("carol", 3)
        let carols = try await test.send(3, .magicLink, to: carol)
        _ = try test.opened(try await test.redeem(.link(carols), as: .email, 3, showing: own))
        try requireEqual(try await test.store.credential(of: carol.id)?.passwordHash, nil, "the password of the third")
    }

    private static func refusals(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let key = try await test.send(1, .magicLink, to: ada)
        let unknown = OneTimeTokenKey(userID: ada.id, digest: [UInt8](repeating: 99, count: 32))
        let stranger = OneTimeTokenKey(userID: UserID(StoreUnderTest.uuid(9)), digest: key.digest)
        let before = try await test.stored(ada).inFull
        let cursor = try await test.cursor()
        let cases: [(OneTimeTokenKey, SupabaseVerification, Int64, OneTimeTokenRefusal)] = [
            (unknown, .email, 1, .unknown), (stranger, .email, 1, .unknown), (key, .signup, 1, .wrongPurpose),
            (key, .emailChange, 1, .wrongPurpose), (key, .email, 3_600, .expired),
        ]
        for (key, type, seconds, refusal) in cases {
            try requireEqual(
                try await test.redeem(.link(key), as: type, 1, at: seconds), .refused(refusal), "as \(type)")
        }
        _ = try await test.store.perform(
            .ban(until: test.context(100).now), on: ada.id, context: test.context(2)
        ).outcome
        try requireEqual(try await test.redeem(.link(key), as: .email, 1, at: 3), .refused(.userDisabled), "banned")
        _ = try test.opened(try await test.redeem(.link(key), as: .email, 1, at: 100))
        try requireEqual(
            try await test.feed(after: cursor), [.epochRaised(ada.id, test.epoch(2)), .userChanged(ada.id)], "the feed")
        try require(try await test.stored(ada).inFull != before, "the ban is not stored")
        let refused = try await test.audit().compactMap { event in
            event.refusal.map { "\(event.action.rawValue) \($0)" }
        }
        try requireEqual(
            refused,
            [
                "sign_in unknown", "sign_in unknown", "sign_in wrong_purpose", "address_changed wrong_purpose",
                "sign_in expired", "sign_in user_disabled",
            ], "the audit log")
    }

    private static func limits(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let first = try await test.open(50, of: ada)
        let key = try await test.send(1, .magicLink, to: ada)
        let refusing = SessionLimit(perUser: 1, policy: .refuse)
        let before = try await test.stored(ada).inFull
        try requireEqual(try await test.redeem(.link(key), as: .email, 1, limit: refusing), .limitReached)
        try requireEqual(try await test.stored(ada).inFull, before, "the user")
        try require(try await test.store.oneTimeToken(key) != nil, "the token is spent")
        let outcome = try await test.redeem(.link(key), as: .email, 1, limit: SessionLimit(perUser: 1), at: 2)
        guard case .opened(_, _, let session, let evicted) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(evicted, [first.id], "what is evicted")
        try requireEqual(try await test.liveSessions(of: ada, at: 2), [session.id], "the sessions")
    }

    private static func refill(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let terms = MailTerms(.stranger, rule: MailBudget.Rule(perHour: 1, perDay: 1))
        let first = test.mail(1, .magicLink, to: ada)
        guard case .issued = try await test.order([first], under: terms) else {
            throw ConformanceFailure(message: "the first mail was not sent", location: #fileID)
        }
        let second = test.mail(2, .magicLink, to: ada, at: 1)
        try requireEqual(try await test.order([second], under: terms, at: 1), .refused(.mailLimitReached), "the second")
        _ = try test.opened(try await test.redeem(.link(first.token.key), as: .email, 1, at: 2))
        let third = test.mail(3, .magicLink, to: ada, at: 3)
        guard case .issued = try await test.order([third], under: terms, at: 3) else {
            throw ConformanceFailure(message: "the third mail was not sent", location: #fileID)
        }
    }

    private static func bothMailboxes(_ test: StoreUnderTest) async throws {
        for (number, newIsFirst) in [true, false].enumerated() {
            let name = "user\(number)"
            let user = try await test.makeBound(name, number)
            let octet = UInt8(number * 10 + 1)
            let keys = try await test.askBySupabase(user, for: "\(name)@new.test", octet)
            let order = newIsFirst ? [keys.new, keys.current] : [keys.current, keys.new]
            let first = try await test.redeem(.link(order[0]), as: .emailChange, 100 + number)
            guard case .first = first else {
                throw ConformanceFailure(message: "the first mailbox came to \(first)", location: #fileID)
            }
            try requireEqual(try await test.store.oneTimeToken(order[0]), nil, "the token of the first")
            try require(try await test.store.oneTimeToken(order[1]) != nil, "the token of the second is void")
            try requireEqual(try await test.stored(user).email?.original, "\(name)@example.test", "the address")
            try requireEqual(try await test.audit().last?.action, .addressChangeRequested, "the audit event")
            let outcome = try await test.redeem(.link(order[1]), as: .emailChange, 110 + number, at: 2)
            let (changed, session) = try test.opened(outcome)
            try requireEqual(changed.email?.original, "\(name)@new.test", "the new address")
            try requireEqual(changed.newEmail, nil, "what is asked for")
            try require(changed.isVerified && !changed.isBound, "the user is \(changed.inFull)")
            try requireEqual(session.methods.map(\.name), ["sb_otp_change"], "the methods")
            try requireEqual(try await test.holder(of: "\(name)@new.test"), user.id, "who is found by the new address")
            try requireEqual(try await test.holder(of: "\(name)@example.test"), nil, "who is found by the former one")
            let restored = try test.changed(try await test.undo(UInt8(110 + number), of: user, at: 3))
            try requireEqual(restored.email?.original, "\(name)@example.test", "the address that was restored")
        }
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func oneMailbox(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let keys = try await test.askBySupabase(ada, for: "new@example.test", 1)
        let current = try await test.redeem(.link(keys.current), as: .emailChange, 100, isSecure: false)
        guard case .first = current else {
            throw ConformanceFailure(message: "the present mailbox alone came to \(current)", location: #fileID)
        }
        let (changed, _) = try test.opened(
            try await test.redeem(.link(keys.new), as: .emailChange, 101, isSecure: false, at: 2))
        try requireEqual(changed.email?.original, "new@example.test", "the address")
        // A user whose address was never proven has one mailbox to prove.
        let bob = try await test.make("bob", 2)
        let bobs = try await test.askBySupabase(bob, for: "bob@new.test", 11)
        _ = try test.opened(try await test.redeem(.link(bobs.new), as: .emailChange, 102))
    }

    private static func takenAddress(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let keys = try await test.askBySupabase(ada, for: "new@example.test", 1)
        _ = try await test.make("new", 2)
        let before = try await test.stored(ada).inFull
        try requireEqual(
            try await test.redeem(.link(keys.new), as: .emailChange, 100, isSecure: false), .refused(.addressTaken))
        try requireEqual(try await test.stored(ada).inFull, before, "the user")
        try require(try await test.store.oneTimeToken(keys.new) != nil, "the token is spent")
        try requireEqual(try await test.liveSessions(of: ada, at: 1), [], "the sessions")
        try requireEqual(try await test.audited("address_taken"), [.addressChanged], "the audit log")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func upgrade(_ test: StoreUnderTest) async throws {
        let (guest, _) = try await test.makeGuest(1)
        let mail = test.mail(1, .emailChangeNew, to: guest, address: "guest@example.test")
        guard case .issued = try await test.order([mail], asking: "guest@example.test") else {
            throw ConformanceFailure(message: "the mail was not sent", location: #fileID)
        }
        let (user, _) = try test.opened(try await test.redeem(.link(mail.token.key), as: .emailChange, 2))
        try require(!user.isAnonymous && user.isVerified, "the user is \(user.inFull)")
        try requireEqual(user.role, .user, "the role")
        try requireEqual(try await test.holder(of: "guest@example.test"), guest.id, "who is found by the address")
    }
}
