// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// U17 to U19, U21 and U22: addresses that are proven before they count.
enum AddressChangeChecks {
    static let all: [StoreCheck] = [
        StoreCheck("U17", "an address that is removed can be restored", on: removal),
        StoreCheck(
            "U17", "another address that is asked for voids what was mailed for the one before", on: anotherWish),
        StoreCheck("U18", "an address that is asked for reserves nothing, and the present one stays", on: pending),
        StoreCheck(
            "U18", "the client that asked keeps the credentials bound, and another one unbinds them", on: binding),
        StoreCheck("U18", "of users who confirm one address at once, one gets it", on: oneAddress),
        StoreCheck("U18", "of two confirmations of one user at once, one is accepted", on: oneUser),
        StoreCheck("U18", "a taken or reserved address is refused, but for the user's own former one", on: taken),
        StoreCheck("U18", "a token is refused for each reason of the rule", on: refusals),
        StoreCheck("U19", "a change frees and reserves the former address, and offers its undo", on: change),
        StoreCheck("U19", "what undoes an earlier change stays valid", on: earlierUndo),
        StoreCheck("U19", "a first address offers no undo", on: firstAddress),
        StoreCheck("U21", "a final change cannot be undone, and the former address is free", on: finality),
        StoreCheck("U22", "a change that is given up can no longer be confirmed", on: cancellation),
    ]

    /// 72 hours.
    static let period: Int64 = 259_200

