// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// T2 to T4 and T8: redeeming one-time tokens.
enum RedemptionChecks {
    static let all: [StoreCheck] = [
        StoreCheck("T2", "of concurrent redemptions of one token, one is accepted", on: oneRedemption),
        StoreCheck("T2", "a token is rejected for each reason of the rule, and stays stored", on: refusals),
        StoreCheck("T2", "a token expires at its expiry, not before", on: expiry),
        StoreCheck("T2", "two different tokens of a user redeemed at once reset one password", on: twoTokens),
        StoreCheck("T3", "a reset sets the password, verifies the address and revokes all sessions", on: reset),
        StoreCheck("T3", "a reset gives a user without a password one", on: firstPassword),
        StoreCheck(
            "T4", "a verification verifies the address and voids the other verification tokens", on: verification),
        StoreCheck("T4", "a proof that changes nothing about the user writes no entry of the feed", on: unchanged),
        StoreCheck("T8", "an unlock verifies the address and voids the other tokens of its purpose", on: unlock),
    ]

    private static let unknown = RedemptionOutcome.refused(.unknown, triesLeft: nil)

    /// Redeems a token of a purpose that can be redeemed by itself; a session that is opened has this number.
    static func redeem(
        _ proof: MailboxProof, _ purpose: OneTimeTokenPurpose, of user: User, number: Int = 0, at seconds: Int64 = 1,
        _ test: StoreUnderTest
    ) async throws -> RedemptionOutcome {
        let context = test.context(seconds)
        switch purpose {
        case .passwordReset:
            return try await test.store.redeemPasswordReset(
                proof, newHash: StoreUnderTest.hash("\(number)"), context: context
            ).outcome
        case .emailVerification:
            return try await test.store.redeemEmailVerification(proof, showing: nil, context: context).outcome
        case .unlock:
            return try await test.store.redeemUnlock(proof, context: context).outcome
        case .signIn, .addressChange, .addressUndo, .invitation, .reauthentication, .supabase:
            let outcome = try await test.store.redeemSignIn(
                proof, session: test.session(number, of: user, at: seconds), limit: nil, replacing: nil,
                context: context
            ).outcome
            switch outcome {
            case .opened(let user, let effect, _): return .accepted(user, effect)
            case .refused(let refusal, let triesLeft): return .refused(refusal, triesLeft: triesLeft)
            case .limitReached: throw ConformanceFailure(message: "there is a limit", location: #fileID)
            }
        }
    }

    /// The purposes that ``redeem(_:_:of:number:at:_:)`` is about.
    static let purposes = [OneTimeTokenPurpose.passwordReset, .emailVerification, .unlock, .signIn]

    private static func oneRedemption(_ test: StoreUnderTest) async throws {
        for (index, purpose) in purposes.enumerated() {
            let user = try await test.make("user\(index)", index)
            let flow = try await test.begin(UInt8(index), purpose, for: user, shown: .first)
            let key = try requireValue(flow.token)
            // In the browser that asked and in others, at the same time.
            let outcomes = try await concurrently(12) { number in
                let proof: MailboxProof =
                    number % 2 == 0 ? .linkAndCode(key, [flow.codeDigest]) : .linkHere(key, flow.id)
                return try await redeem(proof, purpose, of: user, number: 100 * index + number, test)
            }
            try requireEqual(outcomes.count { $0 == unknown }, 11, "how many were refused")
            let winner = try requireValue(outcomes.firstIndex { $0 != unknown }, "a winner")
            guard case .accepted = outcomes[winner] else {
                throw ConformanceFailure(message: "the outcome is \(outcomes[winner])", location: #fileID)
            }
            if purpose == .passwordReset {
                let hash = try await test.store.credential(of: user.id)?.passwordHash
                try requireEqual(hash, StoreUnderTest.hash("\(winner)"), "the hash")
                try requireEqual(try await test.stored(user).epoch, test.epoch(1), "the epoch")
            }
            if purpose == .signIn {
                try requireEqual(try await test.liveSessions(of: user, at: 1).count, 1, "the sessions")
            }
            try requireEqual(try await test.store.oneTimeToken(key), nil, "the token")
            try requireEqual(try await test.stored(flow).endedAt, test.context(1).now, "the end of the flow")
        }
    }

    private static func refusals(_ test: StoreUnderTest) async throws {
        var ada = try test.draft("ada", 1)
        ada.bannedUntil = test.context(1_000).now
        _ = try await test.store.createUser(
            ada, passwordHash: StoreUnderTest.hash(), action: .userCreated, context: test.context())
        let reset = test.token(1, .passwordReset, for: ada)
        let flow = try await test.begin(1, .passwordReset, for: ada)
        let verification = test.token(2, .emailVerification, for: ada)
        let other = try await test.begin(2, .emailVerification, for: ada)
        let before = try await test.stored(ada).inFull
        let events = try await test.audit().count
        let stranger = UserID(StoreUnderTest.uuid(9))
        let attempts: [(OneTimeTokenKey, OneTimeTokenPurpose, Int64, OneTimeTokenRefusal)] = [
            (verification.key, .passwordReset, 1_001, .wrongPurpose),
            (reset.key, .emailVerification, 1_001, .wrongPurpose),
            (reset.key, .unlock, 1_001, .wrongPurpose),
            (verification.key, .signIn, 1_001, .wrongPurpose),
            (OneTimeTokenKey(userID: ada.id, digest: [UInt8](repeating: 9, count: 32)), .passwordReset, 1, .unknown),
            (OneTimeTokenKey(userID: ada.id, digest: []), .passwordReset, 1, .unknown),
            (OneTimeTokenKey(userID: stranger, digest: reset.digest), .passwordReset, 1, .unknown),
            (OneTimeTokenKey(userID: stranger, digest: reset.digest), .signIn, 1, .unknown),
            (reset.key, .passwordReset, 1, .userDisabled),
            (verification.key, .emailVerification, 1, .userDisabled),
        ]
        for (key, purpose, seconds, refusal) in attempts {
            // With the handle, so that no purpose demands more.
            let handle = key == verification.key ? other.id : flow.id
            let outcome = try await redeem(.linkHere(key, handle), purpose, of: ada, at: seconds, test)
            try requireEqual(outcome, .refused(refusal, triesLeft: nil), "\(purpose) at \(seconds)")
        }
        try requireEqual(
            try await test.store.oneTimeToken(OneTimeTokenKey(userID: stranger, digest: reset.digest)), nil,
            "the token of another user")

        try requireEqual(try await test.stored(ada).inFull, before, "the user")
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash(), "the hash")
        for token in [reset, verification] {
            try requireEqual(try await test.store.oneTimeToken(token.key), token, "the token")
        }
        try requireEqual(try await test.feed(), [], "the feed")
        try requireEqual(
            try await test.audit().dropFirst(events).map(\.refusal), attempts.map(\.3.rawValue), "the audit")
    }

    private static func expiry(_ test: StoreUnderTest) async throws {
        for (number, offset) in [1, 0, -1].enumerated() {
            let user = try await test.make("user\(number)", number)
            let token = try await test.issue(UInt8(number), .emailVerification, for: user)
            let outcome = try await test.store.redeemEmailVerification(
                .link(token.key), showing: nil,
                context: OperationContext(now: token.expiresAt + .microseconds(offset))
            ).outcome
            try requireEqual(
                outcome == .refused(.expired, triesLeft: nil), offset >= 0, "whether it is over at \(offset) µs")
        }
    }

    private static func twoTokens(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let user = try await test.make("user\(round)", round)
            let one = try await test.issue(UInt8(round * 2), .passwordReset, for: user)
            let two = try await test.issue(UInt8(round * 2 + 1), .passwordReset, for: user)
            let (first, second) = try await both(
                { try await redeem(.link(one.key), .passwordReset, of: user, number: 1, test) },
                { try await redeem(.link(two.key), .passwordReset, of: user, number: 2, test) })
            try requireEqual([first, second].count { $0 == unknown }, 1, "how many were refused in round \(round)")
            let hash = try await test.store.credential(of: user.id)?.passwordHash
            try requireEqual(hash, StoreUnderTest.hash(first == unknown ? "2" : "1"), "the hash")
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
        let flow = try await test.begin(4, .unlock, for: ada)

        let outcome = try await test.store.redeemPasswordReset(
            .link(token.key), newHash: StoreUnderTest.hash("second"), context: test.context(60)
        ).outcome

        guard case .accepted(let user, .bind) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        let credential = try requireValue(try await test.store.credential(of: ada.id))
        try requireEqual(credential.user.inFull, user.inFull, "the user")
        try requireEqual(credential.passwordHash, StoreUnderTest.hash("second"), "the hash")
        try requireEqual(user.epoch, test.epoch(60), "the epoch")
        try requireEqual(
            user.credentialGeneration, CredentialGeneration.first.next(at: test.context(60).now), "the generation")
        try require(user.isBound, "the new password is not bound")
        try requireEqual(user.emailVerifiedAt, test.context(60).now, "the proof of the address")
        try require(!user.mustChangePassword, "the password must still be changed")
        for session in sessions {
            let ended = try await test.store.session(session.id, of: session.userID)?.ended
            try requireEqual(ended, Session.Ended(at: test.context(60).now, reason: .passwordChanged), "the end")
        }
        for token in others + [token] {
            try requireEqual(try await test.store.oneTimeToken(token.key), nil, "a token")
        }
        try requireEqual(try await test.stored(flow).endedAt, test.context(60).now, "the end of another flow")
        let feed = try await test.feed()
        try require(feed.contains(.epochRaised(ada.id, test.epoch(60))), "the feed does not tell of the epoch")
        try requireEqual(try await test.audit().last?.action, .passwordReset, "the audit event")
    }

    private static func firstPassword(_ test: StoreUnderTest) async throws {
        let ada = try test.draft("ada", 1)
        _ = try await test.store.createUser(
            ada, passwordHash: nil, action: .userCreated, context: test.context())
        let token = try await test.issue(1, .passwordReset, for: ada)
        _ = try await redeem(.link(token.key), .passwordReset, of: ada, number: 7, test)
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash("7"), "the hash")
    }

