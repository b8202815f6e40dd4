// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// P9 to P11: linking, listing and unlinking identities.
enum IdentityChecks {
    static let all: [StoreCheck] = [
        StoreCheck("P9", "a user has at most twenty identities, also of concurrent links", on: limit),
        StoreCheck("P9", "an address links no identity to a user who has twenty", on: limitOfArrivals),
        StoreCheck("P10", "linking stores the identity, tells the user, and is done once", on: linking),
        StoreCheck("P10", "an identity is linked in a live session of its user alone", on: sessions),
        StoreCheck("P10", "of two users who link one identity at once, one gets it", on: linkingAtOnce),
        StoreCheck("P10", "an identity is bound where the user is, or where it proves the user's address", on: bound),
        StoreCheck("P11", "unlinking removes one identity of the user, and no other", on: unlinking),
        StoreCheck("P11", "the last way in stays", on: lastWayIn),
        StoreCheck("P11", "two unlinks at once do not take the last way in", on: unlinkingAtOnce),
        StoreCheck("A5", "an identity comes back as it was stored", on: roundTrip),
        StoreCheck("A11", "identities and codes go with their user", on: deletion),
    ]

    private static func unlink(
        _ identity: Identity, of user: User, enabled: Set<ProviderName> = [], byMail: Bool = false,
        at seconds: Int64 = 1, _ test: StoreUnderTest
    ) async throws -> UnlinkOutcome {
        try await test.store.unlink(
            identity.id, of: user.id, enabled: enabled, signsInByMail: byMail, context: test.context(seconds)
        ).outcome
    }

    private static func isLinked(_ outcome: LinkOutcome) -> Bool {
        if case .linked = outcome { true } else { false }
    }

    private static func limit(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let outcomes = try await concurrently(ProviderLimits.identitiesPerUser + 4) { number in
            try await test.store.link(
                try test.identity("\(number)", number, of: ada, at: Int64(number)), session: session.id,
                context: test.context(1)
            ).outcome
        }
        try requireEqual(outcomes.count { isLinked($0) }, ProviderLimits.identitiesPerUser, "how many were linked")
        try requireEqual(outcomes.count { $0 == .tooMany }, 4, "how many were too many")
        let identities = try await test.store.identities(of: ada.id)
        try requireEqual(identities.count, ProviderLimits.identitiesPerUser, "how many there are")
        try requireEqual(
            identities.map(\.createdAt), identities.map(\.createdAt).sorted(), "the order in which they are listed")
        let refusals = try await test.audit().compactMap(\.refusal)
        try requireEqual(refusals, Array(repeating: "too_many_identities", count: 4), "what the audit log says")
    }

    private static func limitOfArrivals(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let session = try await test.open(1, of: ada)
        for number in 0..<ProviderLimits.identitiesPerUser {
            _ = try await test.store.link(
                try test.identity("\(number)", number, of: ada), session: session.id, context: test.context())
        }
        let profile = try StoreUnderTest.profile("one more", email: "ada@example.test")
        try requireEqual(try await test.arrive(profile, 50).outcome, .refused(.signInToLink))
        try requireEqual(
            try await test.store.identities(of: ada.id).count, ProviderLimits.identitiesPerUser, "how many there are")
    }

    private static func linking(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let session = try await test.open(1, of: ada)
        let events = try await test.audit().count
        let feed = try await test.feed()
        let identity = try test.identity("ada", 1, of: ada, email: "other@elsewhere.test", at: 1)
        let context = OperationContext(
            now: test.context(1).now, outbox: OutboxPolicy(notices: [.identityLinked], subscriptions: ["x"]))

        let committed = try await test.store.link(identity, session: session.id, context: context)

        var expected = identity
        expected.isBound = true
        try requireEqual(committed.outcome, .linked(expected))
        try requireEqual(try await test.store.identities(of: ada.id), [expected], "the identities")
        let audited = try await test.audit().dropFirst(events)
        try requireEqual(audited.map(\.action), [.identityLinked], "the audit events")
        try requireEqual(audited.first?.target, ada.id, "whom they are about")
        try requireEqual(audited.first?.sessionID, session.id, "in which session")
        let mails = try await OutboxChecks.rows(test).map(\.entry)
        try requireEqual(mails.map(\.kind), ["identity_linked"], "what is delivered")
        try requireEqual(mails.first?.recipient, "ada@example.test", "to whom")
        try requireEqual(mails.first?.details, ["provider": "corp"], "what it says")
        try requireEqual(try await test.feed(), feed, "the feed")

        let again = try test.identity("ada", 2, of: ada, at: 2)
        let second = try await test.store.link(again, session: session.id, context: test.context(2))
        try requireEqual(second.outcome, .alreadyYours, "linking it again")
        try requireEqual(try await test.store.identities(of: ada.id), [expected], "the identities then")
    }

