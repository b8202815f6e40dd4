// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// U1 to U3, and U12: creating and finding users.
enum UserChecks {
    static let all: [StoreCheck] = [
        StoreCheck("U1", "of concurrent claims on one address, one succeeds", on: oneAddress),
        StoreCheck("U1", "of two crossing claims, at most one gets each identifier", on: crossedClaims),
        StoreCheck("U1", "the username is named first where both are taken", on: usernameFirst),
        StoreCheck("U1", "identifiers that differ only in case are equal", on: caseAside),
        StoreCheck("U1", "usernames and addresses are separate name spaces", on: separateNameSpaces),
        StoreCheck("U2", "the count is right after concurrent registrations", on: counting),
        StoreCheck("U3", "a hash is read with its epoch", on: hashWithEpoch),
        StoreCheck("U3", "a user is found by each identifier and by id, and no other user is", on: finding),
        StoreCheck("U3", "the user who is found has the identifier, also while users are renamed", on: renaming),
        StoreCheck("U12", "an unknown identifier finds no user, whatever the decoy leads to", on: decoy),
    ]

    private static func oneAddress(_ test: StoreUnderTest) async throws {
        let address = try EmailAddress("ada@example.test")
        let outcomes = try await concurrently(16) { number in
            var user = try test.draft("user\(number)", number)
            user.email = address
            return try await test.store.createUser(
                user, passwordHash: StoreUnderTest.hash("\(number)"), action: .userRegistered,
                context: test.context())
        }
        try requireEqual(outcomes.count { $0 == .created }, 1, "how many got the address")
        try requireEqual(outcomes.count { $0 == .taken(.email) }, 15, "how many were refused")
        try requireEqual(try await test.store.userCount(), 1, "the count")
        try requireEqual(try await test.audit().count, 1, "the length of the audit log")
        for (number, outcome) in outcomes.enumerated() {
            let found = try await test.store.credential(for: .username(try Username("user\(number)")))
            try requireEqual(found != nil, outcome == .created, "whether user\(number) is there")
        }
    }

    private static func crossedClaims(_ test: StoreUnderTest) async throws {
        for round in 0..<12 {
            let names = ["left\(round)", "right\(round)"]
            // Each wants the other's address with its own name, and a third wants one of each.
            let outcomes = try await concurrently(4) { number in
                var user = try test.draft(names[number % 2], round * 10 + number)
                user.email = try EmailAddress("\(names[(number + number / 2 + 1) % 2])@example.test")
                return try await test.store.createUser(
                    user, passwordHash: nil, action: .userRegistered, context: test.context())
            }
            let made = outcomes.count { $0 == .created }
            try require((1...2).contains(made), "\(made) of four who want two names and two addresses were made")
        }
        let listed = try await test.store.users(matching: UserQuery(limit: 100)).users
        try requireEqual(Int64(listed.count), try await test.store.userCount(), "the count")
        try requireEqual(Set(listed.compactMap(\.username)).count, listed.count, "the number of usernames")
        try requireEqual(Set(listed.compactMap(\.email)).count, listed.count, "the number of addresses")
    }

    private static func usernameFirst(_ test: StoreUnderTest) async throws {
        try await test.make("ada", 1)
        let both = try await test.store.createUser(
            try test.draft("ada", 2), passwordHash: nil, action: .userRegistered, context: test.context())
        try requireEqual(both, .taken(.username))
    }

    private static func caseAside(_ test: StoreUnderTest) async throws {
        try await test.make("ada", 1)
        let name = User(
            id: UserID(StoreUnderTest.uuid(2)), username: try Username("ADA"), createdAt: StoreUnderTest.start)
        let address = User(
            id: UserID(StoreUnderTest.uuid(3)), email: try EmailAddress("Ada@EXAMPLE.test"),
            createdAt: StoreUnderTest.start)
        for (user, kind) in [(name, IdentifierKind.username), (address, .email)] {
            let outcome = try await test.store.createUser(
                user, passwordHash: nil, action: .userRegistered, context: test.context())
            try requireEqual(outcome, .taken(kind))
        }
        let found = try await test.store.credential(for: try Identifier(parsing: "AdA"))
        try requireEqual(found?.user.username?.original, "ada", "the name as it was given")
    }

