// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// U5 and U6: replacing hashes.
enum PasswordChecks {
    static let all: [StoreCheck] = [
        StoreCheck("U5", "a new password revokes all sessions of the old one", on: replacement),
        StoreCheck("U5", "a hash is not replaced if the stored one differs", on: stale),
        StoreCheck("U5", "of concurrent replacements of one hash, one succeeds", on: oneReplacement),
        StoreCheck("U5", "a user who may not sign in replaces no hash", on: disabled),
        StoreCheck("U5", "a first password is set where there is none, and only there", on: firstPassword),
        StoreCheck("U6", "rehashing a password changes nothing else", on: rehash),
        StoreCheck("U6", "rehashing never replaces a new password", on: rehashRace),
    ]

    private static func replacement(_ test: StoreUnderTest) async throws {
        var draft = try test.draft("ada", 1)
        draft.mustChangePassword = true
        _ = try await test.store.createUser(
            draft, passwordHash: StoreUnderTest.hash(), action: .userCreated, context: test.context())
        let bob = try await test.make("bob", 2)
        let old = [try await test.open(1, of: draft), try await test.open(2, of: draft)]
        let other = try await test.open(3, of: bob)
        let token = try await test.issue(1, .passwordReset, for: draft)
        let new = test.session(4, of: draft, at: 60)

        let outcome = try await test.store.replacePassword(
            of: draft.id,
            PasswordReplacement(expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("second"), session: new),
            context: test.context(60)
        ).outcome

        guard case .replaced(let user) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        let credential = try requireValue(try await test.store.credential(of: draft.id))
        try requireEqual(credential.user.inFull, user.inFull, "the user")
        try requireEqual(user.epoch, test.epoch(60), "the epoch")
        try requireEqual(
            user.credentialGeneration, CredentialGeneration.first.next(at: test.context(60).now), "the generation")
        try require(!user.isBound, "a password that was not shown with a proof of the mailbox is bound")
        try require(!user.mustChangePassword, "the password must still be changed")
        try requireEqual(user.updatedAt, test.context(60).now, "the time of the change")
        try requireEqual(credential.passwordHash, StoreUnderTest.hash("second"), "the hash")
        for session in old {
            let ended = try await test.store.session(session.id, of: session.userID)?.ended
            try requireEqual(ended, Session.Ended(at: test.context(60).now, reason: .passwordChanged), "the end")
        }
        try requireEqual(try await test.liveSessions(of: draft, at: 60), [new.id], "the sessions alive")
        try requireEqual(try await test.liveSessions(of: bob, at: 60), [other.id], "another user's sessions")
        try requireEqual(try await test.store.oneTimeToken(token.key), nil, "the token")
        let feed = try await test.feed()
        try require(feed.contains(.epochRaised(draft.id, test.epoch(60))), "the feed does not tell of the epoch")
    }

    private static func firstPassword(_ test: StoreUnderTest) async throws {
        let ada = try test.draft("ada", 1)
        _ = try await test.store.createUser(ada, passwordHash: nil, action: .userCreated, context: test.context())
        let old = try await test.open(1, of: ada)
        func set(_ text: String, _ session: Int) async throws -> PasswordReplacementOutcome {
            try await test.store.replacePassword(
                of: ada.id,
                PasswordReplacement(
                    expected: nil, new: StoreUnderTest.hash(text), session: test.session(session, of: ada, at: 60)),
                context: test.context(60)
            ).outcome
        }
        guard case .replaced(let user) = try await set("first", 2) else {
            throw ConformanceFailure(message: "the password was not set", location: #fileID)
        }
        try requireEqual(user.epoch, test.epoch(60), "the epoch")
        let ended = try await test.store.session(old.id, of: ada.id)?.ended
        try requireEqual(ended?.reason, .passwordChanged, "the end of the session before")
        try requireEqual(try await set("second", 3), .stale, "setting a first password again")
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash("first"), "the hash")
    }

