// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// P4 to P8: persons of whom a provider has told who they are.
enum ArrivalChecks {
    static let all: [StoreCheck] = [
        StoreCheck("P4", "an arrival about a user who was not looked at writes nothing", on: unseen),
        StoreCheck("P4", "what is looked at is what an arrival is about", on: looking),
        StoreCheck("P5", "a known identity signs its user in, and nothing else of the user changes", on: known),
        StoreCheck("P5", "a sign-in evicts, replaces and is refused by the limit of sessions", on: limits),
        StoreCheck("P6", "a proven address voids what was not bound, and links", on: linkVoiding),
        StoreCheck("P6", "a proven address links to a bound user, who keeps everything", on: linkKeeping),
        StoreCheck("P6", "a user with a role or a second factor is not linked by an address", on: refusedLinks),
        StoreCheck("P6", "an address that is not proven leads to no user who has it", on: unprovenOfUser),
        StoreCheck("P6", "nothing is linked where the limit of sessions is reached", on: linkAtLimit),
        StoreCheck("P7", "a new person makes a user with the proven address, bound", on: registering),
        StoreCheck("P7", "an address that is not proven is not the new user's, and nothing is bound", on: unproven),
        StoreCheck("P7", "a reserved address is not taken, and no user is made", on: reserved),
        StoreCheck("P8", "what the policy refuses writes the audit event alone", on: closed),
    ]

