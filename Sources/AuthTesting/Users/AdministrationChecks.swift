// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// U7 to U9: administrative actions.
enum AdministrationChecks {
    static let all: [StoreCheck] = [
        StoreCheck("U7", "two administrators who remove each other at once leave one", on: mutualRemoval),
        StoreCheck("U7", "concurrent actions leave one administrator", on: manyRemovals),
        StoreCheck("U7", "the outcome is the one that the rule decides", on: decisions),
        StoreCheck("U7", "a banned administrator does not count until the ban is over", on: bannedAdministrators),
        StoreCheck(
            "U8", "deactivation revokes sessions and voids tokens, reactivation restores none", on: deactivation),
        StoreCheck("U8", "deleting removes everything of the user but the audit", on: deletion),
        StoreCheck("U8", "deleting a user with many sessions works", on: deletionOfMany),
        StoreCheck("U9", "a rejected action writes its audit event and nothing else", on: refusal),
    ]

    private static func mutualRemoval(_ test: StoreUnderTest) async throws {
        let actions: [AdministrativeAction] = [.setRole(.user), .setActive(false), .delete]
        var one = try await test.make("admin", 0, role: .admin)
        for round in 1...9 {
            let two = try await test.make("admin\(round)", round, role: .admin)
            let left = one
            let action = actions[round % 3]
            let (first, second) = try await both(
                { try await test.store.perform(action, on: two.id, context: test.context(1, actor: left.id)).outcome },
                { try await test.store.perform(action, on: left.id, context: test.context(1, actor: two.id)).outcome })
            let refusals = [first, second].count { $0 == .refused(.lastActiveAdmin) }
            try requireEqual(refusals, 1, "how many were refused in round \(round): \(first) and \(second)")
            let remaining = try await test.store.users(matching: UserQuery(role: .admin, isActive: true)).users
            try requireEqual(remaining.count, 1, "the administrators left")
            one = try requireValue(remaining.first)
        }
    }

    private static func manyRemovals(_ test: StoreUnderTest) async throws {
        let actions: [AdministrativeAction] = [.setRole(.guest), .setActive(false), .delete]
        let admins = try await concurrently(9) { try await test.make("admin\($0)", $0, role: .admin) }
        let outcomes = try await concurrently(9) { number in
            try await test.store.perform(actions[number % 3], on: admins[number].id, context: test.context(1)).outcome
        }
        try requireEqual(outcomes.count { $0 == .refused(.lastActiveAdmin) }, 1, "how many were refused")
        let left = try await test.store.users(matching: UserQuery(role: .admin, isActive: true)).users
        try requireEqual(left.count, 1, "the administrators left")
    }

