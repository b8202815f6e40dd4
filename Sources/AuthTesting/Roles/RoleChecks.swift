// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// R1 to R3: roles that are data.
enum RoleChecks {
    static let all: [StoreCheck] = [
        StoreCheck(
            "R1", "of concurrent changes, each decides on what the one before has written", on: successiveChanges),
        StoreCheck("R1", "the outcome is the one that the rule decides", on: decisions),
        StoreCheck("R1", "the roles of a file are taken over whole", on: loading),
        StoreCheck("R2", "a role that a user holds is not removed", on: heldRole),
        StoreCheck("R2", "a role that a file no longer lists stays while a user holds it", on: unlistedRole),
        StoreCheck(
            "R3", "a change is in the feed and audited, an unchanged write and a rejection are not fed", on: feeding),
        StoreCheck(
            "R3", "a role that grants less gets a new epoch, and one that grants more keeps its own", on: narrowing),
    ]

    private static func define(
        _ role: Role, _ permissions: Scope, _ test: StoreUnderTest, at seconds: Int64 = 0,
        rules: RoleRules = RoleRules()
    ) async throws -> RoleChangeOutcome {
        let definition = try RoleDefinition(role, permissions: permissions)
        return try await test.store.changeRoles(by: .define(definition), under: rules, context: test.context(seconds))
            .outcome
    }

    private static func remove(
        _ role: Role, _ test: StoreUnderTest, rules: RoleRules = RoleRules()
    ) async throws -> RoleChangeOutcome {
        try await test.store.changeRoles(by: .remove(role), under: rules, context: test.context(9)).outcome
    }

    private static func stored(_ role: Role, _ test: StoreUnderTest) async throws -> StoredRole {
        try requireValue(try await test.store.roles().first { $0.role == role }, "the role \(role)")
    }

    private static func successiveChanges(_ test: StoreUnderTest) async throws {
        let names: [Role] = ["a", "b", "c", "d", "e", "f", "g", "h"]
        let outcomes = try await concurrently(8) { number in try await define(names[number], "notes", test) }
        let lists = outcomes.compactMap { outcome -> Int? in
            guard case .done(let result) = outcome else { return nil }
            return result.roles.count
        }
        try requireEqual(lists.sorted(), Array(1...8), "how many roles each change has found and made")
        try requireEqual(try await test.store.roles().map(\.role), names, "the roles, by name")
    }

    private static func decisions(_ test: StoreUnderTest) async throws {
        try requireEqual(try await define(.admin, "notes", test), .refused(.builtIn))
        try requireEqual(try await remove(.user, test), .refused(.builtIn))
        try requireEqual(try await remove("editor", test), .refused(.notFound))
        try requireEqual(try await test.store.roles(), [], "the roles")

        guard case .done(let made) = try await define("editor", "notes me", test) else {
            throw ConformanceFailure(message: "the role was not made", location: #fileID)
        }
        try requireEqual(made.written, ["editor"], "what was written")
        try requireEqual(try await test.store.roles(), made.roles, "the roles")
        guard case .done(let removed) = try await remove("editor", test) else {
            throw ConformanceFailure(message: "the role was not removed", location: #fileID)
        }
        try requireEqual(removed, RoleChangeResult(roles: [], removed: ["editor"]), "the outcome")
        try requireEqual(try await test.store.roles(), [], "the roles")
    }

    private static func loading(_ test: StoreUnderTest) async throws {
        _ = try await define("author", "drafts", test)
        let rules = RoleRules(hasFile: true)
        let file = [
            try RoleDefinition("author", permissions: "drafts notes"),
            try RoleDefinition("editor", permissions: "notes"),
        ]
        let context = test.context(1)
        let outcome = try await test.store.changeRoles(by: .load(file), under: rules, context: context).outcome
        guard case .done(let result) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(result.written, ["author", "editor"], "what was written")
        try requireEqual(try await test.store.roles().map(\.origin), [.file, .file], "the origins")
        try requireEqual(try await define("editor", "me", test, rules: rules), .refused(.fromFile))
        try requireEqual(try await remove("editor", test, rules: rules), .refused(.fromFile))

        let fewer = RoleChange.load([file[0]])
        _ = try await test.store.changeRoles(by: fewer, under: rules, context: test.context(2)).outcome
        try requireEqual(try await test.store.roles().map(\.role), ["author"], "the roles")
    }

    private static func heldRole(_ test: StoreUnderTest) async throws {
        _ = try await define("editor", "notes", test)
        let ada = try await test.make("ada", 1, role: "editor")
        try requireEqual(try await remove("editor", test), .refused(.held), "while it is held")
        _ = try await test.store.perform(.setActive(false), on: ada.id, context: test.context(1)).outcome
        try requireEqual(try await remove("editor", test), .refused(.held), "while a disabled user holds it")
        try requireEqual(try await test.store.roles().map(\.role), ["editor"], "the roles")
        _ = try await test.store.perform(.setRole(.user), on: ada.id, context: test.context(2)).outcome
        _ = try await remove("editor", test)
        try requireEqual(try await test.store.roles(), [], "the roles")
    }

    private static func unlistedRole(_ test: StoreUnderTest) async throws {
        let rules = RoleRules(hasFile: true)
        let file = [try RoleDefinition("editor", permissions: "notes"), try RoleDefinition("spare", permissions: "me")]
        _ = try await test.store.changeRoles(by: .load(file), under: rules, context: test.context()).outcome
        try await test.make("ada", 1, role: "editor")
        let outcome = try await test.store.changeRoles(by: .load([]), under: rules, context: test.context(1)).outcome
        guard case .done(let result) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(result.kept, ["editor"], "what stays")
        try requireEqual(result.removed, ["spare"], "what was removed")
        let editor = try await stored("editor", test)
        try requireEqual(editor.permissions, "notes", "what it grants")
        try requireEqual(editor.origin, .data, "its origin")
    }

    private static func feeding(_ test: StoreUnderTest) async throws {
        _ = try await define("editor", "notes", test)
        try requireEqual(try await test.feed(), [.rolesChanged], "the feed")
        _ = try await define("editor", "notes", test, at: 1)
        _ = try await define(.admin, "notes", test, at: 2)
        try requireEqual(try await test.feed(), [.rolesChanged], "the feed")
        _ = try await remove("editor", test)
        try requireEqual(try await test.feed(), [.rolesChanged, .rolesChanged], "the feed")
        let audit = try await test.audit()
        try requireEqual(audit.map(\.action), [.roleDefined, .roleDefined, .roleRemoved], "the audit log")
        try requireEqual(audit.map(\.refusal), [nil, "role_built_in", nil], "the refusals")
    }

    private static func narrowing(_ test: StoreUnderTest) async throws {
        _ = try await define("editor", "notes", test)
        let first = try await stored("editor", test).epoch
        _ = try await define("editor", "me notes", test, at: 1)
        try requireEqual(try await stored("editor", test).epoch, first, "the epoch of a role that grants more")
        let cursor = try await test.cursor()

        _ = try await define("editor", "me notes:read", test, at: 2)
        let second = try await stored("editor", test).epoch
        try requireEqual(second, first.next(at: test.context(2).now), "the epoch of a role that grants less")
        try requireEqual(
            try await test.feed(after: cursor), [.roleNarrowed("editor", second), .rolesChanged], "the feed")

        // What the program itself says is what a role grants before it is stored.
        _ = try await define(.user, "me", test, at: 3)
        let user = try await stored(.user, test)
        try requireEqual(
            try await test.feed().suffix(2), [.roleNarrowed(.user, user.epoch), .rolesChanged], "the feed")
    }
}