    private static func unseen(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let linked = try await test.makeBound("bob", 2)
        try await test.link("bob", 2, to: linked)
        let events = try await test.audit()
        for (profile, user) in [
            (try StoreUnderTest.profile("ada", email: "ada@example.test"), ada),
            (try StoreUnderTest.profile("bob"), linked),
        ] {
            for other in [nil, UserID(StoreUnderTest.uuid(99))] {
                let outcome = try await test.store.arrive(
                    try test.arrival(profile, 5, of: other), context: test.context(1))
                guard case .needsFactors(let found) = outcome.outcome else {
                    throw ConformanceFailure(message: "the outcome is \(outcome.outcome)", location: #fileID)
                }
                try requireEqual(found.id, user.id, "whose factors are needed")
                try requireEqual(outcome.changes, [], "the changes")
            }
        }
        try requireEqual(try await test.audit(), events, "the audit events")
        try requireEqual(try await test.subjects(of: ada), [], "the identities")
        try requireEqual(try await test.stored(ada).inFull, ada.inFull, "the user")
    }

    private static func looking(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        let identity = try await test.link("bob", 2, to: bob)
        let ofBob = try await test.stored(bob)
        let subject = try StoreUnderTest.subject("bob")
        let address = try EmailAddress("ADA@example.test")
        try requireEqual(
            try await test.store.look(subject, address: address),
            ProviderLook(identity: identity, user: ofBob, holder: ada), "both")
        try requireEqual(
            try await test.store.look(subject, address: nil),
            ProviderLook(identity: identity, user: ofBob, holder: nil), "by the identity")
        let unknown = try StoreUnderTest.subject("bob", issuer: "https://other.example.test")
        try requireEqual(
            try await test.store.look(unknown, address: address),
            ProviderLook(identity: nil, user: nil, holder: ada), "by the address")
        try requireEqual(
            try await test.store.look(unknown, address: try EmailAddress("carol@example.test")),
            ProviderLook(identity: nil, user: nil, holder: nil), "neither")
    }

    private static func known(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let identity = try await test.link("ada", 1, to: ada, email: "old@example.test")
        let before = try await test.stored(ada)
        let cursor = try await test.cursor()
        let events = try await test.audit().count

        // The address at the provider is another one now, which belongs to another user here.
        try await test.make("bob", 2)
        let profile = try StoreUnderTest.profile("ada", email: "bob@example.test")
        let (user, effect, isNew, evicted) = try test.signedIn(try await test.arrive(profile, 3, at: 60))

        try requireEqual(user.id, ada.id, "who is signed in")
        try require(effect == .keep && !isNew && evicted.isEmpty, "more was done than to sign in")
        var expected = before
        expected.lastLoginAt = test.context(60).now
        try requireEqual(user.inFull, expected.inFull, "the user")
        try requireEqual(try await test.stored(ada).inFull, expected.inFull, "the stored user")
        var used = identity
        used.email = profile.email
        used.emailIsVerified = true
        used.lastUsedAt = test.context(60).now
        try requireEqual(try await test.store.identities(of: ada.id), [used], "the identity")
        let session = test.session(3, of: ada, at: 60)
        try requireEqual(try await test.store.session(session.id, of: ada.id), session, "the session")
        try requireEqual(try await test.feed(after: cursor), [], "the feed")
        let audited = try await test.audit().dropFirst(events + 1)
        try requireEqual(audited.map(\.action), [.signIn], "the audit events")
        try requireEqual(audited.first?.sessionID, session.id, "the session in it")

        _ = try await test.store.perform(.setActive(false), on: ada.id, context: test.context(61))
        let refused = try await test.arrive(profile, 4, at: 62).outcome
        try requireEqual(refused, .refused(.userDisabled), "a disabled user")
        try requireEqual(try await test.audit().last?.refusal, "user_disabled", "what the audit log says")
    }

    private static func limits(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await test.link("ada", 1, to: ada)
        let first = test.session(1, of: ada).id
        let profile = try StoreUnderTest.profile("ada")
        let replaced = try test.signedIn(try await test.arrive(profile, 2, replacing: first, at: 10))
        try requireEqual(replaced.evicted, [first], "which session gives way")
        let second = test.session(2, of: ada).id
        let evicting = try test.signedIn(
            try await test.arrive(profile, 3, limit: SessionLimit(perUser: 1), at: 20))
        try requireEqual(evicting.evicted, [second], "which session is evicted")
        try requireEqual(
            try await test.store.session(second, of: ada.id)?.ended,
            Session.Ended(at: test.context(20).now, reason: .evicted), "its end")
        let full = try await test.arrive(profile, 4, limit: SessionLimit(perUser: 1, policy: .refuse), at: 30)
        try requireEqual(full.outcome, .limitReached)
        try requireEqual(try await test.liveSessions(of: ada, at: 30), [test.session(3, of: ada).id], "the sessions")
        try requireEqual(
            try await test.store.identities(of: ada.id).first?.lastUsedAt, test.context(20).now, "the last use")
    }

    private static func linkVoiding(_ test: StoreUnderTest) async throws {
        let squatted = try await test.make("ada", 1)
        let session = try await test.open(1, of: squatted)
        try await test.link("squatter", 2, to: squatted)
        let reset = try await test.issue(1, .passwordReset, for: squatted)
        let cursor = try await test.cursor()
        let events = try await test.audit().count
        let outbox = OutboxPolicy(notices: [.credentialsVoided, .identityLinked])

        let profile = try StoreUnderTest.profile("ada", email: "Ada@Example.Test")
        let committed = try await test.arrive(profile, 3, replacing: session.id, outbox: outbox, at: 60)
        let (user, effect, isNew, evicted) = try test.signedIn(committed)

        try requireEqual(user.id, squatted.id, "who is signed in")
        try require(effect == .void && !isNew && evicted.isEmpty, "the outcome is \(committed.outcome)")
        try requireEqual(try await test.stored(squatted).inFull, user.inFull, "the user")
        try requireEqual(user.emailVerifiedAt, test.context(60).now, "when the address was verified")
        try require(user.isBound, "the credentials are not bound")
        try requireEqual(user.epoch, test.epoch(60), "the epoch")
        try requireEqual(try await test.store.credential(of: user.id)?.passwordHash, nil, "the password")
        try requireEqual(try await test.store.oneTimeToken(reset.key), nil, "what was mailed before")
        try requireEqual(
            try await test.liveSessions(of: user, at: 60), [test.session(3, of: user).id], "the sessions")
        let identities = try await test.store.identities(of: user.id)
        try requireEqual(identities.map(\.subject), [profile.subject], "the identities")
        try require(identities.allSatisfy(\.isBound), "the identity is not bound")
        try requireEqual(
            try await test.feed(after: cursor), [.epochRaised(user.id, user.epoch), .userChanged(user.id)], "the feed")
        try requireEqual(
            try await test.audit().dropFirst(events).map(\.action), [.identityLinked, .signIn, .credentialsVoided],
            "the audit events")
        let mails = try await OutboxChecks.rows(test).map(\.entry)
        try requireEqual(mails.map(\.kind), ["credentials_voided", "identity_linked"], "the mails")
        try requireEqual(mails.last?.details, ["provider": "corp"], "what the last one says")
        try requireEqual(mails.last?.recipient, squatted.email?.original, "to whom")
    }

    private static func linkKeeping(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let session = try await test.open(1, of: ada)
        let profile = try StoreUnderTest.profile("ada", email: "ada@example.test")
        let (user, effect, isNew, _) = try test.signedIn(try await test.arrive(profile, 3, at: 60))
        try require(effect == .keep && !isNew, "the effect is \(effect)")
        try requireEqual(user.epoch, ada.epoch, "the epoch")
        try requireEqual(user.emailVerifiedAt, ada.emailVerifiedAt, "when the address was verified")
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash(), "the password")
        try requireEqual(try await test.liveSessions(of: ada, at: 60).count, 2, "how many sessions live")
        try require(try await test.liveSessions(of: ada, at: 60).contains(session.id), "a session has ended")
        try requireEqual(try await test.subjects(of: ada), ["ada"], "the identities")
        let again = try test.signedIn(try await test.arrive(profile, 4, at: 70))
        try require(again.user.id == ada.id && !again.isNew, "the identity is not known the next time")
    }

