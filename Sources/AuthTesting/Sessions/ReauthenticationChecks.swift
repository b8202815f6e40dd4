// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// S13 and S14: proving again, in a live session, who the user is.
enum ReauthenticationChecks {
    static let all: [StoreCheck] = [
        StoreCheck("S13", "a password renews the time and the method of the session, and nothing else", on: password),
        StoreCheck("S13", "neither an ended, an expired nor another user's session is renewed", on: sessionOver),
        StoreCheck("S13", "a password that was replaced since it was checked renews nothing", on: stale),
        StoreCheck("S13", "a refresh keeps the renewed time, and a renewal the rotation", on: besideRefresh),
        StoreCheck("S14", "a code renews the session once, and voids the user's other codes", on: code),
        StoreCheck("S14", "of concurrent calls with one code, one is accepted", on: codeOnce),
        StoreCheck("S14", "five wrong codes void the code of their flow alone", on: wrongCodes),
        StoreCheck(
            "S14", "a code of another user, purpose or address proves nothing, and is not counted", on: foreignCode),
        StoreCheck("S14", "a code in a live session binds credentials that were not bound", on: binding),
    ]

    private static func proven(
        _ test: StoreUnderTest, _ session: Session, _ proof: ReauthenticationProof, at seconds: Int64
    ) async throws -> ReauthenticationOutcome {
        try await test.store.reauthenticate(
            session.id, of: session.userID, by: proof, context: test.context(seconds)
        ).outcome
    }

    private static func stored(_ session: Session, _ test: StoreUnderTest) async throws -> Session {
        try requireValue(try await test.store.session(session.id, of: session.userID), "the session")
    }

    /// A user whose address is verified.
    private static func make(
        _ name: String, _ number: Int, isBound: Bool = true, _ test: StoreUnderTest
    ) async throws -> User {
        var user = try test.draft(name, number)
        user.emailVerifiedAt = StoreUnderTest.start
        user.isBound = isBound
        let outcome = try await test.store.createUser(
            user, passwordHash: StoreUnderTest.hash(), action: .userCreated, context: test.context())
        try requireEqual(outcome, .created, "making \(name)")
        return user
    }

    /// Begins a flow; its code is the right one.
    private static func begin(
        _ octet: UInt8, _ purpose: OneTimeTokenPurpose = .reauthentication, for user: User, _ test: StoreUnderTest
    ) async throws -> (proof: ReauthenticationProof, token: OneTimeToken) {
        let flow = try await test.begin(octet, purpose, for: user, shown: user.credentialGeneration)
        return (.code(flow.id, [flow.codeDigest]), test.token(octet, purpose, for: user))
    }

    private static func wrong(_ proof: ReauthenticationProof) -> ReauthenticationProof {
        switch proof {
        case .code(let id, _): .code(id, [[UInt8](repeating: 9, count: 32)])
        case .password: proof
        }
    }

    private static func password(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let other = try await test.open(2, of: ada)
        let feed = try await test.feed()
        let user = try await test.stored(ada).inFull

        let outcome = try await proven(test, session, .password(ada.credentialGeneration), at: 60)

        var expected = session
        expected.authenticatedAt = test.context(60).now
        expected.methods = [.password(at: test.context(60).now)]
        guard case .accepted(let answered, _) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(answered, expected, "the session that was answered")
        try requireEqual(try await stored(session, test), expected, "the session that is stored")
        try requireEqual(try await stored(other, test), other, "another session")
        try requireEqual(try await test.stored(ada).inFull, user, "the user")
        try requireEqual(try await test.feed(), feed, "the feed")
        let event = try requireValue(try await test.audit().last, "an audit event")
        try requireEqual(event.action, .reauthenticated, "the action")
        try requireEqual(event.refusal, nil, "the refusal")
        try requireEqual(event.sessionID, session.id, "the session of the event")
    }

