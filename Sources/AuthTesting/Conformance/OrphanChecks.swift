// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// A11: every row of a user has its user, and every name leads to the user who has it.
enum OrphanChecks {
    static let all: [StoreCheck] = [
        StoreCheck("A11", "a deleted user leaves no row", on: deletion),
        StoreCheck("A11", "names lead to their users after every kind of change and refusal", on: changes),
        StoreCheck("A11", "concurrent creations, renames and deletions leave no row without its user", on: races),
        StoreCheck(
            "A11", "what is written of a user who is being deleted goes with the user", on: writesDuringDeletion),
        StoreCheck("A11", "a purge leaves no row without its user", on: purge),
    ]

    private static func requireNone(_ test: StoreUnderTest, _ what: String) async throws {
        try requireEqual(try await test.store.orphanCount(), 0, "the number of rows without their user after \(what)")
    }

    /// A row of every kind that a user can have.
    private static func fill(_ test: StoreUnderTest, _ user: User, _ number: Int) async throws {
        try await test.open(number, of: user)
        try await test.askForOwnAddress(user)
        for (index, purpose) in OneTimeTokenPurpose.allCases.enumerated() {
            try await test.begin(UInt8(number * 10 + index), purpose, for: user)
        }
        _ = try await test.store.issueToken(
            MailedToken(test.token(UInt8(200 + number), .passwordReset, for: user), flow: nil, mail: nil),
            under: MailTerms(.stranger, rule: .standard), answering: nil, context: test.context())
        _ = try await test.store.invite(
            InvitationChecks.invitation(number, of: user, as: .admin, test),
            InvitationChecks.issued(UInt8(220 + number), for: user, test), under: AccessPolicy(),
            context: test.context())
        try await test.link("of \(number)", 100 + number, to: user)
        _ = try await test.store.rememberSignIn(
            at: [[UInt8(number)], [UInt8(number), 1]], of: user.id, isExpected: false, context: test.context())
        try await OutboxChecks.enqueue(test, OutboxChecks.entry("mail", about: user, test))
    }

    private static func deletion(_ test: StoreUnderTest) async throws {
        let users = [try await test.make("ada", 1), try await test.make("bob", 2)]
        for (number, user) in users.enumerated() { try await fill(test, user, number) }
        try await requireNone(test, "two users were made")
        for user in users {
            _ = try await test.store.perform(.delete, on: user.id, context: test.context(1)).outcome
            try await requireNone(test, "a user was deleted")
        }
        let heir = try await test.make("ada", 3)
        try requireEqual(
            try await test.store.credential(for: try Identifier(parsing: "ada"))?.user.id, heir.id, "the heir")
    }

    private static func changes(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        func change(_ change: ProfileChange, _ what: String) async throws {
            _ = try await test.store.changeProfile(of: ada.id, by: change, context: test.context(1)).outcome
            try await requireNone(test, what)
        }
        try await change(ProfileChange(username: try Username("countess")), "a rename")
        try await change(ProfileChange(username: try Username("COUNTESS")), "a respelling")
        try await change(ProfileChange(email: try EmailAddress("countess@example.test")), "a change of address")
        try await change(ProfileChange(username: try Username("bob")), "a refused name")
        try await change(
            ProfileChange(username: try Username("free"), email: try EmailAddress("bob@example.test")),
            "a refused address beside a free name")
        try await change(ProfileChange(username: .some(nil)), "the removal of a name")
        try await change(ProfileChange(email: .some(nil)), "the refused removal of the last identifier")
        let taken = try await test.store.createUser(
            try test.draft("bob", 3), passwordHash: StoreUnderTest.hash(), action: .userCreated,
            context: test.context())
        try requireEqual(taken, .taken(.username))
        try await requireNone(test, "a refused creation")
        _ = try await test.store.perform(.setActive(false), on: bob.id, context: test.context(2)).outcome
        try await requireNone(test, "disabling a user")
    }

    private static func races(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let names = ["left\(round)", "right\(round)", "other\(round)"]
            let holder = try await test.make(names[0], round * 10)
            let mover = try await test.make(names[1], round * 10 + 1)
            _ = try await concurrently(6) { number in
                switch number {
                case 0:
                    _ = try await test.store.perform(.delete, on: holder.id, context: test.context(1)).outcome
                case 1, 2:
                    // To the name and the address that become free, or to others that are.
                    let name = names[number == 1 ? 0 : 2]
                    let change = ProfileChange(
                        username: try Username(name), email: try EmailAddress("\(name)@example.test"))
                    _ = try await test.store.changeProfile(of: mover.id, by: change, context: test.context(1)).outcome
                case 3:
                    let change = ProfileChange(username: try Username(names[2]))
                    _ = try await test.store.changeProfile(of: holder.id, by: change, context: test.context(1)).outcome
                default:
                    _ = try await test.store.createUser(
                        try test.draft(names[number % 2], round * 10 + number), passwordHash: StoreUnderTest.hash(),
                        action: .userRegistered, context: test.context(1))
                }
            }
            try await requireNone(test, "round \(round)")
        }
    }

    private static func writesDuringDeletion(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let user = try await test.make("user\(round)", round)
            let session = try await test.open(100 + round, of: user)
            _ = try await both(
                {
                    try await concurrently(5) { number in
                        switch number {
                        case 4:
                            _ = try await test.store.link(
                                try test.identity("of \(round)", round, of: user), session: session.id,
                                context: test.context(1))
                        case 0:
                            _ = try await test.store.openSession(
                                test.session(round, of: user), expecting: .first, context: test.context(1)
                            ).outcome
                        case 1:
                            _ = try await test.store.issueToken(
                                test.token(UInt8(round), .passwordReset, for: user), context: test.context(1))
                        case 2:
                            _ = try await test.store.rememberSignIn(
                                at: [[UInt8(round)]], of: user.id, isExpected: false, context: test.context(1))
                        default:
                            _ = try await test.store.rehashPassword(
                                of: user.id, from: StoreUnderTest.hash(), to: StoreUnderTest.hash("again"))
                        }
                    }
                },
                { try await test.store.perform(.delete, on: user.id, context: test.context(1)).outcome })
            try await requireNone(test, "round \(round)")
        }
    }

    private static func purge(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await fill(test, ada, 1)
        let far = test.context(100_000_000).now
        let removed = try await test.store.purge(expiredAt: far, endedBefore: far, limit: 100)
        try require(removed >= 4, "only \(removed) rows are said to be gone")
        try await requireNone(test, "a purge")
        try requireEqual(try await test.stored(ada).id, ada.id, "the user")
    }
}
