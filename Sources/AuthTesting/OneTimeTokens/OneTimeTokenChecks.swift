// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// T1 to T5: one-time tokens.
enum OneTimeTokenChecks {
    static let all: [StoreCheck] = [
        StoreCheck("T1", "three tokens of one purpose are issued in an hour, and five may be unexpired", on: budget),
        StoreCheck("T1", "concurrent requests do not exceed the budget of the address", on: budgetAtOnce),
        StoreCheck("T5", "no redeemable token is removed for a new one, void ones are", on: spare),
        StoreCheck("T1", "a token is stored only for an address that its user has", on: wrongAddress),
        StoreCheck("T2", "of concurrent redemptions of one token, one is accepted", on: oneRedemption),
        StoreCheck("T2", "a token is rejected for each reason of the rule, and stays stored", on: refusals),
        StoreCheck("T2", "a token expires at its expiry, not before", on: expiry),
        StoreCheck("T2", "two different tokens of a user redeemed at once reset one password", on: twoTokens),
        StoreCheck("T3", "a reset sets the password, verifies the address and revokes all sessions", on: reset),
        StoreCheck("T3", "a reset gives a user without a password one", on: firstPassword),
        StoreCheck(
            "T4", "a verification verifies the address and voids the other verification tokens", on: verification),
    ]

    private static func isThere(_ token: OneTimeToken, _ test: StoreUnderTest) async throws -> Bool {
        try await test.store.oneTimeToken(token.key) == token
    }

    private static func budget(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        func ask(_ number: UInt8, at seconds: Int64) async throws -> OneTimeTokenIssuance {
            var token = test.token(number, .emailVerification, for: ada, at: seconds)
            token = OneTimeToken(
                digest: token.digest, purpose: token.purpose, userID: token.userID, address: token.address,
                createdAt: token.createdAt, expiresAt: token.createdAt + .seconds(86_400))
            return try await test.store.issueToken(token, context: test.context(seconds))
        }
        for number in 0..<3 as Range<UInt8> {
            try requireEqual(try await ask(number, at: Int64(number)), .issued, "token \(number)")
        }
        let events = try await test.audit().count
        try requireEqual(try await ask(3, at: 3_599), .refused(.tooManyRecent), "the fourth within the hour")
        try requireEqual(try await test.audit().count, events, "the audit events")
        try requireEqual(try await ask(4, at: 3_600), .issued, "one an hour after the first")
        try requireEqual(try await ask(5, at: 7_200), .issued, "the fifth that is alive")
        try requireEqual(try await ask(6, at: 80_000), .refused(.tooManyAlive), "a sixth")
        try requireEqual(try await ask(7, at: 86_400), .issued, "one after the first has expired")
        let trusted = try await test.store.issueToken(
            test.token(8, .emailVerification, for: ada, at: 86_401), isLimited: false, context: test.context(86_401))
        try requireEqual(trusted, .issued, "one to which the budget does not apply")
        // Neither another purpose nor another user has used up any of the budget.
        for (number, user) in [ada, bob].enumerated() {
            for index in 0..<3 as Range<UInt8> {
                try await test.issue(UInt8(number) * 10 + 100 + index, .passwordReset, for: user)
            }
        }
    }

    private static func budgetAtOnce(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let outcomes = try await concurrently(20) { number in
            try await test.store.issueToken(
                test.token(UInt8(number), .passwordReset, for: ada), context: test.context())
        }
        try requireEqual(outcomes.count { $0 == .issued }, 3, "how many were made")
        try requireEqual(outcomes.count { $0 == .refused(.tooManyRecent) }, 17, "how many were refused")
        for (number, outcome) in outcomes.enumerated() {
            let token = test.token(UInt8(number), .passwordReset, for: ada)
            try requireEqual(try await isThere(token, test), outcome == .issued, "whether token \(number) is there")
        }
    }