    private static func sessions(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        let ofBob = try await test.open(2, of: bob)
        let ended = try await test.open(3, of: ada)
        _ = try await test.store.endSession(ended.id, of: ada.id, reason: .signedOut, context: test.context())
        let idle = try await test.open(4, of: ada)
        let identity = try test.identity("ada", 1, of: ada)
        func link(_ id: SessionID, at instant: Timestamp) async throws -> LinkOutcome {
            try await test.store.link(identity, session: id, context: OperationContext(now: instant)).outcome
        }
        let now = test.context(1).now
        for id in [ofBob.id, ended.id, test.session(99, of: ada).id] {
            try requireEqual(try await link(id, at: now), .sessionOver, "linking in another session")
        }
        try requireEqual(try await link(idle.id, at: idle.expiresAt), .sessionOver, "at the end of the session")
        try requireEqual(try await test.audit().last?.refusal, "session_over", "what the audit log says")
        try requireEqual(try await test.subjects(of: ada), [], "the identities")
        try require(isLinked(try await link(idle.id, at: idle.expiresAt - .microseconds(1))), "it was not linked")

        let banned = try await test.open(5, of: bob)
        _ = try await test.store.perform(.setActive(false), on: bob.id, context: test.context(2))
        let other = try test.identity("bob", 2, of: bob)
        let outcome = try await test.store.link(other, session: banned.id, context: test.context(3)).outcome
        try requireEqual(outcome, .sessionOver, "a disabled user")
    }

    private static func linkingAtOnce(_ test: StoreUnderTest) async throws {
        var users: [(user: User, session: SessionID)] = []
        for number in 0..<4 {
            let user = try await test.make("user\(number)", number)
            users.append((user, try await test.open(number, of: user).id))
        }
        let linkers = users
        for round in 0..<6 {
            let outcomes = try await concurrently(4) { number in
                let (user, session) = linkers[number]
                return try await test.store.link(
                    try test.identity("\(round)", round * 10 + number, of: user), session: session,
                    context: test.context(1)
                ).outcome
            }
            try requireEqual(outcomes.count { isLinked($0) }, 1, "how many have linked it in round \(round)")
            try requireEqual(outcomes.count { $0 == .taken }, 3, "how many found it taken in round \(round)")
        }
        let all = try await test.store.identities(of: linkers[0].user.id).count
        var others = 0
        for linker in linkers.dropFirst() { others += try await test.store.identities(of: linker.user.id).count }
        try requireEqual(all + others, 6, "how many identities there are")
    }

    private static func bound(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.makeBound("bob", 2)
        let cases: [(user: User, email: String?, claims: Bool, isBound: Bool)] = [
            (bob, nil, false, true), (bob, "x@example.test", false, true), (ada, nil, true, false),
            (ada, "ADA@example.test", true, true), (ada, "ada@example.test", false, false),
            (ada, "bob@example.test", true, false),
        ]
        for (number, item) in cases.enumerated() {
            let linked = try await test.link(
                "\(number)", number, to: item.user, email: item.email, isBound: item.claims)
            try requireEqual(linked.isBound, item.isBound, "whether it is bound in case \(number)")
            let stored = try await test.store.identities(of: item.user.id).first { $0.id == linked.id }
            try requireEqual(stored, linked, "the stored identity")
        }
        try require(try await !test.stored(ada).isBound, "linking has bound the credentials")
    }

    private static func unlinking(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        let identities = [try await test.link("one", 1, to: ada), try await test.link("two", 2, to: ada)]
        let foreign = try await test.link("three", 3, to: bob)
        let sessions = try await test.liveSessions(of: ada)

        try requireEqual(try await unlink(foreign, of: ada, test), .unknown, "that of another user")
        try requireEqual(try await test.audit().last?.refusal, "not_found", "what the audit log says")
        try requireEqual(try await unlink(identities[0], of: ada, test), .unlinked(identities[0]))
        let event = try requireValue(try await test.audit().last, "the audit event")
        try requireEqual(event.action, .identityUnlinked, "what was done")
        try requireEqual(event.target, ada.id, "to whom")
        try requireEqual(try await unlink(identities[0], of: ada, test), .unknown, "once more")
        try requireEqual(try await test.store.identities(of: ada.id), [identities[1]], "what is left")
        try requireEqual(try await test.store.identities(of: bob.id), [foreign], "what the other user has")
        try requireEqual(try await test.liveSessions(of: ada), sessions, "the sessions")
        let again = try await test.link("one", 4, to: bob)
        try requireEqual(again.userID, bob.id, "whose it can be then")
    }

