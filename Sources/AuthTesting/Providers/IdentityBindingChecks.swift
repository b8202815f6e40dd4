// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// P12 and P13: what proofs of a mailbox and changes of address do to identities.
enum IdentityBindingChecks {
    static let all: [StoreCheck] = [
        StoreCheck("P12", "a proof that voids removes unbound identities and keeps bound ones", on: voiding),
        StoreCheck("P12", "a proof that keeps credentials leaves identities as they are", on: keeping),
        StoreCheck("P12", "a proof that binds credentials binds identities", on: binding),
        StoreCheck("P12", "a code that proves who the user is in a session binds identities", on: reauthentication),
        StoreCheck("P12", "a reset removes what was not bound, and nothing where the credentials were", on: resetting),
        StoreCheck("P12", "an accepted invitation removes identities that a stranger has linked", on: invitation),
        StoreCheck("P13", "a change of address that unbinds the credentials unbinds identities", on: changing),
        StoreCheck("P13", "an identity that proves one address is not bound to another", on: changingUnbound),
        StoreCheck("P13", "undoing a change removes the identities that were linked since", on: undoing),
        StoreCheck("P13", "undoing removes a stranger's identities, bound since or not", on: undoingUnbound),
    ]

    /// A user with an unbound identity and one that proves the user's address.
    private static func make(
        _ name: String, _ number: Int, verified: Bool = false, _ test: StoreUnderTest
    ) async throws -> User {
        var user = try test.draft(name, number)
        if verified { user.emailVerifiedAt = test.context().now }
        _ = try await test.store.createUser(
            user, passwordHash: StoreUnderTest.hash(), action: .userRegistered, context: test.context())
        try await test.link("\(name) unbound", number * 10 + 1, to: user)
        try await test.link(
            "\(name) bound", number * 10 + 2, to: user, email: "\(name)@example.test", isBound: true, at: 1)
        return user
    }

    /// The identities of a user, and whether they are bound.
    private static func identities(of user: User, _ test: StoreUnderTest) async throws -> [String: Bool] {
        let identities = try await test.store.identities(of: user.id)
        return Dictionary(uniqueKeysWithValues: identities.map { ($0.subject.subject, $0.isBound) })
    }

    private static func voiding(_ test: StoreUnderTest) async throws {
        let ada = try await make("ada", 1, test)
        let other = try await make("bob", 2, test)
        let flow = try await test.begin(1, .emailVerification, for: ada)
        let outcome = try await test.store.redeemEmailVerification(
            .link(try requireValue(flow.token)), showing: nil, context: test.context(2)
        ).outcome
        guard case .accepted(_, .void) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(try await identities(of: ada, test), ["ada bound": true], "the identities")
        try requireEqual(
            try await identities(of: other, test), ["bob unbound": false, "bob bound": true], "those of another user")
    }

    private static func keeping(_ test: StoreUnderTest) async throws {
        let ada = try await make("ada", 1, test)
        let flow = try await test.begin(1, .emailVerification, for: ada, shown: .first)
        let outcome = try await test.store.redeemEmailVerification(
            .link(try requireValue(flow.token)), showing: nil, context: test.context(2)
        ).outcome
        guard case .accepted(_, .keep) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(
            try await identities(of: ada, test), ["ada unbound": false, "ada bound": true], "the identities")
    }

    private static func binding(_ test: StoreUnderTest) async throws {
        let ada = try await make("ada", 1, test)
        let other = try await make("bob", 2, test)
        let flow = try await test.begin(1, .emailVerification, for: ada, shown: .first)
        _ = try await test.store.redeemEmailVerification(
            .linkHere(try requireValue(flow.token), flow.id), showing: nil, context: test.context(2))
        try requireEqual(
            try await identities(of: ada, test), ["ada unbound": true, "ada bound": true], "the identities")
        try requireEqual(
            try await identities(of: other, test), ["bob unbound": false, "bob bound": true], "those of another user")
    }

    private static func reauthentication(_ test: StoreUnderTest) async throws {
        let ada = try await make("ada", 1, verified: true, test)
        let session = try await test.open(50, of: ada, at: 1)
        let flow = try await test.begin(1, .reauthentication, for: ada, shown: .first, at: 1)
        let outcome = try await test.store.reauthenticate(
            session.id, of: ada.id, by: .code(flow.id, [flow.codeDigest]), context: test.context(2)
        ).outcome
        guard case .accepted(_, let user) = outcome, user.isBound else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(
            try await identities(of: ada, test), ["ada unbound": true, "ada bound": true], "the identities")
    }

