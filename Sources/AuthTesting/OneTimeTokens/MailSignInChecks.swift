// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// T9 and T10: signing in by a mail, and saying that one was not asked for.
enum MailSignInChecks {
    static let all: [StoreCheck] = [
        StoreCheck("T9", "signing in by mail opens a session, and replaces and evicts others", on: signIn),
        StoreCheck("T9", "where the limit of sessions is reached nothing is changed", on: limitReached),
        StoreCheck("T9", "a session of another user is not opened", on: foreignSession),
        StoreCheck("T9", "the link alone neither opens a session nor makes a browser known", on: linkAlone),
        StoreCheck("T10", "a report with the code ends one flow, and one without it does nothing", on: report),
    ]

    private static func signIn(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let sessions = [
            try await test.open(1, of: ada), try await test.open(2, of: ada, at: 1),
            try await test.open(3, of: ada, at: 2),
        ]
        let flow = try await test.begin(1, .signIn, for: ada, shown: .first)
        let other = try await test.begin(2, .signIn, for: ada)
        let new = test.session(4, of: ada, at: 60)

        let outcome = try await test.store.redeemSignIn(
            .code(flow.id, [[0], flow.codeDigest]), session: new, limit: SessionLimit(perUser: 2),
            replacing: sessions[2].id, context: test.context(60)
        ).outcome

        guard case .opened(let user, .bind, let evicted) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(evicted, [sessions[0].id, sessions[2].id], "the sessions that gave way")
        try requireEqual(try await test.stored(ada).inFull, user.inFull, "the user")
        try requireEqual(user.lastLoginAt, test.context(60).now, "the last sign-in")
        try requireEqual(user.emailVerifiedAt, test.context(60).now, "the proof")
        try requireEqual(
            Set(try await test.liveSessions(of: ada, at: 60)), [sessions[1].id, new.id], "the sessions")
        try requireEqual(try await test.stored(other).endedAt, test.context(60).now, "the end of the other flow")
        let actions = try await test.audit().suffix(3).map(\.action)
        try requireEqual(Set(actions), [.signIn, .sessionRevoked, .signOut], "the audit events")
    }

    private static func limitReached(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let flow = try await test.begin(1, .signIn, for: ada, shown: .first)
        let key = try requireValue(flow.token)
        let before = try await test.stored(ada).inFull
        let limit = SessionLimit(perUser: 1, policy: .refuse)

        let outcome = try await test.store.redeemSignIn(
            .linkHere(key, flow.id), session: test.session(2, of: ada, at: 60), limit: limit, replacing: nil,
            context: test.context(60)
        ).outcome

        try requireEqual(outcome, .limitReached)
        try requireEqual(try await test.stored(ada).inFull, before, "the user")
        try requireEqual(try await test.liveSessions(of: ada, at: 60), [session.id], "the sessions")
        try requireEqual(try await test.stored(flow), flow, "the flow")
        try require(try await test.store.oneTimeToken(key) != nil, "the token is gone")
        // Where the proof voids the sessions, there is room.
        let second = try await test.begin(2, .signIn, for: ada)
        let elsewhere = try await test.store.redeemSignIn(
            .linkAndCode(try requireValue(second.token), [second.codeDigest]),
            session: test.session(3, of: ada, at: 61), limit: limit, replacing: nil, context: test.context(61)
        ).outcome
        guard case .opened(_, .void, let evicted) = elsewhere else {
            throw ConformanceFailure(message: "the outcome is \(elsewhere)", location: #fileID)
        }
        try requireEqual(evicted, [], "the sessions that gave way")
        try requireEqual(
            try await test.liveSessions(of: ada, at: 61), [test.session(3, of: ada).id], "the sessions at last")
    }

    private static func foreignSession(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        let flow = try await test.begin(1, .signIn, for: ada)
        let outcome = try await test.store.redeemSignIn(
            .linkHere(try requireValue(flow.token), flow.id), session: test.session(1, of: bob), limit: nil,
            replacing: nil, context: test.context(1)
        ).outcome
        try requireEqual(outcome, .refused(.unknown, triesLeft: nil))
        for user in [ada, bob] { try requireEqual(try await test.liveSessions(of: user, at: 1), [], "the sessions") }
        try requireEqual(try await test.stored(flow), flow, "the flow")
    }

    private static func linkAlone(_ test: StoreUnderTest) async throws {
        for (index, purpose) in [OneTimeTokenPurpose.signIn, .unlock].enumerated() {
            let user = try await test.make("user\(index)", index)
            let flow = try await test.begin(UInt8(index), purpose, for: user)
            let other = try await test.begin(UInt8(10 + index), purpose, for: user)
            let key = try requireValue(flow.token)
            let cursor = try await test.cursor()
            // The handle of another flow is no more than none.
            for proof in [MailboxProof.link(key), .linkHere(key, other.id)] {
                let outcome = try await RedemptionChecks.redeem(proof, purpose, of: user, test)
                try requireEqual(outcome, .refused(.wrongCode, triesLeft: nil), "\(purpose) by \(proof)")
                try requireEqual(try await test.audit().last?.refusal, "wrong_code", "the audit event")
            }
            try requireEqual(try await test.stored(user).inFull, user.inFull, "the user")
            try requireEqual(
                try await test.store.credential(of: user.id)?.passwordHash, StoreUnderTest.hash(), "the hash")
            try requireEqual(try await test.liveSessions(of: user, at: 1), [], "the sessions")
            try requireEqual(try await test.cursor(), cursor, "the feed's cursor")
            for stored in [flow, other] { try requireEqual(try await test.stored(stored), stored, "a flow") }
            guard
                case .accepted = try await RedemptionChecks.redeem(.linkHere(key, flow.id), purpose, of: user, test)
            else { throw ConformanceFailure(message: "the link is void", location: #fileID) }
        }
    }

    private static func report(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let flow = try await test.begin(1, .passwordReset, for: ada)
        let other = try await test.begin(2, .passwordReset, for: ada)
        let key = try requireValue(flow.token)
        let refused = RedemptionOutcome.refused(.wrongCode, triesLeft: nil)
        for proof in [MailboxProof.link(key), .linkHere(key, flow.id)] {
            try requireEqual(try await test.store.reportFlow(proof, context: test.context(1)).outcome, refused)
        }
        let wrong = try await test.store.reportFlow(.linkAndCode(key, [[1]]), context: test.context(1)).outcome
        try requireEqual(wrong, .refused(.wrongCode, triesLeft: 4), "a wrong code")
        try require(try await test.store.oneTimeToken(key) != nil, "the token is gone")

        let proof = MailboxProof.linkAndCode(key, [flow.codeDigest])
        let done = try await test.store.reportFlow(proof, context: test.context(2)).outcome

        try requireEqual(done, .accepted(try await test.stored(ada), .keep))
        try requireEqual(try await test.store.oneTimeToken(key), nil, "the token")
        try requireEqual(try await test.stored(flow).endedAt, test.context(2).now, "the end of the flow")
        try requireEqual(try await test.stored(other), other, "another flow")
        try requireEqual(try await test.stored(ada).isVerified, false, "whether the address is verified")
        let event = try requireValue(try await test.audit().last)
        try requireEqual(event.action, .mailedActionReported, "the audit event")
        try requireEqual(event.target, ada.id, "whom it is about")
        try requireEqual(
            try await test.store.reportFlow(proof, context: test.context(3)).outcome,
            .refused(.unknown, triesLeft: nil),
            "again")
    }
}