    private static func refusedLinks(_ test: StoreUnderTest) async throws {
        let root = try await test.make("root", 1, role: .admin)
        let ada = try await test.makeBound("ada", 2)
        for (user, hasFactors) in [(root, false), (ada, true)] {
            let profile = try StoreUnderTest.profile("x", email: user.email?.original)
            let events = try await test.audit().count
            let refused = try await test.arrive(profile, 5, hasFactors: hasFactors, at: 1)
            try requireEqual(refused.outcome, .refused(.signInToLink))
            try requireEqual(refused.changes, [], "the changes")
            let audited = try await test.audit().dropFirst(events)
            try requireEqual(audited.map(\.refusal), ["sign_in_to_link"], "what the audit log says")
            try requireEqual(audited.map(\.target), [user.id], "about whom")
            try requireEqual(try await test.stored(user).inFull, user.inFull, "the user")
            try requireEqual(try await test.subjects(of: user), [], "the identities")
        }
    }

    private static func unprovenOfUser(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let profile = try StoreUnderTest.profile("x", email: "ada@example.test", isVerified: false)
        try requireEqual(try await test.arrive(profile, 2).outcome, .refused(.signInToLink))
        try requireEqual(try await test.audit().last?.target, ada.id, "about whom the audit event is")
        try requireEqual(try await test.subjects(of: ada), [], "the identities")
        try requireEqual(try await test.store.userCount(), 1, "the count")
    }

    private static func linkAtLimit(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let session = try await test.open(1, of: ada)
        let before = try await test.stored(ada).inFull
        let profile = try StoreUnderTest.profile("ada", email: "ada@example.test")
        let outcome = try await test.arrive(profile, 2, limit: SessionLimit(perUser: 1, policy: .refuse)).outcome
        try requireEqual(outcome, .limitReached)
        try requireEqual(try await test.subjects(of: ada), [], "the identities")
        try requireEqual(try await test.stored(ada).inFull, before, "the user")
        try requireEqual(try await test.liveSessions(of: ada, at: 1), [session.id], "the sessions")
    }