    private static func decisions(_ test: StoreUnderTest) async throws {
        let root = try await test.make("root", 1, role: .admin)
        let ada = try await test.make("ada", 2)
        func perform(_ action: AdministrativeAction, on user: User) async throws -> AdministrationOutcome {
            try await test.store.perform(action, on: user.id, context: test.context(1, actor: root.id)).outcome
        }
        try requireEqual(try await perform(.setRole(.user), on: ada), .unchanged(ada))
        try requireEqual(try await perform(.setActive(true), on: ada), .unchanged(ada))
        try requireEqual(try await perform(.delete, on: root), .refused(.oneself))
        let unstored = try test.draft("unstored", 3)
        try requireEqual(try await perform(.delete, on: unstored), .notFound)

        guard case .updated(let promoted) = try await perform(.setRole(.admin), on: ada) else {
            throw ConformanceFailure(message: "the role was not set", location: #fileID)
        }
        try requireEqual(try await test.stored(ada).inFull, promoted.inFull, "the user")
        try requireEqual(promoted.role, .admin, "the role")
        try requireEqual(promoted.epoch, test.epoch(1), "the epoch")
        try requireEqual(promoted.updatedAt, test.context(1).now, "the time of the change")
    }

    private static func bannedAdministrators(_ test: StoreUnderTest) async throws {
        let end = test.context(100).now
        let one = try await test.make("one", 1, role: .admin)
        let two = try await test.make("two", 2, role: .admin)
        let three = try await test.make("three", 3, role: .admin)
        for user in [two, three] {
            let outcome = try await test.store.perform(.ban(until: end), on: user.id, context: test.context(1)).outcome
            guard case .updated = outcome else {
                throw ConformanceFailure(message: "the ban came to \(outcome)", location: #fileID)
            }
        }
        let removals: [AdministrativeAction] = [
            .ban(until: end), .setRole(.user), .setActive(false), .softDelete, .delete,
        ]
        for action in removals {
            try requireEqual(
                try await test.store.perform(action, on: one.id, context: test.context(2)).outcome,
                .refused(.lastActiveAdmin), "\(action)")
        }
        let update = SupabaseAdminUpdate(ban: .until(end), managesAdmins: true, undo: StoreUnderTest.undo(100))
        try requireEqual(
            try await test.store.administerSupabaseUser(one.id, by: update, context: test.context(2)).outcome,
            .lastAdministrator, "a ban by Supabase's API")
        // One who is banned may go, and counts again once the ban is over.
        let removed = try await test.store.perform(.delete, on: three.id, context: test.context(3)).outcome
        guard case .deleted = removed else {
            throw ConformanceFailure(message: "the deletion came to \(removed)", location: #fileID)
        }
        let demoted = try await test.store.perform(.setRole(.user), on: one.id, context: test.context(100)).outcome
        guard case .updated = demoted else {
            throw ConformanceFailure(message: "after the ban it came to \(demoted)", location: #fileID)
        }
    }

    private static func deactivation(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let token = try await test.issue(1, .passwordReset, for: ada)

        _ = try await test.store.perform(.setActive(false), on: ada.id, context: test.context(60)).outcome

        let ended = try await test.store.session(session.id, of: session.userID)?.ended
        try requireEqual(ended, Session.Ended(at: test.context(60).now, reason: .userDisabled), "the end")
        try requireEqual(try await test.store.oneTimeToken(token.key), nil, "the token")
        try requireEqual(
            try await test.refresh(session, 0, at: 61), .refused(.ended(.userDisabled)), "refreshing")
        let again = try await test.store.openSession(
            test.session(2, of: ada), expecting: test.epoch(60), context: test.context(61)
        ).outcome
        try requireEqual(again, .stale, "opening a session")

        _ = try await test.store.perform(.setActive(true), on: ada.id, context: test.context(62)).outcome
        try requireEqual(try await test.liveSessions(of: ada, at: 62), [], "the sessions alive")
        try requireEqual(try await test.stored(ada).epoch, test.epoch(62), "the epoch")
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash(), "the hash")
    }

    private static func deletion(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        let session = try await test.open(1, of: ada)
        let token = try await test.issue(1, .emailVerification, for: ada)
        let before = try await test.stored(ada)

        let outcome = try await test.store.perform(.delete, on: ada.id, context: test.context(60, actor: bob.id))
            .outcome

        try requireEqual(outcome, .deleted(before))
        try requireEqual(try await test.store.user(withID: ada.id), nil, "the user")
        try requireEqual(try await test.store.credential(of: ada.id), nil, "the credential")
        try requireEqual(try await test.store.session(session.id, of: session.userID), nil, "the session")
        try requireEqual(try await test.store.oneTimeToken(token.key), nil, "the token")
        try requireEqual(try await test.refresh(session, 0, at: 61), .unknown, "refreshing")
        try requireEqual(try await test.store.userCount(), 1, "the count")
        try requireEqual(
            try await test.store.perform(.delete, on: ada.id, context: test.context(61)).outcome, .notFound,
            "deleting again")
        let about = try await test.audit().filter { $0.target == ada.id }.map(\.action)
        try require(about.starts(with: [.userRegistered, .signIn]), "the audit has lost what the user did")
        try require(about.contains(.userDeleted), "the audit does not tell of the deletion")
        let heir = try await test.make("ada", 3)
        try requireEqual(
            try await test.store.credential(for: try Identifier(parsing: "ada@example.test"))?.user.id, heir.id,
            "the heir")
    }

    private static func deletionOfMany(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        let kept = try await test.open(0, of: bob)
        _ = try await concurrently(300) { try await test.open($0 + 1, of: ada) }
        _ = try await test.store.perform(.delete, on: ada.id, context: test.context(1)).outcome
        try requireEqual(try await test.liveSessions(of: ada), [], "the sessions")
        try requireEqual(try await test.liveSessions(of: bob), [kept.id], "the sessions of another")
    }

    private static func refusal(_ test: StoreUnderTest) async throws {
        let root = try await test.make("root", 1, role: .admin)
        let session = try await test.open(1, of: root)
        let before = try await test.stored(root)
        let events = try await test.audit().count
        for action in [AdministrativeAction.setRole(.user), .setActive(false), .delete] {
            let outcome = try await test.store.perform(action, on: root.id, context: test.context(1)).outcome
            try requireEqual(outcome, .refused(.lastActiveAdmin))
        }
        try requireEqual(try await test.stored(root).inFull, before.inFull, "the user")
        try requireEqual(try await test.liveSessions(of: root, at: 1), [session.id], "the sessions")
        try requireEqual(try await test.feed(), [], "the feed")
        let refused = try await test.audit().dropFirst(events)
        try requireEqual(refused.map(\.action), [.roleChanged, .userDeactivated, .userDeleted], "the audit events")
        try require(refused.allSatisfy { $0.refusal == "last_active_admin" }, "the reasons are \(refused)")
    }
}