    private static func sessionOver(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        let ended = try await test.open(1, of: ada)
        let idle = try await test.open(2, of: ada)
        let foreign = try await test.open(3, of: bob)
        _ = try await test.store.endSession(ended.id, of: ada.id, reason: .signedOut, context: test.context(1))
        let proof = ReauthenticationProof.password(ada.credentialGeneration)
        func outcome(_ id: SessionID, at now: Timestamp) async throws -> ReauthenticationOutcome {
            try await test.store.reauthenticate(id, of: ada.id, by: proof, context: OperationContext(now: now)).outcome
        }
        let now = test.context(2).now
        try requireEqual(try await outcome(ended.id, at: now), .sessionOver, "one that has ended")
        try requireEqual(try await outcome(foreign.id, at: now), .sessionOver, "another user's")
        try requireEqual(try await outcome(test.session(9, of: ada).id, at: now), .sessionOver, "an unknown one")
        try requireEqual(try await outcome(idle.id, at: idle.expiresAt), .sessionOver, "an expired one")
        for session in [idle, foreign] {
            try requireEqual(try await stored(session, test), session, "a session that was not renewed")
        }
        guard case .accepted = try await outcome(idle.id, at: idle.expiresAt - .microseconds(1)) else {
            throw ConformanceFailure(message: "a session that is alive was not renewed", location: #fileID)
        }
    }

    private static func stale(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let replacement = PasswordReplacement(
            expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("second"),
            session: test.session(1, of: ada, at: 10))
        _ = try await test.store.replacePassword(of: ada.id, replacement, context: test.context(10))
        let session = test.session(1, of: ada, at: 10)

        try requireEqual(try await proven(test, session, .password(ada.credentialGeneration), at: 20), .stale)
        try requireEqual(try await stored(session, test), session, "the session")
        let now = try await test.stored(ada).credentialGeneration
        guard case .accepted = try await proven(test, session, .password(now), at: 20) else {
            throw ConformanceFailure(message: "the new password does not count", location: #fileID)
        }
    }

    private static func besideRefresh(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        _ = try await test.refresh(session, 0, at: 10)
        _ = try await proven(test, session, .password(ada.credentialGeneration), at: 20)
        guard case .accepted(let refreshed, _, .rotated) = try await test.refresh(session, 1, at: 30) else {
            throw ConformanceFailure(message: "the session was not refreshed", location: #fileID)
        }
        try requireEqual(refreshed.rotation.counter, 2, "the counter")
        try requireEqual(refreshed.authenticatedAt, test.context(20).now, "the time of the proof")
        try requireEqual(try await stored(session, test), refreshed, "the session")
    }

    private static func code(_ test: StoreUnderTest) async throws {
        let ada = try await make("ada", 1, test)
        let session = try await test.open(1, of: ada)
        let (proof, token) = try await begin(1, for: ada, test)
        let other = try await begin(2, for: ada, test)
        let reset = try await test.issue(3, .passwordReset, for: ada)

        guard case .accepted(let renewed, _) = try await proven(test, session, proof, at: 60) else {
            throw ConformanceFailure(message: "the code was not accepted", location: #fileID)
        }

        let now = test.context(60).now
        try requireEqual(renewed.authenticatedAt, now, "the time")
        try requireEqual(renewed.methods, session.methods + [.mailedCode(at: now)], "the methods")
        try requireEqual(try await stored(session, test), renewed, "the session")
        try requireEqual(try await test.store.oneTimeToken(token.key), nil, "the token")
        try requireEqual(try await test.store.oneTimeToken(other.token.key), nil, "the other token")
        try requireEqual(try await test.store.oneTimeToken(reset.key), reset, "a token of another purpose")
        for used in [proof, other.proof] {
            guard case .refused = try await proven(test, session, used, at: 61) else {
                throw ConformanceFailure(message: "a code counts twice", location: #fileID)
            }
        }
        try requireEqual(try await stored(session, test), renewed, "the session afterwards")
    }

    private static func codeOnce(_ test: StoreUnderTest) async throws {
        let ada = try await make("ada", 1, test)
        let session = try await test.open(1, of: ada)
        let (proof, _) = try await begin(1, for: ada, test)
        let outcomes = try await concurrently(12) { _ in try await proven(test, session, proof, at: 5) }
        try requireEqual(
            outcomes.count { if case .accepted = $0 { true } else { false } }, 1, "how many were accepted")
    }

    private static func wrongCodes(_ test: StoreUnderTest) async throws {
        let ada = try await make("ada", 1, test)
        let session = try await test.open(1, of: ada)
        let (proof, _) = try await begin(1, for: ada, test)
        let other = try await begin(2, for: ada, test)
        for left in [4, 3, 2, 1, 0] as [Int64] {
            try requireEqual(
                try await proven(test, session, wrong(proof), at: 5), .refused(.wrongCode, triesLeft: left),
                "a wrong code")
        }
        try requireEqual(
            try await proven(test, session, proof, at: 5), .refused(.wrongCode, triesLeft: nil),
            "the right code by then")
        try requireEqual(try await stored(session, test), session, "the session")
        guard case .accepted = try await proven(test, session, other.proof, at: 5) else {
            throw ConformanceFailure(message: "the code of another flow is void", location: #fileID)
        }
    }

    private static func foreignCode(_ test: StoreUnderTest) async throws {
        let ada = try await make("ada", 1, test)
        let bob = try await make("bob", 2, test)
        let session = try await test.open(1, of: ada)
        let bobs = try await begin(1, for: bob, test)
        let verification = try await begin(2, .emailVerification, for: ada, test)
        for proof in [bobs.proof, verification.proof, wrong(bobs.proof), wrong(verification.proof)] {
            try requireEqual(
                try await proven(test, session, proof, at: 5), .refused(.unknown, triesLeft: nil), "a foreign code")
        }
        for id in [1, 2] as [UInt8] {
            let flow = try await test.store.mailedFlow(FlowID([UInt8](repeating: id, count: 32)))
            try requireEqual(flow?.wrongCodes, 0, "the wrong codes of flow \(id)")
        }
        let own = try await begin(3, for: ada, test)
        let moved = ProfileChange(email: try EmailAddress("ada@elsewhere.test"))
        _ = try await test.store.changeProfile(of: ada.id, by: moved, context: test.context(6))
        guard case .refused = try await proven(test, session, own.proof, at: 7) else {
            throw ConformanceFailure(message: "a code of the former address counts", location: #fileID)
        }
        try requireEqual(try await stored(session, test), session, "the session")
    }

    private static func binding(_ test: StoreUnderTest) async throws {
        let ada = try await make("ada", 1, isBound: false, test)
        let session = try await test.open(1, of: ada)
        let (proof, _) = try await begin(1, for: ada, test)
        guard case .accepted(_, let user) = try await proven(test, session, proof, at: 5) else {
            throw ConformanceFailure(message: "the code was not accepted", location: #fileID)
        }
        try require(user.isBound, "the credentials are not bound")
        let credential = try requireValue(try await test.store.credential(of: ada.id), "the credential")
        try require(credential.user.isBound, "the stored credentials are not bound")
        try requireEqual(credential.passwordHash, StoreUnderTest.hash(), "the hash")
        try requireEqual(credential.user.epoch, .first, "the epoch")
        try requireEqual(try await test.feed(), [.userChanged(ada.id)], "the feed")
        try requireEqual(try await test.liveSessions(of: ada, at: 5), [session.id], "the sessions")
    }
}
