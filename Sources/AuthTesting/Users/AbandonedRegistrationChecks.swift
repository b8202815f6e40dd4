// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// U15: registrations that were never completed.
enum AbandonedRegistrationChecks {
    static let all: [StoreCheck] = [
        StoreCheck("U15", "those that the rule includes are listed, the oldest first", on: listing),
        StoreCheck("U15", "one that is removed leaves nothing, and its identifiers are free", on: removal),
        StoreCheck("U15", "one that was completed in between stays", on: completion),
        StoreCheck("U15", "of a removal and a sign-in at once, one succeeds", on: races),
    ]

    /// A user who has registered and not verified the address.
    private static func register(
        _ name: String, _ number: Int, origin: UserOrigin? = .registered, role: Role = .user, isActive: Bool = true,
        at seconds: Int64, _ test: StoreUnderTest
    ) async throws -> User {
        let user = User(
            id: UserID(StoreUnderTest.uuid(number)), username: try Username(name),
            email: try EmailAddress("\(name)@example.test"), role: role, isActive: isActive,
            createdAt: test.context(seconds).now, origin: origin)
        let outcome = try await test.store.createUser(
            user, passwordHash: StoreUnderTest.hash(), action: .userRegistered, context: test.context(seconds))
        try requireEqual(outcome, .created, "making \(name)")
        return user
    }

    private static func listing(_ test: StoreUnderTest) async throws {
        var old: [User] = []
        for number in 0..<5 {
            old.append(try await register("old\(number)", 50 - number, at: Int64(number), test))
        }
        _ = try await register("young", 60, at: 10, test)
        _ = try await register("made", 61, origin: .administrator, at: 0, test)
        _ = try await register("unknown", 62, origin: nil, at: 0, test)
        _ = try await register("chair", 63, role: .admin, at: 0, test)
        _ = try await register("disabled", 64, isActive: false, at: 0, test)
        try await test.open(1, of: try await register("visitor", 65, at: 0, test))
        let proven = try await register("proven", 66, at: 0, test)
        let token = try await test.issue(1, .emailVerification, for: proven)
        _ = try await test.store.redeemEmailVerification(
            .link(token.key), showing: nil, context: test.context(1))

        func list(_ limit: Int) async throws -> [UserID] {
            try await test.store.abandonedRegistrations(madeBefore: test.context(10).now, limit: limit).map(\.id)
        }
        try requireEqual(try await list(100), old.map(\.id), "all of them")
        try requireEqual(try await list(2), old.prefix(2).map(\.id), "the first two")
        try requireEqual(try await list(0), [], "none of them")
    }

    private static func removal(_ test: StoreUnderTest) async throws {
        let ada = try await register("ada", 1, at: 0, test)
        let token = try await test.issue(1, .emailVerification, for: ada)
        let events = try await test.audit().count

        let early = try await test.store.removeAbandonedRegistration(
            ada.id, madeBefore: ada.createdAt, context: test.context(5))
        try requireEqual(early.outcome, false, "before its time")
        try requireEqual(try await test.audit().count, events, "the length of the audit log")
        let removed = try await test.store.removeAbandonedRegistration(
            ada.id, madeBefore: ada.createdAt + .microseconds(1), context: test.context(5))

        try requireEqual(removed.outcome, true)
        try requireEqual(removed.changes, [.appended(.userDeleted(ada.id))], "the changes")
        try requireEqual(try await test.feed(), [.userDeleted(ada.id)], "the feed")
        try requireEqual(try await test.store.user(withID: ada.id), nil, "the user")
        try requireEqual(try await test.store.oneTimeToken(token.key), nil, "the token")
        try requireEqual(try await test.store.userCount(), 0, "the count")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
        let event = try requireValue(try await test.audit().last, "the audit event")
        try requireEqual(event.action, .abandonedRegistrationRemoved, "what the audit log says")
        try requireEqual(event.target, ada.id, "of whom it says it")
        _ = try await register("ada", 2, at: 6, test)
        let again = try await test.store.removeAbandonedRegistration(
            ada.id, madeBefore: test.context(100).now, context: test.context(7))
        try requireEqual(again.outcome, false, "removing again")
    }

    private static func completion(_ test: StoreUnderTest) async throws {
        let visitor = try await register("visitor", 1, at: 0, test)
        try await test.open(1, of: visitor)
        let proven = try await register("proven", 2, at: 0, test)
        let token = try await test.issue(1, .emailVerification, for: proven)
        _ = try await test.store.redeemEmailVerification(
            .link(token.key), showing: nil, context: test.context(1))

        for user in [visitor, proven] {
            let outcome = try await test.store.removeAbandonedRegistration(
                user.id, madeBefore: test.context(10).now, context: test.context(10)
            ).outcome
            try requireEqual(outcome, false, "removing \(user.username?.original ?? "")")
            _ = try await test.stored(user)
        }
    }

    private static func races(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let user = try await register("user\(round)", round, at: 0, test)
            let (removal, opening) = try await both(
                {
                    try await test.store.removeAbandonedRegistration(
                        user.id, madeBefore: test.context(10).now, context: test.context(10)
                    ).outcome
                },
                {
                    try await test.store.openSession(
                        test.session(round, of: user), expecting: .first, context: test.context(10)
                    ).outcome
                })
            let isOpen =
                switch opening {
                case .opened: true
                case .stale, .limitReached: false
                }
            try requireEqual(isOpen, !removal, "whether there is a session in round \(round)")
            try requireEqual(try await test.store.user(withID: user.id) != nil, isOpen, "whether the user is there")
        }
    }
}
