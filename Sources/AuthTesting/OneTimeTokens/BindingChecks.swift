// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// T7: what a proof of the mailbox does to credentials that a stranger may have set.
enum BindingChecks {
    static let all: [StoreCheck] = [
        StoreCheck("T7", "a proof binds, keeps or voids the credentials as the rule says", on: effects),
        StoreCheck("T7", "voiding leaves nothing that was there before the proof", on: voiding),
        StoreCheck("T7", "a session that opens while the credentials are voided does not outlive it", on: opening),
        StoreCheck("T7", "a new address leaves nothing bound to the former mailbox", on: newAddress),
    ]

    /// One way to complete a flow.
    private struct Case {
        let shown: CredentialGeneration?
        let isHere: Bool
        let showing: CredentialGeneration?
        let effect: BindingEffect
    }

    private static let old = CredentialGeneration(-1)

    private static let cases = [
        Case(shown: .first, isHere: true, showing: nil, effect: .bind),
        Case(shown: .first, isHere: false, showing: nil, effect: .keep),
        Case(shown: nil, isHere: true, showing: nil, effect: .void),
        Case(shown: nil, isHere: false, showing: nil, effect: .void),
        Case(shown: old, isHere: true, showing: nil, effect: .void),
        Case(shown: nil, isHere: false, showing: .first, effect: .bind),
        Case(shown: nil, isHere: false, showing: old, effect: .void),
    ]

    private static func effects(_ test: StoreUnderTest) async throws {
        for (index, item) in cases.enumerated() {
            for usesCode in [false, true] {
                let number = 2 * index + (usesCode ? 1 : 0)
                let user = try await test.make("user\(number)", number)
                let session = try await test.open(number, of: user)
                let flow = try await test.begin(UInt8(number), .emailVerification, for: user, shown: item.shown)
                let key = try requireValue(flow.token)
                let proof: MailboxProof =
                    switch (item.isHere, usesCode) {
                    case (true, true): .code(flow.id, [flow.codeDigest])
                    case (true, false): .linkHere(key, flow.id)
                    case (false, true): .linkAndCode(key, [flow.codeDigest])
                    // The handle of another flow is no more than none.
                    case (false, false): .linkHere(key, FlowID([UInt8](repeating: 255, count: 32)))
                    }

                let outcome = try await test.store.redeemEmailVerification(
                    proof, showing: item.showing, context: test.context(1)
                ).outcome

                guard case .accepted(let changed, let effect) = outcome else {
                    throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
                }
                let isVoid = item.effect == .void
                try requireEqual(effect, item.effect, "the effect of case \(number)")
                try requireEqual(try await test.stored(user).inFull, changed.inFull, "the user")
                try require(changed.isVerified, "the address is not verified")
                try requireEqual(changed.isBound, item.effect != .keep, "whether it is bound in case \(number)")
                try requireEqual(
                    changed.credentialGeneration,
                    isVoid ? CredentialGeneration.first.next(at: test.context(1).now) : .first, "the generation")
                try requireEqual(changed.epoch, isVoid ? test.epoch(1) : .first, "the epoch")
                try requireEqual(
                    try await test.store.credential(of: user.id)?.passwordHash, isVoid ? nil : StoreUnderTest.hash(),
                    "the hash")
                try requireEqual(
                    try await test.liveSessions(of: user, at: 1), isVoid ? [] : [session.id], "the sessions")
            }
        }
    }