    private static func resetting(_ test: StoreUnderTest) async throws {
        let ada = try await make("ada", 1, test)
        let bob = try await test.makeBound("bob", 2)
        try await test.link("bob", 3, to: bob)
        for (octet, user, left) in [(1, ada, ["ada bound": true]), (2, bob, ["bob": true])]
            as [(UInt8, User, [String: Bool])]
        {
            let token = try await test.issue(octet, .passwordReset, for: user)
            let outcome = try await test.store.redeemPasswordReset(
                .link(token.key), newHash: StoreUnderTest.hash("own"), context: test.context(2)
            ).outcome
            guard case .accepted = outcome else {
                throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
            }
            try requireEqual(try await identities(of: user, test), left, "the identities")
        }
    }

    private static func invitation(_ test: StoreUnderTest) async throws {
        let ada = try await make("ada", 1, test)
        let issued = InvitationChecks.issued(1, for: ada, test)
        let made = try await test.store.invite(
            InvitationChecks.invitation(1, of: ada, as: .admin, test), issued, under: AccessPolicy(),
            context: test.context())
        try requireEqual(made, .done)
        let proof = InvitationProof(
            .link(issued.token.key), newHash: StoreUnderTest.hash("own"), showing: nil, policy: AccessPolicy())
        _ = try await test.store.acceptInvitation(proof, context: test.context(2))
        try requireEqual(try await identities(of: ada, test), ["ada bound": true], "the identities")
    }

    private static func changing(_ test: StoreUnderTest) async throws {
        for (number, isHere) in [true, false].enumerated() {
            let user = try await test.makeBound("user\(number)", number)
            try await test.link("of \(number)", number + 10, to: user)
            let flow = try await test.ask(user, for: "new\(number)@example.test", UInt8(number), at: 1)
            let key = try requireValue(flow.token)
            let changed = try test.changed(
                try await test.confirm(
                    isHere ? .linkHere(key, flow.id) : .link(key), undo: UInt8(100 + number), at: 2))
            try requireEqual(changed.isBound, isHere, "whether the credentials are bound")
            try requireEqual(
                try await identities(of: user, test), ["of \(number)": isHere], "whether the identity is")
        }
        // A change without a proof, as an administrator makes it, unbinds as well.
        let ada = try await test.makeBound("ada", 5)
        try await test.link("ada", 30, to: ada)
        for (address, isBound) in [("ADA@example.test", true), ("ada@elsewhere.test", false)] {
            _ = try await test.store.changeProfile(
                of: ada.id, by: ProfileChange(email: try EmailAddress(address)), context: test.context(2))
            try requireEqual(try await identities(of: ada, test), ["ada": isBound], "with \(address)")
        }
    }

    private static func undoing(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.link("before", 10, to: ada, at: 1)
        let flow = try await test.ask(ada, for: "mallory@example.test", 1, at: 2)
        let key = try requireValue(flow.token)
        _ = try test.changed(try await test.confirm(.link(key), undo: 100, at: 3))
        try await test.link("at once", 11, to: ada, at: 3)
        try await test.link("since", 12, to: ada, email: "mallory@example.test", isBound: true, at: 4)
        try requireEqual(
            try await identities(of: ada, test), ["before": false, "at once": false, "since": true], "before the undo")

        let user = try test.changed(try await test.undo(100, of: ada, at: 5))

        try require(user.isBound, "the credentials are not bound")
        try requireEqual(try await identities(of: ada, test), ["before": false], "the identities")
    }

    private static func changingUnbound(_ test: StoreUnderTest) async throws {
        let mallory = try await make("mallory", 1, test)
        _ = try await test.store.changeProfile(
            of: mallory.id, by: ProfileChange(email: try EmailAddress("victim@example.test")), context: test.context(2))
        try requireEqual(
            try await identities(of: mallory, test), ["mallory unbound": false, "mallory bound": false],
            "the identities")
        let flow = try await test.begin(1, .emailVerification, for: try await test.stored(mallory), at: 3)
        _ = try await test.store.redeemEmailVerification(
            .link(try requireValue(flow.token)), showing: nil, context: test.context(4))
        try requireEqual(try await test.subjects(of: mallory), [], "what the owner of the address finds")
    }

    private static func undoingUnbound(_ test: StoreUnderTest) async throws {
        let squatted = try await make("ada", 1, test)
        let asked = try await test.ask(squatted, for: "mallory@example.test", 1, at: 3)
        _ = try test.changed(try await test.confirm(.link(try requireValue(asked.token)), undo: 100, at: 4))
        let moved = try await test.stored(squatted)
        let flow = try await test.begin(2, .emailVerification, for: moved, shown: moved.credentialGeneration, at: 5)
        _ = try await test.store.redeemEmailVerification(
            .linkHere(try requireValue(flow.token), flow.id), showing: nil, context: test.context(6))
        try requireEqual(
            try await identities(of: squatted, test), ["ada unbound": true, "ada bound": true], "before the undo")

        _ = try test.changed(try await test.undo(100, of: squatted, at: 7))

        try requireEqual(try await test.subjects(of: squatted), [], "what the owner of the address finds")
    }
}