    private static func verification(_ test: StoreUnderTest) async throws {
        try await verifying(.emailVerification, .emailVerified, test)
    }

    private static func unchanged(_ test: StoreUnderTest) async throws {
        for (index, purpose) in [OneTimeTokenPurpose.emailVerification, .unlock, .signIn].enumerated() {
            var draft = try test.draft("user\(index)", index)
            draft.emailVerifiedAt = test.context().now
            draft.isBound = true
            _ = try await test.store.createUser(
                draft, passwordHash: StoreUnderTest.hash(), action: .userCreated, context: test.context())
            let flow = try await test.begin(UInt8(index), purpose, for: draft)
            let key = try requireValue(flow.token)
            let cursor = try await test.cursor()

            let outcome = try await redeem(
                .linkHere(key, flow.id), purpose, of: draft, number: index, at: 60, test)

            guard case .accepted(let user, .keep) = outcome else {
                throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
            }
            var expected = draft
            if purpose == .signIn { expected.lastLoginAt = test.context(60).now }
            try requireEqual(user.inFull, expected.inFull, "the user that is answered for \(purpose)")
            try requireEqual(try await test.stored(draft).inFull, expected.inFull, "the user for \(purpose)")
            try requireEqual(try await test.feed(after: cursor), [], "the feed for \(purpose)")
            try requireEqual(try await test.store.oneTimeToken(key), nil, "the token")
            try requireEqual(try await test.stored(flow).endedAt, test.context(60).now, "the end of the flow")
        }
    }

