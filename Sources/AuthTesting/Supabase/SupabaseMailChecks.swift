// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// X1 to X3: guests, records, and mails that are written.
enum SupabaseMailChecks {
    static let all: [StoreCheck] = [
        StoreCheck("X1", "a guest and the session come at once", on: guest),
        StoreCheck("X1", "a guest whose id is taken is not made", on: takenGuest),
        StoreCheck("X2", "a record has what belongs to the user, and the newest mail of each kind", on: record),
        StoreCheck("X3", "a mail is stored with its flow, and found by both", on: storing),
        StoreCheck("X3", "two mails are written together and take one from the budget", on: pairs),
        StoreCheck("X3", "another address that is asked for voids what was mailed for the one before", on: anotherWish),
        StoreCheck("X3", "of the flows of an address three accept a code, and every link works", on: threeCodes),
        StoreCheck("X3", "a mail to an address that is not the user's is not written", on: strangers),
        StoreCheck("X3", "a request is answered by the holder of its lease, once", on: requests),
    ]

    private static func guest(_ test: StoreUnderTest) async throws {
        let cursor = try await test.cursor()
        let (user, session) = try await test.makeGuest(1)
        let stored = try await test.stored(user)
        try require(stored.isAnonymous && stored.lastLoginAt == test.context().now, "the user is \(stored.inFull)")
        try requireEqual(stored.origin, .anonymous, "the origin")
        try requireEqual(try await test.liveSessions(of: user), [session.id], "the sessions")
        try requireEqual(try await test.store.userCount(), 1, "the count")
        try requireEqual(try await test.audit().map(\.action), [.userRegistered, .signIn], "the audit log")
        try requireEqual(try await test.feed(after: cursor), [], "the feed")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func takenGuest(_ test: StoreUnderTest) async throws {
        let (user, session) = try await test.makeGuest(1)
        do {
            _ = try await test.store.signUpAnonymously(
                user, session: test.session(2, of: user), context: test.context(1))
            throw ConformanceFailure(message: "a second guest was made", location: #fileID)
        } catch let error as StoreError {
            try requireEqual(error, .conflict, "the error")
        }
        try requireEqual(try await test.liveSessions(of: user, at: 1), [session.id], "the sessions")
        try requireEqual(try await test.store.userCount(), 1, "the count")
        try requireEqual(try await test.audit().count, 2, "the events")
    }

    private static func record(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let bob = try await test.make("bob", 2)
        try await test.link("first", 1, to: ada)
        try await test.link("second", 2, to: ada, at: 1)
        try await test.link("other", 3, to: bob)
        for (octet, kind, seconds) in [(1, .signup, 0), (2, .magicLink, 5), (3, .magicLink, 9), (4, .recovery, -90)]
            as [(UInt8, SupabaseMailKind, Int64)]
        {
            try await test.send(octet, kind, to: ada, at: seconds)
        }
        func record(_ user: User) async throws -> SupabaseRecord? {
            try await test.store.supabaseRecord(of: user.id, mailsSince: test.context(-60).now)
        }
        let found = try requireValue(try await record(ada), "the record")
        try requireEqual(found.user.inFull, try await test.stored(ada).inFull, "the user")
        try require(found.hasPassword, "the password is missing")
        try requireEqual(found.identities.map(\.subject.subject), ["first", "second"], "the identities")
        let mails: [SupabaseMailKind: Timestamp] = [.signup: test.context(0).now, .magicLink: test.context(9).now]
        try requireEqual(found.mails, mails, "the mails")
        let (guest, _) = try await test.makeGuest(5)
        let bare = try requireValue(try await record(guest), "the record of a guest")
        try require(!bare.hasPassword && bare.identities.isEmpty && bare.mails.isEmpty, "a guest has more")
        try requireEqual(try await record(try test.draft("carol", 4)), nil, "the record of an unknown user")
    }

    private static func storing(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let mail = test.mail(1, .magicLink, to: ada, shown: .first, challenge: StoreUnderTest.challenge)
        try requireEqual(try await test.order([mail]), .issued(expiresAt: mail.token.expiresAt), "the outcome")
        let flow = try requireValue(mail.flow)
        try requireEqual(try await test.stored(flow), flow, "the flow")
        try requireEqual(try await test.store.mailedFlow(of: mail.token.key), flow, "the flow of the token")
        try requireEqual(try await test.store.oneTimeToken(mail.token.key), mail.token, "the token")
        try requireEqual(try await test.audit().last?.action, .supabaseMailRequested, "the audit event")
        // A native purpose opens none of these, and this one no native token.
        let native = try await test.store.redeemEmailVerification(
            .link(mail.token.key), showing: nil, context: test.context(1)
        ).outcome
        try requireEqual(native, .refused(.wrongPurpose, triesLeft: nil), "a native redemption")
        let verification = try requireValue(try await test.begin(2, .emailVerification, for: ada).token)
        try requireEqual(
            try await test.redeem(.link(verification), as: .email, 1), .refused(.unknown), "a native token")
    }

    private static func pairs(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let terms = MailTerms(.stranger, rule: .standard)
        for round in 0..<4 {
            let octet = UInt8(10 * round + 1)
            let new = test.mail(octet, .emailChangeNew, to: ada, address: "new@example.test", at: Int64(round))
            let current = test.mail(octet + 1, .emailChangeCurrent, to: ada, at: Int64(round))
            let outcome = try await test.order(
                [new, current], asking: "new@example.test", under: terms, at: Int64(round))
            let areThere = [
                try await test.store.oneTimeToken(new.token.key) != nil,
                try await test.store.oneTimeToken(current.token.key) != nil,
            ]
            if round < 3 {
                guard case .issued = outcome else {
                    throw ConformanceFailure(message: "order \(round) came to \(outcome as Any)", location: #fileID)
                }
                try requireEqual(areThere, [true, true], "the tokens of order \(round)")
            } else {
                try requireEqual(outcome, .refused(.mailLimitReached), "the fourth order")
                try requireEqual(areThere, [false, false], "the tokens of the fourth order")
                let unsent = try requireValue(new.flow)
                try requireEqual(try await test.stored(unsent), unsent.unsent, "its flow")
            }
        }
        try requireEqual(try await test.stored(ada).newEmail?.original, "new@example.test", "what is asked for")
    }

    private static func anotherWish(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let cursor = try await test.cursor()
        let one = try await test.askBySupabase(ada, for: "one@example.test", 1)
        try requireEqual(try await test.feed(after: cursor), [.userChanged(ada.id)], "the feed")
        let sign = try await test.send(40, .magicLink, to: ada)
        try requireEqual(
            try await test.redeem(.link(one.new), as: .emailChange, 1), .first(try await mailed(one.new, test)))
        // Asking for the same address again removes the confirmation, and leaves the other token.
        let again = try await test.askBySupabase(ada, for: "one@example.test", 11, at: 2)
        try requireEqual(
            try await test.redeem(.link(one.current), as: .emailChange, 2, at: 3),
            .first(try await mailed(one.current, test)))
        let two = try await test.askBySupabase(ada, for: "two@example.test", 21, at: 4)
        for key in [again.new, again.current] {
            try requireEqual(
                try await test.redeem(.link(key), as: .emailChange, 3, at: 5), .refused(.unknown), "an earlier mail")
        }
        try requireEqual(
            try await test.redeem(.link(two.current), as: .emailChange, 4, at: 5),
            .first(try await mailed(two.current, test)), "the present address")
        let (changed, _) = try test.opened(try await test.redeem(.link(two.new), as: .emailChange, 5, at: 6))
        try requireEqual(changed.email?.original, "two@example.test", "the address")
        try requireEqual(try await test.store.oneTimeToken(sign), nil, "a link that was mailed to the address before")
    }

    /// What the flow of a token of these checks says of its mail.
    private static func mailed(_ key: OneTimeTokenKey, _ test: StoreUnderTest) async throws -> SupabaseMail {
        try requireValue(try await test.store.mailedFlow(of: key)?.supabase, "the mail")
    }

    private static func threeCodes(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        for octet in 1...4 as ClosedRange<UInt8> { try await test.send(octet, .magicLink, to: ada, at: Int64(octet)) }
        try requireEqual(
            try await test.type(1, for: "ada@example.test", as: .email, 1, at: 5), .refused(.wrongCode),
            "the oldest code")
        let oldest = OneTimeTokenKey(userID: ada.id, digest: [UInt8](repeating: 1, count: 32))
        let flow = try requireValue(try await test.store.mailedFlow(of: oldest), "the oldest flow")
        try require(!flow.acceptsCode(at: test.context(5).now) && flow.isOpen(at: test.context(5).now), "it is \(flow)")
        _ = try test.opened(try await test.type(2, for: "ada@example.test", as: .email, 2, at: 5))
        for octet in 1...4 as ClosedRange<UInt8> {
            try await test.send(octet + 10, .magicLink, to: ada, at: 5 + Int64(octet))
        }
        let link = OneTimeTokenKey(userID: ada.id, digest: [UInt8](repeating: 11, count: 32))
        _ = try test.opened(try await test.redeem(.link(link), as: .email, 3, at: 10))
    }

    private static func strangers(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let wrong = test.mail(1, .magicLink, to: ada, address: "other@example.test")
        let unknown = test.mail(2, .magicLink, to: try test.draft("bob", 2))
        for mail in [wrong, unknown] {
            try requireEqual(try await test.order([mail]), .refused(.addressChanged), "the outcome")
            try requireEqual(try await test.store.oneTimeToken(mail.token.key), nil, "the token")
            let flow = try requireValue(mail.flow)
            try requireEqual(try await test.stored(flow), flow.unsent, "the flow")
        }
        // Of two mails of which one is not meant for the user, neither is written.
        let pair = [
            test.mail(3, .emailChangeCurrent, to: ada), test.mail(4, .emailChangeNew, to: ada, address: "x@y.test"),
        ]
        try requireEqual(try await test.order(pair), .refused(.addressChanged), "the outcome of a pair")
        try requireEqual(try await test.store.oneTimeToken(pair[0].token.key), nil, "the first of the pair")
    }

    private static func requests(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let request = MailRequest(
            .supabase, flow: FlowID([UInt8](repeating: 1, count: 32)), address: "ada@example.test", holder: "h",
            standing: .stranger, details: ["kind": "magiclink"], source: nil, userAgent: nil, requestID: nil,
            createdAt: test.context().now)
        _ = try await test.store.requestMail(request, quota: MailRequestQuota(), context: test.context())
        let lease = OutboxLease(id: [1], until: test.context(60).now)
        let waiting = try requireValue(
            try await test.store.claimMailRequests(limit: 1, lease: lease, context: test.context()).first,
            "the request")
        try requireEqual(waiting.request, request, "the request")
        let claim = MailRequestClaim(number: waiting.number, lease: lease)
        let other = MailRequestClaim(number: waiting.number, lease: OutboxLease(id: [2], until: lease.until))
        let mail = test.mail(1, .magicLink, to: ada)
        try requireEqual(try await test.order([mail], answering: other), nil, "with another lease")
        try requireEqual(
            try await test.order([mail], answering: claim), .issued(expiresAt: mail.token.expiresAt), "the answer")
        let later = test.mail(2, .magicLink, to: ada)
        try requireEqual(try await test.order([later], answering: claim), nil, "a second answer")
        try requireEqual(try await test.store.oneTimeToken(later.token.key), nil, "its token")
    }
}