    private static func removal(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let outcome = try await test.store.changeProfile(
            of: ada.id, by: ProfileChange(email: .some(nil)), undo: StoreUnderTest.undo(100),
            context: test.context(1, actor: ada.id)
        ).outcome
        guard case .changed(let changed) = outcome else {
            throw ConformanceFailure(message: "the address was not removed: \(outcome)", location: #fileID)
        }
        try requireEqual(changed.email, nil, "the address")
        try requireEqual(try await test.register("ada@example.test", 2, at: 2), .taken(.email), "registering it")
        let restored = try test.changed(try await test.undo(100, of: ada, at: 3))
        try requireEqual(restored.email, ada.email, "the address that was restored")
        try requireEqual(try await test.holder(of: "ada@example.test"), ada.id, "who is found by it")
    }

    private static func anotherWish(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let first = try await test.ask(ada, for: "one@example.test", 1)
        let second = try await test.ask(ada, for: "two@example.test", 2)
        try requireEqual(
            try await test.confirm(first, undo: 100), .refused(.unknown, triesLeft: nil), "the first address")
        try requireEqual(
            try test.changed(try await test.confirm(second, undo: 101)).email?.original, "two@example.test")
    }

    private static func pending(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.ask(ada, for: "New@example.test", 1)
        let stored = try await test.stored(ada)
        try requireEqual(stored.newEmail?.original, "New@example.test", "the address that is asked for")
        try requireEqual(stored.email?.original, "ada@example.test", "the address")
        try require(stored.isVerified && stored.isBound, "the present address is no longer proven")
        try requireEqual(try await test.holder(of: "new@example.test"), nil, "who is found by the new address")
        try requireEqual(try await test.register("new@example.test", 2, at: 1), .created, "registering it")
    }

    private static func binding(_ test: StoreUnderTest) async throws {
        // The proofs, and whether the credentials are bound afterwards.
        let cases: [(String, Bool, Bool)] = [
            ("here", true, false), ("code", true, false), ("elsewhere", false, false), ("typed", false, false),
            ("session", true, true),
        ]
        for (number, (name, isBound, showsSession)) in cases.enumerated() {
            let user = try await test.makeBound(name, number)
            let octet = UInt8(number)
            let flow = try await test.ask(user, for: "\(name)@elsewhere.test", octet)
            let key = try requireValue(flow.token)
            let proof: MailboxProof =
                switch name {
                case "here": .linkHere(key, flow.id)
                case "code": .code(flow.id, [StoreUnderTest.code(octet)])
                case "typed": .linkAndCode(key, [StoreUnderTest.code(octet)])
                default: .link(key)
                }
            let changed = try test.changed(
                try await test.confirm(
                    proof, undo: 100 + octet, showing: showsSession ? user.credentialGeneration : nil))
            try requireEqual(changed.isBound, isBound, "whether the credentials are bound: \(name)")
            try requireEqual(changed.credentialGeneration, user.credentialGeneration, "the generation: \(name)")
            try requireEqual(try await test.stored(user).inFull, changed.inFull, "the user: \(name)")
        }
    }

    private static func oneAddress(_ test: StoreUnderTest) async throws {
        for round in 0..<6 {
            var flows: [MailedFlow] = []
            var users: [User] = []
            for number in 0..<4 {
                let user = try await test.makeBound("user\(round)_\(number)", round * 10 + number)
                users.append(user)
                flows.append(try await test.ask(user, for: "star\(round)@example.test", UInt8(round * 10 + number)))
            }
            let asked = flows
            let outcomes = try await concurrently(4) { number in
                try await test.confirm(asked[number], undo: UInt8(100 + round * 10 + number))
            }
            let winners = outcomes.indices.filter {
                if case .changed = outcomes[$0] { true } else { false }
            }
            try requireEqual(winners.count, 1, "how many got the address")
            try requireEqual(
                outcomes.count { $0 == .refused(.addressTaken, triesLeft: nil) }, 3, "how many were refused")
            let winner = try requireValue(winners.first)
            try requireEqual(
                try await test.holder(of: "star\(round)@example.test"), users[winner].id, "who is found by it")
            for (number, user) in users.enumerated() where number != winner {
                try requireEqual(try await test.holder(of: "user\(round)_\(number)@example.test"), user.id, "a loser")
            }
        }
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func oneUser(_ test: StoreUnderTest) async throws {
        for round in 0..<6 {
            let user = try await test.makeBound("user\(round)", round)
            let address = "new\(round)@example.test"
            let first = try await test.ask(user, for: address, UInt8(round * 2))
            let second = try await test.ask(user, for: address, UInt8(round * 2 + 1))
            let (one, two) = try await both(
                { try await test.confirm(first, undo: UInt8(100 + round * 2)) },
                { try await test.confirm(second, undo: UInt8(101 + round * 2)) })
            try requireEqual(
                [one, two].count { $0 == .refused(.unknown, triesLeft: nil) }, 1, "how many were refused")
            try requireEqual(try await test.store.addressChanges(of: user.id).count, 1, "the changes")
        }
    }

    private static func taken(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let bob = try await test.makeBound("bob", 2)
        let wish = try await test.ask(ada, for: "bob@example.test", 1)
        let before = try await test.stored(ada).inFull
        let cursor = try await test.cursor()
        try requireEqual(
            try await test.confirm(wish, undo: 100), .refused(.addressTaken, triesLeft: nil), "a taken address")
        try requireEqual(try await test.stored(ada).inFull, before, "the user")
        try requireEqual(try await test.cursor(), cursor, "the feed's cursor")
        try requireEqual(try await test.audit().last?.refusal, "address_taken", "the refusal in the log")

        // Free by now, but reserved for its former user.
        try await test.move(bob, to: "robert@example.test", 2, undo: 101)
        try requireEqual(
            try await test.confirm(wish, undo: 102, at: 2), .refused(.addressTaken, triesLeft: nil),
            "a reserved address")
        let back = try await test.move(bob, to: "bob@example.test", 3, undo: 103, at: 3)
        try requireEqual(back.email?.original, "bob@example.test", "the user's own former address")
    }

    private static func refusals(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let flow = try await test.ask(ada, for: "new@example.test", 1)
        let key = try requireValue(flow.token)
        let reset = try await test.issue(2, .passwordReset, for: ada)
        func refusal(_ proof: MailboxProof, at seconds: Int64 = 1) async throws -> AddressChangeOutcome {
            try await test.confirm(proof, undo: 100, at: seconds)
        }
        try requireEqual(try await refusal(.link(reset.key)), .refused(.wrongPurpose, triesLeft: nil))
        try requireEqual(try await refusal(.link(key), at: 3_600), .refused(.expired, triesLeft: nil))
        try requireEqual(
            try await refusal(.linkAndCode(key, [StoreUnderTest.code(9)])), .refused(.wrongCode, triesLeft: 4))
        try requireEqual(try await test.stored(flow).wrongCodes, 1, "the wrong codes")
        _ = try await test.store.perform(.setActive(false), on: ada.id, context: test.context(2)).outcome
        try requireEqual(try await refusal(.link(key), at: 3), .refused(.unknown, triesLeft: nil), "of a disabled user")
        try requireEqual(try await test.stored(ada).email, ada.email, "the address")
    }

    private static func change(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let session = try await test.open(1, of: ada)
        let reset = try await test.issue(2, .passwordReset, for: ada)
        let flow = try await test.ask(ada, for: "New@example.test", 1)
        let cursor = try await test.cursor()

        let changed = try test.changed(try await test.confirm(flow, undo: 100, at: 60))

        try requireEqual(try await test.stored(ada).inFull, changed.inFull, "the user")
        try requireEqual(changed.email?.original, "New@example.test", "the address")
        try requireEqual(changed.newEmail, nil, "the address that is asked for")
        try requireEqual(changed.emailVerifiedAt, test.context(60).now, "the proof")
        try requireEqual(changed.epoch, ada.epoch, "the epoch")
        try requireEqual(try await test.holder(of: "new@example.test"), ada.id, "who is found by the address")
        try requireEqual(try await test.holder(of: "ada@example.test"), nil, "who is found by the former one")
        try requireEqual(try await test.liveSessions(of: ada, at: 60), [session.id], "the sessions")
        try requireEqual(try await test.store.oneTimeToken(reset.key), nil, "another token")
        try requireEqual(try await test.stored(flow).endedAt, test.context(60).now, "the end of the flow")
        try requireEqual(try await test.feed(after: cursor), [.userChanged(ada.id)], "the feed")
        let actions = try await test.audit().suffix(2).map(\.action)
        try requireEqual(Set(actions), [.addressChanged, .addressUndoOffered], "the audit events")

        let stored = try requireValue(try await test.store.addressChanges(of: ada.id).first, "the change")
        let expected = AddressChange(
            userID: ada.id, number: 1, former: try EmailAddress("ada@example.test"),
            formerVerifiedAt: ada.emailVerifiedAt, generation: ada.credentialGeneration, wasBound: true,
            undoDigest: StoreUnderTest.undo(100).token.digest, changedAt: test.context(60).now,
            endsAt: test.context(60 + period).now)
        try requireEqual(stored, expected, "the change")
        let offer = try requireValue(try await test.store.mailedFlow(StoreUnderTest.undo(100).flow), "the offer")
        try requireEqual(offer.codeExpiresAt, stored.endsAt, "the end of its code")
        try requireEqual(offer.mailedAt, nil, "whether it counts as a mail")
        let notices = try await OutboxChecks.rows(test, OutboxQuery(lane: .notice))
        let mail = try requireValue(notices.first { $0.entry.kind == AddressUndoOffer.mailKind }, "the mail")
        try requireEqual(mail.entry.recipient, "ada@example.test", "whom it goes to")
        try requireEqual(mail.entry.lane, .notice, "how it is delivered")
        try requireEqual(try await test.register("ada@example.test", 3, at: period + 59), .taken(.email), "too early")
        try requireEqual(try await test.register("ada@example.test", 4, at: period + 60), .created, "at last")
    }

    private static func earlierUndo(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.move(ada, to: "two@example.test", 1, undo: 100, at: 1)
        try await test.replacePassword(of: ada, by: "second", at: 2)
        try await test.move(ada, to: "three@example.test", 2, undo: 101, at: 3)
        for octet in [100, 101] as [UInt8] {
            let offer = try requireValue(try await test.store.mailedFlow(StoreUnderTest.undo(octet).flow))
            try requireEqual(offer.endedAt, nil, "the end of an offer")
            try require(try await test.store.oneTimeToken(try requireValue(offer.token)) != nil, "a token is gone")
        }
        let changes = try await test.store.addressChanges(of: ada.id)
        try requireEqual(changes.map(\.former.original), ["ada@example.test", "two@example.test"], "the changes")
    }

    private static func firstAddress(_ test: StoreUnderTest) async throws {
        var ada = try test.draft("ada", 1)
        ada.email = nil
        _ = try await test.store.createUser(
            ada, passwordHash: StoreUnderTest.hash(), action: .userCreated, context: test.context())
        try await test.move(ada, to: "ada@example.test", 1, undo: 100)
        try requireEqual(try await test.store.addressChanges(of: ada.id), [], "the changes")
        try requireEqual(try await test.store.mailedFlow(StoreUnderTest.undo(100).flow), nil, "the offer")
    }

    private static func finality(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let none = try await test.store.finalizeAddressChanges(of: ada.id, context: test.context(1)).outcome
        try requireEqual(none, false, "without a change")
        try await test.move(ada, to: "two@example.test", 1, undo: 100, at: 1)
        try await test.move(ada, to: "three@example.test", 2, undo: 101, at: 2)

        let isDone = try await test.store.finalizeAddressChanges(
            of: ada.id, context: test.context(3, actor: ada.id)
        ).outcome

        try requireEqual(isDone, true, "whether it was done")
        for octet in [100, 101] as [UInt8] {
            try requireEqual(
                try await test.undo(octet, of: ada, at: 4), .refused(.unknown, triesLeft: nil), "an undo")
        }
        try requireEqual(try await test.store.addressChanges(of: ada.id), [], "the changes")
        try requireEqual(try await test.register("ada@example.test", 2, at: 4), .created, "the first address")
        try requireEqual(try await test.register("two@example.test", 3, at: 4), .created, "the second address")
        try requireEqual(try await test.holder(of: "three@example.test"), ada.id, "who is found by the third")
        let actions = try await test.audit().map(\.action)
        try require(actions.contains(.addressChangeFinalized), "the audit does not have it")
    }

    private static func cancellation(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let flow = try await test.ask(ada, for: "new@example.test", 1)
        let user = try await test.store.cancelAddressChange(
            of: ada.id, context: test.context(1, actor: ada.id)
        ).outcome
        try requireEqual(user?.newEmail, nil, "the address that is asked for")
        try requireEqual(try await test.stored(ada).newEmail, nil, "the stored one")
        try requireEqual(
            try await test.confirm(flow, undo: 100, at: 2), .refused(.unknown, triesLeft: nil), "the confirmation")
        let stranger = UserID(StoreUnderTest.uuid(9))
        let none = try await test.store.cancelAddressChange(of: stranger, context: test.context(2)).outcome
        try requireEqual(none, nil, "an unknown user")
    }
}