    private static func separateNameSpaces(_ test: StoreUnderTest) async throws {
        let first = User(id: UserID(StoreUnderTest.uuid(1)), isAnonymous: true, createdAt: StoreUnderTest.start)
        let another = User(id: UserID(StoreUnderTest.uuid(2)), isAnonymous: true, createdAt: StoreUnderTest.start)
        for user in [first, another] {
            let outcome = try await test.store.createUser(
                user, passwordHash: nil, action: .userRegistered, context: test.context())
            try requireEqual(outcome, .created, "making a user without identifiers")
        }
        try requireEqual(try await test.store.userCount(), 2, "the count")
    }

    private static func counting(_ test: StoreUnderTest) async throws {
        try requireEqual(try await test.store.userCount(), 0, "the count")
        _ = try await concurrently(40) { number in try await test.make("user\(number)", number) }
        try requireEqual(try await test.store.userCount(), 40, "the count")
        let doomed = try test.draft("user7", 7)
        _ = try await test.store.perform(.delete, on: doomed.id, context: test.context()).outcome
        try requireEqual(try await test.store.userCount(), 39, "the count")
    }

    private static func hashWithEpoch(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let username = try requireValue(ada.username)
        let first = PasswordReplacement(expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("1"), session: nil)
        _ = try await test.store.replacePassword(of: ada.id, first, context: test.context(1)).outcome

        _ = try await both(
            {
                for epoch in 1..<25 {
                    let next = PasswordReplacement(
                        expected: StoreUnderTest.hash("\(epoch)"), new: StoreUnderTest.hash("\(epoch + 1)"),
                        session: nil)
                    _ = try await test.store.replacePassword(
                        of: ada.id, next, context: test.context(Int64(epoch) + 1)
                    ).outcome
                }
            },
            {
                for _ in 0..<60 {
                    let read = try requireValue(try await test.store.credential(for: .username(username)))
                    // The change that wrote the hash with a number was made at that second.
                    let number = (1...25).first { test.epoch($0) == read.user.epoch } ?? 0
                    try requireEqual(read.passwordHash, StoreUnderTest.hash("\(number)"), "the hash of the epoch")
                }
            })
        try requireEqual(try await test.stored(ada).epoch, test.epoch(25), "the epoch")
    }

    private static func finding(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let found = [
            try await test.store.credential(for: .username(try Username("ADA"))),
            try await test.store.credential(for: .email(try EmailAddress("ADA@example.test"))),
            try await test.store.credential(of: ada.id),
        ]
        for credential in found {
            try requireEqual(credential?.user.inFull, ada.inFull, "the user")
            try requireEqual(credential?.passwordHash, StoreUnderTest.hash(), "the hash")
        }
        try requireEqual(try await test.store.credential(for: .username(try Username("bob"))), nil)
        try requireEqual(try await test.store.credential(for: .email(try EmailAddress("ada@example.org"))), nil)
        try requireEqual(try await test.store.credential(of: UserID(StoreUnderTest.uuid(2))), nil)
        try requireEqual(try await test.store.user(withID: UserID(StoreUnderTest.uuid(2))), nil)
    }

    private static func renaming(_ test: StoreUnderTest) async throws {
        let users = [try await test.make("ada", 1), try await test.make("bob", 2)]
        let names = try ["ada", "bob", "carol"].map { (name) in try Username(name) }
        _ = try await both(
            {
                // Round and round, so that each name passes from one user to the other.
                for round in 0..<24 {
                    let change = ProfileChange(username: names[(round + 2) % 3])
                    _ = try await test.store.changeProfile(
                        of: users[round % 2].id, by: change, context: test.context(Int64(round))
                    ).outcome
                }
            },
            {
                for round in 0..<60 {
                    let name = names[round % 3]
                    let found = try await test.store.credential(for: .username(name))
                    if let found { try requireEqual(found.user.username, name, "the name of who was found") }
                }
            })
    }

    private static func decoy(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for decoy in [ada.id, UserID(StoreUnderTest.uuid(2))] {
            let found = try await test.store.credential(for: .username(try Username("bob")), decoy: decoy)
            try requireEqual(found, nil, "what is found by an unknown name")
        }
        let stranger = UserID(StoreUnderTest.uuid(2))
        let found = try await test.store.credential(for: .username(try Username("ada")), decoy: stranger)
        try requireEqual(found?.user.id, ada.id, "who is found by a known name")
    }
}