    private static func stale(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let before = try await test.stored(ada)

        let outcome = try await test.store.replacePassword(
            of: ada.id,
            PasswordReplacement(
                expected: StoreUnderTest.hash("other"), new: StoreUnderTest.hash("second"),
                session: test.session(2, of: ada)),
            context: test.context(60)
        ).outcome

        try requireEqual(outcome, .stale)
        let credential = try requireValue(try await test.store.credential(of: ada.id))
        try requireEqual(credential.user.inFull, before.inFull, "the user")
        try requireEqual(credential.passwordHash, StoreUnderTest.hash(), "the hash")
        try requireEqual(try await test.liveSessions(of: ada, at: 60), [session.id], "the sessions")
        try requireEqual(try await test.feed(), [], "the feed")
    }

    private static func oneReplacement(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let outcomes = try await concurrently(12) { number in
            try await test.store.replacePassword(
                of: ada.id,
                PasswordReplacement(
                    expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("new\(number)"),
                    session: test.session(number, of: ada)),
                context: test.context(1)
            ).outcome
        }
        let winners = outcomes.indices.filter {
            if case .replaced = outcomes[$0] { true } else { false }
        }
        try requireEqual(winners.count, 1, "how many replaced it")
        try requireEqual(outcomes.count { $0 == .stale }, 11, "how many were too late")
        let credential = try await test.store.credential(of: ada.id)
        try requireEqual(credential?.passwordHash, StoreUnderTest.hash("new\(winners[0])"), "the hash")
        try requireEqual(
            try await test.liveSessions(of: ada, at: 1), [test.session(winners[0], of: ada).id], "the sessions")
    }

    private static func disabled(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        _ = try await test.store.perform(.setActive(false), on: ada.id, context: test.context()).outcome
        let replacement = PasswordReplacement(
            expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("second"), session: nil)
        for id in [ada.id, UserID(StoreUnderTest.uuid(9))] {
            let outcome = try await test.store.replacePassword(of: id, replacement, context: test.context(1)).outcome
            try requireEqual(outcome, .notFound)
        }
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash(), "the hash")
    }

    private static func rehash(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await test.open(1, of: ada)
        let before = try await test.store.credential(of: ada.id)?.user.inFull
        let events = try await test.audit().count

        let new = StoreUnderTest.hash("newer")
        try require(
            try await test.store.rehashPassword(of: ada.id, from: StoreUnderTest.hash(), to: new), "not done")
        try require(
            try await !test.store.rehashPassword(
                of: ada.id, from: StoreUnderTest.hash(), to: StoreUnderTest.hash("newest")),
            "done although the hash was another one")

        let after = try await test.store.credential(of: ada.id)
        try requireEqual(after?.passwordHash, new, "the hash")
        try requireEqual(after?.user.inFull, before, "the user")
        try requireEqual(try await test.liveSessions(of: ada).count, 1, "the number of sessions")
        try requireEqual(try await test.audit().count, events, "the length of the audit log")
        let unknownID = UserID(StoreUnderTest.uuid(9))
        try require(
            try await !test.store.rehashPassword(of: unknownID, from: StoreUnderTest.hash(), to: new),
            "done for an unknown user")
    }

    private static func rehashRace(_ test: StoreUnderTest) async throws {
        for number in 0..<15 {
            let user = try await test.make("user\(number)", number)
            let replacement = PasswordReplacement(
                expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("changed"), session: nil)
            let (isRehashed, outcome) = try await both(
                {
                    try await test.store.rehashPassword(
                        of: user.id, from: StoreUnderTest.hash(), to: StoreUnderTest.hash("rehashed"))
                },
                { try await test.store.replacePassword(of: user.id, replacement, context: test.context(1)).outcome })
            let hash = try await test.store.credential(of: user.id)?.passwordHash
            if isRehashed {
                try requireEqual(outcome, .stale)
                try requireEqual(hash, StoreUnderTest.hash("rehashed"), "the hash")
            } else {
                try requireEqual(hash, StoreUnderTest.hash("changed"), "the hash")
            }
        }
    }
}