    private static func spare(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let untouched = try await test.issue(100, .emailVerification, for: ada)
        var tokens: [OneTimeToken] = []
        for number in 0..<3 as Range<UInt8> { tokens.append(try await test.issue(number, .passwordReset, for: ada)) }
        for seconds in [0, 1_800, 3_599] as [Int64] {
            _ = try await test.store.issueToken(
                test.token(9, .passwordReset, for: ada, at: seconds), context: test.context(seconds))
            for token in tokens { try require(try await isThere(token, test), "a token is gone at \(seconds)") }
        }
        // Expired and no longer counted: they make room.
        let later = try await test.issue(10, .passwordReset, for: ada, at: 3_600)
        for token in tokens { try require(try await !isThere(token, test), "an expired token is still there") }
        try require(try await isThere(untouched, test), "a token of another purpose is gone")
        // Tokens for a previous address are void, and do not count against the new one.
        let moved = ProfileChange(email: try EmailAddress("ada@elsewhere.test"))
        guard
            case .changed(let user) = try await test.store.changeProfile(
                of: ada.id, by: moved, context: test.context(3_601)
            ).outcome
        else { throw ConformanceFailure(message: "the address was not changed", location: #fileID) }
        for number in 20..<23 as Range<UInt8> {
            try await test.issue(number, .passwordReset, for: user, at: 3_602)
        }
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
        try requireEqual(
            try await test.audit().filter { $0.action == .passwordResetRequested }.map(\.target), [bob.id],
            "what was audited")
    }

    private static func oneRedemption(_ test: StoreUnderTest) async throws {
        for purpose in OneTimeTokenPurpose.allCases {
            let user = try await test.make("user_\(purpose.rawValue)", purpose == .passwordReset ? 1 : 2)
            let token = try await test.issue(1, purpose, for: user)
            let outcomes = try await concurrently(12) { number in
                switch purpose {
                case .passwordReset:
                    try await test.store.redeemPasswordReset(
                        token.key, newHash: StoreUnderTest.hash("\(number)"), context: test.context(1)
                    ).outcome
                case .emailVerification:
                    try await test.store.redeemEmailVerification(token.key, context: test.context(1)).outcome
                }
            }
            try requireEqual(outcomes.count { $0 == .refused(.unknown) }, 11, "how many were refused")
            let winner = try requireValue(outcomes.firstIndex { $0 != .refused(.unknown) }, "a winner")
            if purpose == .passwordReset {
                let hash = try await test.store.credential(of: user.id)?.passwordHash
                try requireEqual(hash, StoreUnderTest.hash("\(winner)"), "the hash")
                try requireEqual(try await test.stored(user).epoch, test.epoch(1), "the epoch")
            }
            try requireEqual(try await test.store.oneTimeToken(token.key), nil, "the token")
        }
    }

    private static func refusals(_ test: StoreUnderTest) async throws {
        var ada = try test.draft("ada", 1)
        ada.bannedUntil = test.context(1_000).now
        _ = try await test.store.createUser(
            ada, passwordHash: StoreUnderTest.hash(), action: .userCreated, context: test.context())
        let reset = try await test.issue(1, .passwordReset, for: ada)
        let verification = try await test.issue(2, .emailVerification, for: ada)
        let before = try await test.stored(ada).inFull
        let events = try await test.audit().count
        func refused(_ outcome: RedemptionOutcome, _ refusal: OneTimeTokenRefusal) throws {
            try requireEqual(outcome, .refused(refusal))
        }
        let new = StoreUnderTest.hash("second")
        let store = test.store
        try refused(
            try await store.redeemPasswordReset(
                verification.key, newHash: new, context: test.context(1_001)
            ).outcome, .wrongPurpose)
        try refused(
            try await store.redeemEmailVerification(reset.key, context: test.context(1_001)).outcome,
            .wrongPurpose)
        try refused(
            try await store.redeemPasswordReset(
                OneTimeTokenKey(userID: ada.id, digest: [UInt8](repeating: 9, count: 32)), newHash: new,
                context: test.context(1)
            ).outcome, .unknown)
        try refused(
            try await store.redeemPasswordReset(
                OneTimeTokenKey(userID: ada.id, digest: []), newHash: new, context: test.context(1)
            ).outcome, .unknown)
        let stranger = UserID(StoreUnderTest.uuid(9))
        try refused(
            try await store.redeemPasswordReset(
                OneTimeTokenKey(userID: stranger, digest: reset.digest), newHash: new, context: test.context(1)
            ).outcome, .unknown)
        try requireEqual(
            try await store.oneTimeToken(OneTimeTokenKey(userID: stranger, digest: reset.digest)), nil,
            "the token of another user")
        try refused(
            try await store.redeemPasswordReset(reset.key, newHash: new, context: test.context(1)).outcome,
            .userDisabled)

        try requireEqual(try await test.stored(ada).inFull, before, "the user")
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash(), "the hash")
        try requireEqual(try await test.store.oneTimeToken(reset.key), reset, "the token")
        try requireEqual(try await test.feed(), [], "the feed")
        let refusals = try await test.audit().dropFirst(events).map(\.refusal)
        try requireEqual(
            refusals, ["wrong_purpose", "wrong_purpose", "unknown", "unknown", "unknown", "user_disabled"], "the audit")
    }

    private static func expiry(_ test: StoreUnderTest) async throws {
        for (number, offset) in [1, 0, -1].enumerated() {
            let user = try await test.make("user\(number)", number)
            let token = try await test.issue(UInt8(number), .emailVerification, for: user)
            let outcome = try await test.store.redeemEmailVerification(
                token.key, context: OperationContext(now: token.expiresAt + .microseconds(offset))
            ).outcome
            try requireEqual(outcome == .refused(.expired), offset >= 0, "whether it is over at \(offset) µs")
        }
    }

    private static func twoTokens(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let user = try await test.make("user\(round)", round)
            let one = try await test.issue(UInt8(round * 2), .passwordReset, for: user)
            let two = try await test.issue(UInt8(round * 2 + 1), .passwordReset, for: user)
            let (first, second) = try await both(
                {
                    try await test.store.redeemPasswordReset(
                        one.key, newHash: StoreUnderTest.hash("one"), context: test.context(1)
                    ).outcome
                },
                {
                    try await test.store.redeemPasswordReset(
                        two.key, newHash: StoreUnderTest.hash("two"), context: test.context(1)
                    ).outcome
                })
            try requireEqual(
                [first, second].count { $0 == .refused(.unknown) }, 1, "how many were refused in round \(round)")
            let hash = try await test.store.credential(of: user.id)?.passwordHash
            try requireEqual(
                hash, StoreUnderTest.hash(first == .refused(.unknown) ? "two" : "one"), "the hash")
        }
    }

