// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// U20, U8 and A8: undoing a change of address, and the end of what that needs.
enum AddressUndoChecks {
    static let all: [StoreCheck] = [
        StoreCheck("U20", "an undo restores the address and the password, and ends everything since", on: undo),
        StoreCheck("U20", "a password that was not replaced stays as it is stored", on: keptPassword),
        StoreCheck("U20", "a password that was never bound to the address is removed", on: unboundPassword),
        StoreCheck("U20", "undoing the first change undoes the second, and not the other way round", on: twoChanges),
        StoreCheck("U20", "an undo needs the code or a new password, and a wrong code counts", on: code),
        StoreCheck("U20", "an undo is refused where another user holds the address", on: taken),
        StoreCheck("U20", "of two undos at once, one is accepted", on: twice),
        StoreCheck("U20", "of an undo and a reset at once, the undo decides", on: againstReset),
        StoreCheck("U20", "a disabled user's address can be restored, and the user stays disabled", on: disabled),
        StoreCheck("U8", "deleting a user removes the changes, and the reservation stays", on: deletion),
        StoreCheck("A8", "a change is purged when it can no longer be undone, and not before", on: purge),
    ]

    private static let unknown = AddressChangeOutcome.refused(.unknown, triesLeft: nil)

    private static func hash(of user: User, _ test: StoreUnderTest) async throws -> StoredPasswordHash? {
        try await test.store.credential(of: user.id)?.passwordHash
    }