    private static func unlock(_ test: StoreUnderTest) async throws {
        try await verifying(.unlock, .deviceUnlocked, test)
    }

    private static func verifying(
        _ purpose: OneTimeTokenPurpose, _ action: AuditAction, _ test: StoreUnderTest
    ) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let flow = try await test.begin(1, purpose, for: ada, shown: .first)
        let key = try requireValue(flow.token)
        let like = try await test.begin(2, purpose, for: ada)
        let reset = try await test.issue(3, .passwordReset, for: ada)

        let outcome = try await redeem(.linkHere(key, flow.id), purpose, of: ada, at: 60, test)

        guard case .accepted(let user, .bind) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(try await test.stored(ada).inFull, user.inFull, "the user")
        try requireEqual(user.emailVerifiedAt, test.context(60).now, "the proof")
        try requireEqual(user.epoch, .first, "the epoch")
        for other in [flow, like] {
            try requireEqual(try await test.store.oneTimeToken(try requireValue(other.token)), nil, "the token")
            try requireEqual(try await test.stored(other).endedAt, test.context(60).now, "the end of its flow")
        }
        try requireEqual(try await test.store.oneTimeToken(reset.key), reset, "another purpose")
        try requireEqual(try await test.liveSessions(of: ada, at: 60), [session.id], "the sessions")
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash(), "the hash")
        try requireEqual(try await test.feed(), [.userChanged(ada.id)], "the feed")
        try requireEqual(try await test.audit().last?.action, action, "the audit event")
    }
}