    /// A user without a password, who has arrived with an identity.
    private static func arrived(
        _ name: String, _ number: Int, email: String? = nil, _ test: StoreUnderTest
    ) async throws -> (user: User, identity: Identity) {
        let profile = try StoreUnderTest.profile(name, email: email)
        let user = try test.signedIn(try await test.arrive(profile, number, at: 0)).user
        return (user, try requireValue(try await test.store.identities(of: user.id).first, "the identity"))
    }

    private static func lastWayIn(_ test: StoreUnderTest) async throws {
        let corp = try ProviderName("corp")
        let (ada, identity) = try await arrived("ada", 1, email: "ada@example.test", test)
        try requireEqual(try await unlink(identity, of: ada, enabled: [corp], test), .lastWayIn, "the only identity")
        try requireEqual(try await test.audit().last?.refusal, "last_way_in", "what the audit log says")
        try requireEqual(try await test.store.identities(of: ada.id), [identity], "what is left")
        let second = try await test.link("second", 20, to: ada)
        try requireEqual(try await unlink(second, of: ada, test), .lastWayIn, "beside one of a disabled provider")
        try requireEqual(try await unlink(second, of: ada, enabled: [corp], test), .unlinked(second))
        try requireEqual(
            try await unlink(identity, of: ada, byMail: true, test), .unlinked(identity), "where mail signs in")

        let (bob, other) = try await arrived("bob", 2, test)
        try requireEqual(
            try await unlink(other, of: bob, byMail: true, test), .lastWayIn, "a user without an address")
        let carol = try await test.make("carol", 3)
        let ofCarol = try await test.link("carol", 30, to: carol)
        try requireEqual(try await unlink(ofCarol, of: carol, test), .unlinked(ofCarol), "a user with a password")
    }

    private static func unlinkingAtOnce(_ test: StoreUnderTest) async throws {
        let corp = try ProviderName("corp")
        for round in 0..<8 {
            let (user, first) = try await arrived("user\(round)", round * 10, test)
            let second = try await test.link("second\(round)", round * 10 + 1, to: user)
            let (one, two) = try await both(
                { try await unlink(first, of: user, enabled: [corp], test) },
                { try await unlink(second, of: user, enabled: [corp], test) })
            let left = try await test.store.identities(of: user.id)
            try requireEqual(left.count, 1, "how many are left in round \(round)")
            try requireEqual([one, two].count { $0 == .lastWayIn }, 1, "how many were refused in round \(round)")
        }
    }

    private static func roundTrip(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        for (number, name) in ["0", " ", "a'b\"\\", "e\u{301}", "\u{E9}", "\u{1F600}", "A", "a"].enumerated() {
            var identity = try test.identity(
                name, number, of: ada, email: "Ada.\(number)@Elsewhere.Test", at: Int64(number))
            identity.emailIsVerified = number.isMultiple(of: 2)
            let outcome = try await test.store.link(identity, session: session.id, context: test.context(60)).outcome
            try requireEqual(outcome, .linked(identity), "linking \(number)")
            let stored = try requireValue(try await test.store.identities(of: ada.id).last, "the identity")
            try requireEqual(stored, identity, "the identity")
            try requireEqual(stored.email?.original, identity.email?.original, "its address")
            try requireEqual(
                Array(stored.subject.subject.utf8), Array(name.utf8), "its subject in octets")
        }
        try requireEqual(try await test.store.identities(of: ada.id).count, 8, "how many there are")
    }

    private static func deletion(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let identity = try await test.link("ada", 1, to: ada)
        let session = test.session(1, of: ada).id
        let code = ProviderCode(
            digest: [UInt8](repeating: 1, count: 32), purpose: .link(ada.id, session),
            challenge: [UInt8](repeating: 2, count: 32), provider: identity.provider,
            profile: try StoreUnderTest.profile("other"), scope: nil, source: nil, expiresAt: test.context(60).now,
            wrongVerifiers: 0)
        try await test.store.putProviderCode(code, context: test.context())
        _ = try await test.store.perform(.delete, on: ada.id, context: test.context(1))

        try requireEqual(try await test.store.identities(of: ada.id), [], "the identities")
        let look = try await test.store.look(identity.subject, address: nil)
        try requireEqual(look.identity, nil, "whose the identity is")
        let redeemed = try await test.store.redeemProviderCode(
            code.digest, verifierDigest: code.challenge, by: (ada.id, session), context: test.context(2))
        try requireEqual(redeemed, .unknown, "the code")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
        let bob = try await test.make("bob", 2)
        try await test.link("ada", 3, to: bob)
    }
}
