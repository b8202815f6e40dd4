// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// U14: identifiers of deleted users that cannot be registered for a time.
enum ReservationChecks {
    static let all: [StoreCheck] = [
        StoreCheck("U14", "a reserved username cannot be registered before the time has come", on: registration),
        StoreCheck("U14", "users cannot take a reserved username, and keep what they have", on: profiles),
        StoreCheck("U14", "an administrator can give a reserved username to a user", on: administrators),
        StoreCheck(
            "U14", "no user is made or invited with an address that its former user may take back", on: addresses),
        StoreCheck("U14", "of a deletion and registrations of the name at once, none gets the name", on: races),
        StoreCheck("U14", "a deletion without a reservation frees the username at once", on: none),
        StoreCheck("A8", "a reservation is purged when its time has come, and not before", on: purge),
    ]

    /// Deletes a user, whose username is reserved for a hundred seconds after the start.
    private static func delete(_ user: User, _ test: StoreUnderTest) async throws {
        let outcome = try await test.store.perform(
            .delete, on: user.id, reservingUsernameUntil: test.context(100).now, context: test.context(1)
        ).outcome
        guard case .deleted = outcome else {
            throw ConformanceFailure(message: "the user was not deleted: \(outcome)", location: #fileID)
        }
    }

    private static func create(
        _ name: String, _ number: Int, _ action: AuditAction = .userRegistered, at seconds: Int64,
        _ test: StoreUnderTest
    ) async throws -> UserCreation {
        try await test.store.createUser(
            try test.draft(name, number), passwordHash: nil, action: action, context: test.context(seconds))
    }

    private static func registration(_ test: StoreUnderTest) async throws {
        try await delete(try await test.make("ada", 1), test)

        try requireEqual(try await create("ADA", 2, at: 99, test), .taken(.username), "before the time")
        try requireEqual(try await test.store.userCount(), 0, "the count")
        let address = User(
            id: UserID(StoreUnderTest.uuid(3)), email: try EmailAddress("ada@example.test"),
            createdAt: StoreUnderTest.start)
        let other = try await test.store.createUser(
            address, passwordHash: nil, action: .userRegistered, context: test.context(2))
        try requireEqual(other, .created, "the address, which is not reserved")
        let name = User(
            id: UserID(StoreUnderTest.uuid(4)), username: try Username("ada"), createdAt: StoreUnderTest.start)
        let late = try await test.store.createUser(
            name, passwordHash: nil, action: .userRegistered, context: test.context(100))
        try requireEqual(late, .created, "when the time has come")
    }

    private static func profiles(_ test: StoreUnderTest) async throws {
        let bob = try await test.make("bob", 2)
        try await delete(try await test.make("ada", 1), test)
        let change = ProfileChange(
            username: try Username("ada"), email: try EmailAddress("other@example.test"))

        let own = try await test.store.changeProfile(
            of: bob.id, by: change, context: test.context(2, actor: bob.id)
        ).outcome

        try requireEqual(own, .taken(.username), "a change by the user")
        try requireEqual(try await test.stored(bob).inFull, bob.inFull, "the user")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
        let free = try await test.store.credential(for: .email(try EmailAddress("other@example.test")))
        try requireEqual(free, nil, "who holds the address that was refused with the name")
        let late = try await test.store.changeProfile(
            of: bob.id, by: change, context: test.context(100, actor: bob.id)
        ).outcome
        guard case .changed(let changed) = late else {
            throw ConformanceFailure(message: "the change came to \(late)", location: #fileID)
        }
        try requireEqual(changed.username?.canonical, "ada", "the name when the time has come")
    }

    private static func administrators(_ test: StoreUnderTest) async throws {
        let root = try await test.make("root", 1, role: .admin)
        for name in ["ada", "grace"] { try await delete(try await test.make(name, name.utf8.count), test) }
        let bob = try await test.make("bob", 10)

        try requireEqual(try await create("ada", 11, .userCreated, at: 2, test), .created, "creating")
        let change = ProfileChange(username: try Username("grace"))
        let outcome = try await test.store.changeProfile(
            of: bob.id, by: change, context: test.context(2, actor: root.id)
        ).outcome
        guard case .changed = outcome else {
            throw ConformanceFailure(message: "the change came to \(outcome)", location: #fileID)
        }
    }

    private static func addresses(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.move(ada, to: "two@example.test", 1, undo: 100, at: 1)
        let end = 1 + AddressChangeChecks.period
        let events = try await test.audit().count
        func make(_ number: Int, _ action: AuditAction, at seconds: Int64) async throws -> UserCreation {
            let user = User(
                id: UserID(StoreUnderTest.uuid(number)), email: try EmailAddress("ADA@example.test"),
                createdAt: test.context(seconds).now)
            return try await test.store.createUser(
                user, passwordHash: nil, action: action, context: test.context(seconds))
        }
        func invite(_ number: Int, at seconds: Int64) async throws -> UserCreation {
            let user = try InvitationChecks.invitee("ada", number, at: seconds, test)
            return try await test.store.createInvitedUser(
                user, InvitationChecks.invitation(number, of: user, at: seconds, test),
                InvitationChecks.issued(UInt8(number), for: user, at: seconds, test), context: test.context(seconds))
        }

        try requireEqual(try await make(2, .userRegistered, at: end - 1), .taken(.email), "a registration")
        try requireEqual(try await make(3, .userCreated, at: end - 1), .taken(.email), "a creation")
        try requireEqual(try await invite(4, at: end - 1), .taken(.email), "an invitation")
        let first = User(
            id: UserID(StoreUnderTest.uuid(5)), email: try EmailAddress("ada@example.test"), role: .admin,
            createdAt: test.context(2).now)
        let administrator = try await test.store.createFirstAdministrator(
            first, passwordHash: StoreUnderTest.hash(), verification: nil, context: test.context(2))
        try requireEqual(administrator, .taken(.email), "the first administrator")
        try requireEqual(try await test.store.userCount(), 1, "the count")
        try requireEqual(try await test.store.invitations(matching: InvitationQuery()), [], "the invitations")
        try requireEqual(try await test.audit().count, events, "the audit events")
        try requireEqual(try await test.holder(of: "ada@example.test"), nil, "who is found by the address")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
        try requireEqual(try await invite(6, at: end), .created, "an invitation when the time has come")
    }

    private static func races(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let user = try await test.make("user\(round)", round * 10)
            let (_, outcomes) = try await both(
                { try await delete(user, test) },
                {
                    try await concurrently(6) { number in
                        try await create("user\(round)", round * 10 + number + 1, at: 2, test)
                    }
                })
            try requireEqual(outcomes.count { $0 == .created }, 0, "how many got the name in round \(round)")
        }
    }

    private static func none(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        _ = try await test.store.perform(.delete, on: ada.id, context: test.context(1))
        try requireEqual(try await create("ada", 2, at: 1, test), .created)
    }

    private static func purge(_ test: StoreUnderTest) async throws {
        try await delete(try await test.make("ada", 1), test)
        func purge(_ seconds: Int64) async throws -> Int {
            try await test.store.purge(
                expiredAt: test.context(seconds).now, endedBefore: StoreUnderTest.start, limit: 10)
        }
        try requireEqual(try await purge(99), 0, "the rows removed before the time")
        try requireEqual(try await create("ada", 2, at: 99, test), .taken(.username), "registering")
        try requireEqual(try await purge(100), 1, "the rows removed when it has come")
        try requireEqual(try await purge(100), 0, "the rows removed again")
    }
}
