// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// U4: users' changes to their own record.
enum ProfileChecks {
    static let all: [StoreCheck] = [
        StoreCheck("U4", "a change is the one that the rule gives", on: change),
        StoreCheck("U4", "metadata is merged on what is stored, and one that is too large is refused", on: metadata),
        StoreCheck("U4", "a change to another user's identifier writes nothing", on: taken),
        StoreCheck("U4", "an identifier is free as soon as it is given up", on: freed),
        StoreCheck("U4", "of concurrent changes to one username, one succeeds", on: oneName),
        StoreCheck("U4", "the last identifier cannot be removed", on: noIdentifierLeft),
        StoreCheck("U4", "a changed address voids one-time tokens, a respelt one does not", on: voidedTokens),
        StoreCheck("U4", "a change to an unknown user is not found", on: unknownUser),
    ]

    private static func change(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let change = ProfileChange(
            username: try Username("countess"), email: try EmailAddress("Countess@example.test"),
            fullName: try FullName("Ada King"), userMetadata: try MetadataPatch(["theme": "dark"]),
            appMetadata: try MetadataPatch(["plan": "free"]))
        guard case .success(let expected) = change.applied(to: ada, at: test.context(5).now) else {
            throw ConformanceFailure(message: "the rule refuses the change", location: #fileID)
        }

        let outcome = try await test.store.changeProfile(of: ada.id, by: change, context: test.context(5)).outcome

        guard case .changed(let changed) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(changed.inFull, expected.inFull, "the user that was answered")
        try requireEqual(try await test.stored(ada).inFull, expected.inFull, "the user that is stored")
        let found = try await test.store.credential(for: try Identifier(parsing: "COUNTESS"))
        try requireEqual(found?.user.id, ada.id, "who is found by the new name")
        try requireEqual(found?.passwordHash, StoreUnderTest.hash(), "the hash")
        try requireEqual(try await test.store.credential(for: try Identifier(parsing: "ada")), nil)

        let respelt = ProfileChange(username: try Username("Countess"), fullName: .some(nil))
        _ = try await test.store.changeProfile(of: ada.id, by: respelt, context: test.context(6)).outcome
        let stored = try await test.stored(ada)
        try requireEqual(stored.username?.original, "Countess", "the respelt name")
        try requireEqual(stored.fullName, nil, "the full name")
        let page = try await test.store.users(matching: UserQuery(search: "king"))
        try requireEqual(page.users, [], "who is found by the name that was removed")
    }

    private static func metadata(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let names = (0..<8).map { "n\($0)" }
        _ = try await concurrently(8) { number in
            let change = ProfileChange(userMetadata: try MetadataPatch([names[number]: .number(JSONNumber(1))]))
            return try await test.store.changeProfile(of: ada.id, by: change, context: test.context(1)).outcome
        }
        let all = JSONObject(metadata: try await test.stored(ada).userMetadata)
        try requireEqual(all.names.sorted(), names, "the members that concurrent changes have set")

        let removal = ProfileChange(userMetadata: try MetadataPatch(["n0": nil, "n1": "a\u{0}\u{301}é"]))
        _ = try await test.store.changeProfile(of: ada.id, by: removal, context: test.context(2)).outcome
        let left = try await test.stored(ada)
        try requireEqual(JSONObject(metadata: left.userMetadata)["n0"], nil, "the removed member")
        try requireEqual(JSONObject(metadata: left.userMetadata)["n1"], "a\u{0}\u{301}é", "the text")
        try requireEqual(left.appMetadata, "{}", "the other metadata")

        let cursor = try await test.cursor()
        let most = String(repeating: "x", count: MetadataPatch.maximumBytes - 20)
        for refusal in [ProfileChange.Refusal.userMetadataTooLarge, .appMetadataTooLarge] {
            let half = try MetadataPatch(["first": .string(most)])
            let other = try MetadataPatch(["second": .string(most)])
            let isUsers = refusal == .userMetadataTooLarge
            func change(_ patch: MetadataPatch) -> ProfileChange {
                isUsers ? ProfileChange(userMetadata: patch) : ProfileChange(appMetadata: patch)
            }
            if !isUsers {
                _ = try await test.store.changeProfile(of: ada.id, by: change(half), context: test.context(3)).outcome
            }
            let before = try await test.stored(ada)
            let outcome = try await test.store.changeProfile(
                of: ada.id, by: change(isUsers ? half : other), context: test.context(4)
            ).outcome
            try requireEqual(outcome, .refused(refusal), "the outcome")
            try requireEqual(try await test.stored(ada).inFull, before.inFull, "the user")
        }
        try requireEqual(try await test.feed(after: cursor), [.userChanged(ada.id)], "the feed")
    }

    private static func taken(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await test.make("bob", 2)
        let cursor = try await test.cursor()
        let changes: [(ProfileChange, IdentifierKind)] = [
            (ProfileChange(username: try Username("BOB"), fullName: try FullName("Eve")), .username),
            (ProfileChange(username: try Username("carol"), email: try EmailAddress("bob@example.test")), .email),
            (ProfileChange(username: try Username("bob"), email: try EmailAddress("bob@example.test")), .username),
        ]
        for (change, kind) in changes {
            let outcome = try await test.store.changeProfile(of: ada.id, by: change, context: test.context(1)).outcome
            try requireEqual(outcome, .taken(kind))
            try requireEqual(try await test.stored(ada).inFull, ada.inFull, "the user")
        }
        try requireEqual(try await test.cursor(), cursor, "the feed's cursor")
        let found = try await test.store.credential(for: try Identifier(parsing: "ada"))
        try requireEqual(found?.user.id, ada.id, "who is found by the old name")
        let carol = try await test.make("carol", 3)
        try requireEqual(
            try await test.store.credential(for: try Identifier(parsing: "carol"))?.user.id, carol.id,
            "who got the name that was not taken after all")
    }

    private static func freed(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let change = ProfileChange(
            username: .some(nil), email: try EmailAddress("countess@example.test"))
        _ = try await test.store.changeProfile(of: ada.id, by: change, context: test.context(1)).outcome
        let heir = try await test.make("ada", 2)
        try requireEqual(
            try await test.store.credential(for: try Identifier(parsing: "ada"))?.user.id, heir.id, "the heir")
        let stored = try await test.stored(ada)
        try requireEqual(stored.username, nil, "the username")
    }

    private static func oneName(_ test: StoreUnderTest) async throws {
        let users = try await concurrently(10) { number in try await test.make("user\(number)", number) }
        let outcomes = try await concurrently(10) { number in
            let change = ProfileChange(
                username: try Username("star"), email: try EmailAddress("star\(number / 2)@example.test"))
            return try await test.store.changeProfile(of: users[number].id, by: change, context: test.context(1))
                .outcome
        }
        let winners = outcomes.count {
            if case .changed = $0 { true } else { false }
        }
        try requireEqual(winners, 1, "how many got the name")
        try requireEqual(outcomes.count { $0 == .taken(.username) }, 9, "how many were refused")
    }

    private static func noIdentifierLeft(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let outcome = try await test.store.changeProfile(
            of: ada.id, by: ProfileChange(username: .some(nil), email: .some(nil)), context: test.context(1)
        ).outcome
        try requireEqual(outcome, .refused(.noIdentifierLeft))
        try requireEqual(try await test.stored(ada).inFull, ada.inFull, "the user")
        try requireEqual(try await test.audit().last?.refusal, "no_identifier_left", "the refusal in the log")
    }

    private static func voidedTokens(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let token = try await test.issue(1, .passwordReset, for: ada)
        let respelt = ProfileChange(email: try EmailAddress("ADA@example.test"))
        _ = try await test.store.changeProfile(of: ada.id, by: respelt, context: test.context(1)).outcome
        try require(try await test.store.oneTimeToken(token.key) != nil, "the token is gone")
        let change = ProfileChange(email: try EmailAddress("other@example.test"))
        _ = try await test.store.changeProfile(of: ada.id, by: change, context: test.context(2)).outcome
        try requireEqual(try await test.store.oneTimeToken(token.key), nil, "the token")
    }

    private static func unknownUser(_ test: StoreUnderTest) async throws {
        let outcome = try await test.store.changeProfile(
            of: UserID(StoreUnderTest.uuid(1)), by: ProfileChange(userMetadata: try MetadataPatch([:])),
            context: test.context()
        ).outcome
        try requireEqual(outcome, .notFound)
    }
}