    private static func voiding(_ test: StoreUnderTest) async throws {
        var ada = try test.draft("ada", 1)
        ada.mustChangePassword = true
        ada.emailVerifiedAt = test.context().now
        _ = try await test.store.createUser(
            ada, passwordHash: StoreUnderTest.hash(), action: .userRegistered, context: test.context())
        let bob = try await test.make("bob", 2)
        let session = try await test.open(1, of: ada)
        let others = [try await test.open(2, of: bob)]
        let flow = try await test.begin(1, .unlock, for: ada)
        let flows = [
            try await test.begin(2, .passwordReset, for: ada, shown: .first),
            try await test.begin(3, .signIn, for: ada), flow,
        ]
        let foreign = try await test.begin(4, .signIn, for: bob)
        let events = try await test.audit().count
        let context = OperationContext(
            now: test.context(60).now, source: "192.0.2.7", userAgent: "Firefox/1",
            outbox: OutboxPolicy(notices: [.credentialsVoided], subscriptions: ["x"]))

        let committed = try await test.store.redeemUnlock(
            .linkAndCode(try requireValue(flow.token), [flow.codeDigest]), context: context)

        guard case .accepted(let user, .void) = committed.outcome else {
            throw ConformanceFailure(message: "the outcome is \(committed.outcome)", location: #fileID)
        }
        try requireEqual(user.emailVerifiedAt, ada.emailVerifiedAt, "the proof, which the address had before")
        try require(!user.mustChangePassword, "a password must be changed that is gone")
        try requireEqual(
            try await test.store.session(session.id, of: ada.id)?.ended,
            Session.Ended(at: context.now, reason: .credentialsVoided), "the end of the session")
        for flow in flows {
            let key = try requireValue(flow.token)
            try requireEqual(try await test.store.oneTimeToken(key), nil, "a token")
            try requireEqual(try await test.stored(flow).endedAt, context.now, "the end of its flow")
        }
        try requireEqual(try await test.stored(foreign), foreign, "another user's flow")
        try requireEqual(try await test.liveSessions(of: bob, at: 60), others.map(\.id), "another user's sessions")
        try requireEqual(
            try await test.feed(), [.epochRaised(ada.id, user.epoch), .userChanged(ada.id)], "the feed")
        try requireEqual(
            try await test.audit().dropFirst(events).map(\.action), [.deviceUnlocked, .credentialsVoided],
            "the audit events")
        let rows = try await OutboxChecks.rows(test)
        try requireEqual(rows.map(\.entry.kind), ["credentials_voided", "sessions_ended"], "what is delivered")
        try requireEqual(rows.first?.entry.recipient, "ada@example.test", "to whom")
        try requireEqual(
            try await test.refresh(session, 0, at: 61), .refused(.ended(.credentialsVoided)), "refreshing")
    }

    private static func opening(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let user = try await test.make("user\(round)", round)
            let flow = try await test.begin(UInt8(round), .signIn, for: user)
            let key = try requireValue(flow.token)
            let mine = test.session(1_000 + round, of: user, at: 1)
            let (_, outcome) = try await both(
                {
                    try await concurrently(4) { number in
                        try await test.store.openSession(
                            test.session(round * 10 + number, of: user), expecting: .first, context: test.context(1)
                        ).outcome
                    }
                },
                {
                    try await test.store.redeemSignIn(
                        .linkAndCode(key, [flow.codeDigest]), session: mine, limit: nil, replacing: nil,
                        context: test.context(1)
                    ).outcome
                })
            guard case .opened(_, .void, _) = outcome else {
                throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
            }
            try requireEqual(
                try await test.liveSessions(of: user, at: 1), [mine.id], "the sessions in round \(round)")
        }
    }

    private static func newAddress(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let flow = try await test.begin(1, .emailVerification, for: ada, shown: .first)
        _ = try await test.store.redeemEmailVerification(
            .linkHere(try requireValue(flow.token), flow.id), showing: nil, context: test.context(1)
        ).outcome
        try require(try await test.stored(ada).isBound, "the credentials are not bound")
        for (address, isBound) in [("ADA@example.test", true), ("ada@elsewhere.test", false)] {
            _ = try await test.store.changeProfile(
                of: ada.id, by: ProfileChange(email: try EmailAddress(address)), context: test.context(2)
            ).outcome
            try requireEqual(try await test.stored(ada).isBound, isBound, "whether they are with \(address)")
        }
    }
}