    private static func registering(_ test: StoreUnderTest) async throws {
        let outbox = OutboxPolicy(notices: [.identityLinked], subscriptions: ["x"])
        let profile = try StoreUnderTest.profile("ada", email: "Ada@Example.Test")
        let (user, effect, isNew, _) = try test.signedIn(try await test.arrive(profile, 1, outbox: outbox))
        try require(isNew && effect == .keep, "the user is not new")
        try requireEqual(user.id, UserID(StoreUnderTest.uuid(1)), "the id")
        try requireEqual(user.origin, .provider, "how the user came to exist")
        try requireEqual(user.email?.original, "Ada@Example.Test", "the address")
        try requireEqual(user.emailVerifiedAt, test.context(1).now, "when it was verified")
        try require(user.isBound, "the user is not bound")
        try requireEqual(try await test.stored(user).inFull, user.inFull, "the stored user")
        try requireEqual(try await test.holder(of: "ada@example.test"), user.id, "who is found by the address")
        try requireEqual(try await test.store.userCount(), 1, "the count")
        try requireEqual(
            try await test.store.identities(of: user.id),
            [
                try test.identity("ada", 1, of: user, email: "Ada@Example.Test", isBound: true, at: 1)
            ], "the identities")
        try requireEqual(
            try await test.liveSessions(of: user, at: 1), [test.session(1, of: user).id], "the sessions")
        try requireEqual(
            try await test.audit().map(\.action), [.userRegistered, .identityLinked, .signIn], "the audit events")
        try requireEqual(
            try await OutboxChecks.rows(test).map(\.entry.kind), ["user_created", "address_verified"],
            "what is delivered")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func unproven(_ test: StoreUnderTest) async throws {
        let profiles = [
            try StoreUnderTest.profile("none"), try StoreUnderTest.profile("foreign", email: "ada@elsewhere.test"),
            try StoreUnderTest.profile("unverified", email: "ada@example.test", isVerified: false),
        ]
        for (number, profile) in profiles.enumerated() {
            let (user, _, isNew, _) = try test.signedIn(try await test.arrive(profile, number + 1))
            try require(isNew, "the user is not new")
            try requireEqual(user.email, nil, "the address")
            try require(!user.isBound && !user.isVerified, "something is bound or verified")
            let identity = try requireValue(try await test.store.identities(of: user.id).first, "the identity")
            try require(!identity.isBound, "the identity is bound")
            try requireEqual(identity.email?.original, profile.email?.original, "what the provider says")
        }
        try requireEqual(try await test.holder(of: "ada@example.test"), nil, "who has the address")
        try requireEqual(try await test.store.userCount(), 3, "the count")
    }

    private static func reserved(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.move(ada, to: "countess@example.test", 1, undo: 100, at: 1)
        let profile = try StoreUnderTest.profile("other", email: "ada@example.test")
        let refused = try await test.arrive(profile, 2, at: 2)
        try requireEqual(refused.outcome, .refused(.signInToLink))
        try requireEqual(refused.changes, [], "the changes")
        try requireEqual(try await test.store.userCount(), 1, "the count")
        try requireEqual(try await test.store.user(withID: UserID(StoreUnderTest.uuid(2))), nil, "the new user")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
        try requireEqual(try await test.audit().last?.refusal, "sign_in_to_link", "what the audit log says")
        _ = try test.changed(try await test.undo(100, of: ada, at: 3))
        let owner = try test.signedIn(try await test.arrive(profile, 3, at: 4))
        try requireEqual(owner.user.id, ada.id, "whose the identity is after the undo")
    }

    private static func closed(_ test: StoreUnderTest) async throws {
        let profile = try StoreUnderTest.profile("ada", email: "ada@example.test")
        for (number, policy) in [RegistrationPolicy.closed, .invitation].enumerated() {
            let refused = try await test.arrive(profile, number, registration: policy)
            try requireEqual(refused.outcome, .refused(.registrationClosed))
            try requireEqual(refused.changes, [], "the changes")
            try requireEqual(try await test.audit().count, number + 1, "how many events there are")
            try requireEqual(try await test.audit().last?.refusal, "registration_closed", "what they say")
        }
        try requireEqual(try await test.store.userCount(), 0, "the count")
        let known = try await test.makeBound("ada", 5)
        let linked = try test.signedIn(try await test.arrive(profile, 6, registration: .closed))
        try requireEqual(linked.user.id, known.id, "who signs in where no client may register")
    }
}