    private static func undo(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.move(ada, to: "mallory@example.test", 1, undo: 100, at: 1)
        try await test.replacePassword(of: ada, by: "second", at: 2)
        let session = try await test.open(1, of: ada, at: 3)
        let reset = try await test.issue(2, .passwordReset, for: try await test.stored(ada), at: 3)
        try await test.ask(ada, for: "other@example.test", 3, at: 4)
        let before = try await test.stored(ada)
        let cursor = try await test.cursor()

        let user = try test.changed(try await test.undo(100, of: ada, at: 5))

        try requireEqual(try await test.stored(ada).inFull, user.inFull, "the user")
        try requireEqual(user.email?.original, "ada@example.test", "the address")
        try requireEqual(user.emailVerifiedAt, ada.emailVerifiedAt, "its proof")
        try requireEqual(user.newEmail, nil, "the address that is asked for")
        try require(user.isBound, "the credentials are not bound")
        try requireEqual(user.epoch, before.epoch.next(at: test.context(5).now), "the epoch")
        try require(before.credentialGeneration < user.credentialGeneration, "the generation is the same")
        try requireEqual(try await hash(of: ada, test), StoreUnderTest.hash(), "the password")
        try requireEqual(
            try await test.store.session(session.id, of: ada.id)?.ended,
            Session.Ended(at: test.context(5).now, reason: .revoked), "the session")
        try requireEqual(try await test.store.oneTimeToken(reset.key), nil, "what was mailed since")
        try requireEqual(try await test.store.addressChanges(of: ada.id), [], "the changes")
        try requireEqual(try await test.holder(of: "ada@example.test"), ada.id, "who is found by the address")
        try requireEqual(try await test.register("mallory@example.test", 3, at: 6), .created, "the other address")
        let feed = try await test.feed(after: cursor)
        try require(feed.contains(.epochRaised(ada.id, user.epoch)), "the feed does not tell of the epoch")
        try requireEqual(try await test.audit().map(\.action).contains(.addressChangeUndone), true, "the audit")
        try requireEqual(try await test.undo(100, of: ada, at: 7), unknown, "a second undo")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func keptPassword(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.move(ada, to: "two@example.test", 1, undo: 100, at: 1)
        let isDone = try await test.store.rehashPassword(
            of: ada.id, from: StoreUnderTest.hash(), to: StoreUnderTest.hash("the same, dearer"))
        try require(isDone, "the hash was not replaced")
        _ = try test.changed(try await test.undo(100, of: ada, at: 2))
        try requireEqual(try await hash(of: ada, test), StoreUnderTest.hash("the same, dearer"), "the password")
    }

    private static func unboundPassword(_ test: StoreUnderTest) async throws {
        let squatted = try await test.make("ada", 1)
        try await test.move(squatted, to: "mallory@example.test", 1, undo: 100, at: 1)
        let user = try test.changed(try await test.undo(100, of: squatted, at: 2))
        try requireEqual(try await hash(of: squatted, test), nil, "the password")
        try require(user.isBound, "something unbound is left")
        try requireEqual(user.emailVerifiedAt, test.context(2).now, "the proof of the address")
    }

    private static func twoChanges(_ test: StoreUnderTest) async throws {
        for (number, undone) in [[101, 100], [100, 101]].enumerated() as EnumeratedSequence<[[UInt8]]> {
            let name = "user\(number)"
            let user = try await test.makeBound(name, number)
            let octet = UInt8(number * 10)
            try await test.move(user, to: "two\(number)@example.test", 1 + octet, undo: 100 + octet, at: 1)
            try await test.move(user, to: "three\(number)@example.test", 2 + octet, undo: 101 + octet, at: 2)

            let first = try test.changed(try await test.undo(undone[0] + octet, of: user, at: 3))
            let second = try await test.undo(undone[1] + octet, of: user, at: 4)

            if undone[0] == 101 {
                try requireEqual(first.email?.original, "two\(number)@example.test", "after the second was undone")
                try requireEqual(
                    try test.changed(second).email?.original, "\(name)@example.test", "after both were undone")
            } else {
                try requireEqual(first.email?.original, "\(name)@example.test", "after the first was undone")
                try requireEqual(second, unknown, "undoing the second")
            }
            for (index, address) in ["two\(number)@example.test", "three\(number)@example.test"].enumerated() {
                try requireEqual(
                    try await test.register(address, 50 + number * 10 + index, at: 5), .created,
                    "registering \(address)")
            }
        }
    }

    private static func code(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.move(ada, to: "two@example.test", 1, undo: 100, at: 1)
        let key = OneTimeTokenKey(userID: ada.id, digest: StoreUnderTest.undo(100).token.digest)
        func attempt(_ proof: MailboxProof) async throws -> AddressChangeOutcome {
            try await test.store.undoAddressChange(proof, newHash: nil, context: test.context(2)).outcome
        }
        try requireEqual(try await attempt(.link(key)), .refused(.wrongCode, triesLeft: nil), "the link alone")
        for left in (0..<5).reversed() as ReversedCollection<Range<Int64>> {
            try requireEqual(
                try await attempt(.linkAndCode(key, [StoreUnderTest.code(9)])), .refused(.wrongCode, triesLeft: left),
                "a wrong code")
        }
        try requireEqual(
            try await attempt(StoreUnderTest.undoing(100, of: ada)), .refused(.wrongCode, triesLeft: nil),
            "the right code after five wrong ones")
        try requireEqual(try await test.stored(ada).email?.original, "two@example.test", "the address")
        let new = StoreUnderTest.hash("typed with the link")
        let user = try test.changed(
            try await test.store.undoAddressChange(.link(key), newHash: new, context: test.context(3)).outcome)
        try requireEqual(user.email, ada.email, "the address, undone with a new password")
        try requireEqual(try await hash(of: ada, test), new, "the password")
    }

    private static func taken(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.move(ada, to: "two@example.test", 1, undo: 100, at: 1)
        let heir = try await test.make("bob", 2)
        let given = try await test.store.changeProfile(
            of: heir.id, by: ProfileChange(email: try EmailAddress("ada@example.test")), context: test.context(2)
        ).outcome
        guard case .changed = given else {
            throw ConformanceFailure(message: "an administrator's change came to \(given)", location: #fileID)
        }
        let before = try await test.stored(ada).inFull
        try requireEqual(
            try await test.undo(100, of: ada, at: 3), .refused(.addressTaken, triesLeft: nil), "the undo")
        try requireEqual(try await test.stored(ada).inFull, before, "the user")
        try requireEqual(try await test.holder(of: "ada@example.test"), heir.id, "who is found by the address")
    }

    private static func twice(_ test: StoreUnderTest) async throws {
        for round in 0..<6 {
            let user = try await test.makeBound("user\(round)", round)
            let octet = UInt8(round)
            try await test.move(user, to: "new\(round)@example.test", octet, undo: 100 + octet, at: 1)
            let outcomes = try await concurrently(4) { _ in try await test.undo(100 + octet, of: user, at: 2) }
            try requireEqual(outcomes.count { $0 == unknown }, 3, "how many were refused")
        }
    }

    private static func againstReset(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let user = try await test.makeBound("user\(round)", round)
            let octet = UInt8(round)
            let moved = try await test.move(user, to: "new\(round)@example.test", octet, undo: 100 + octet, at: 1)
            let reset = try await test.issue(50 + octet, .passwordReset, for: moved, at: 1)
            let (undo, redemption) = try await both(
                { try await test.undo(100 + octet, of: user, at: 2) },
                {
                    try await test.store.redeemPasswordReset(
                        .link(reset.key), newHash: StoreUnderTest.hash("stranger"), context: test.context(2)
                    ).outcome
                })
            _ = try test.changed(undo)
            switch redemption {
            // It came first, and was undone.
            case .accepted: break
            // The token is void.
            case .refused(let reason, _): try requireEqual(reason, .unknown, "why the reset was refused")
            }
            try requireEqual(try await hash(of: user, test), StoreUnderTest.hash(), "the password in round \(round)")
            try requireEqual(try await test.stored(user).email, user.email, "the address in round \(round)")
        }
    }

    private static func disabled(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.move(ada, to: "two@example.test", 1, undo: 100, at: 1)
        _ = try await test.store.perform(.setActive(false), on: ada.id, context: test.context(2)).outcome
        let user = try test.changed(try await test.undo(100, of: ada, at: 3))
        try requireEqual(user.email?.original, "ada@example.test", "the address")
        try require(!user.isActive, "the user is enabled")
    }

    private static func deletion(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.move(ada, to: "two@example.test", 1, undo: 100)
        _ = try await test.store.perform(.delete, on: ada.id, context: test.context(2)).outcome
        try requireEqual(try await test.store.addressChanges(of: ada.id), [], "the changes")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
        try requireEqual(try await test.undo(100, of: ada, at: 3), .refused(.unknown, triesLeft: nil), "an undo")
        try requireEqual(try await test.register("ada@example.test", 2, at: 3), .taken(.email), "registering it")
    }

    private static func purge(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.move(ada, to: "two@example.test", 1, undo: 100, at: 0)
        let (start, end) = (test.context().now, test.context(AddressChangeChecks.period).now)
        _ = try await test.store.purge(expiredAt: end - .microseconds(1), endedBefore: start, limit: 100)
        try requireEqual(try await test.store.addressChanges(of: ada.id).count, 1, "the changes before the end")
        _ = try await test.store.purge(expiredAt: end, endedBefore: start, limit: 100)
        try requireEqual(try await test.store.addressChanges(of: ada.id), [], "the changes after it")
        try requireEqual(
            try await test.undo(100, of: ada, at: AddressChangeChecks.period), .refused(.unknown, triesLeft: nil),
            "an undo")
    }
}