    private static func reset(_ test: StoreUnderTest) async throws {
        var ada = try test.draft("ada", 1)
        ada.mustChangePassword = true
        _ = try await test.store.createUser(
            ada, passwordHash: StoreUnderTest.hash(), action: .userCreated, context: test.context())
        let sessions = [try await test.open(1, of: ada), try await test.open(2, of: ada)]
        let token = try await test.issue(1, .passwordReset, for: ada)
        let others = [
            try await test.issue(2, .passwordReset, for: ada), try await test.issue(3, .emailVerification, for: ada),
        ]

        let outcome = try await test.store.redeemPasswordReset(
            token.key, newHash: StoreUnderTest.hash("second"), context: test.context(60)
        ).outcome

        guard case .accepted(let user) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        let credential = try requireValue(try await test.store.credential(of: ada.id))
        try requireEqual(credential.user.inFull, user.inFull, "the user")
        try requireEqual(credential.passwordHash, StoreUnderTest.hash("second"), "the hash")
        try requireEqual(user.epoch, test.epoch(60), "the epoch")
        try requireEqual(user.emailVerifiedAt, test.context(60).now, "the proof of the address")
        try require(!user.mustChangePassword, "the password must still be changed")
        for session in sessions {
            let ended = try await test.store.session(session.id, of: session.userID)?.ended
            try requireEqual(ended, Session.Ended(at: test.context(60).now, reason: .passwordChanged), "the end")
        }
        for token in others + [token] {
            try requireEqual(try await test.store.oneTimeToken(token.key), nil, "a token")
        }
        let feed = try await test.feed()
        try require(feed.contains(.epochRaised(ada.id, test.epoch(60))), "the feed does not tell of the epoch")
        try requireEqual(try await test.audit().last?.action, .passwordReset, "the audit event")
    }

    private static func firstPassword(_ test: StoreUnderTest) async throws {
        let ada = try test.draft("ada", 1)
        _ = try await test.store.createUser(
            ada, passwordHash: nil, action: .userCreated, context: test.context())
        let token = try await test.issue(1, .passwordReset, for: ada)
        _ = try await test.store.redeemPasswordReset(
            token.key, newHash: StoreUnderTest.hash(), context: test.context(1)
        ).outcome
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash(), "the hash")
    }

    private static func verification(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let token = try await test.issue(1, .emailVerification, for: ada)
        let like = try await test.issue(2, .emailVerification, for: ada)
        let reset = try await test.issue(3, .passwordReset, for: ada)

        let outcome = try await test.store.redeemEmailVerification(
            token.key, context: test.context(60)
        ).outcome

        guard case .accepted(let user) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(try await test.stored(ada).inFull, user.inFull, "the user")
        try requireEqual(user.emailVerifiedAt, test.context(60).now, "the proof")
        try requireEqual(user.epoch, .first, "the epoch")
        try requireEqual(try await test.store.oneTimeToken(token.key), nil, "the token")
        try requireEqual(try await test.store.oneTimeToken(like.key), nil, "its like")
        try requireEqual(try await test.store.oneTimeToken(reset.key), reset, "another purpose")
        try requireEqual(try await test.liveSessions(of: ada, at: 60), [session.id], "the sessions")
        try requireEqual(try await test.feed(), [.userChanged(ada.id)], "the feed")
        try requireEqual(try await test.audit().last?.action, .emailVerified, "the audit event")
    }
}
