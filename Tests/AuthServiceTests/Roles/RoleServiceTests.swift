// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthTestSupport
import AuthTesting
import Testing

@testable import AuthService

@Suite("Roles as data", .timeLimit(.minutes(10)))
struct RoleServiceTests {
    private static func define(_ role: Role, _ permissions: Scope, at authority: TestAuthority) async throws {
        try await authority.service.roles.define(
            try RoleDefinition(role, permissions: permissions), by: .commandLine, from: client)
    }

    private static func claims(_ token: String, at authority: TestAuthority) async throws -> AccessTokenClaims {
        try await authority.service.access.authenticate(token).claims
    }

    private static func isAllowed(
        _ permission: Permission, _ token: String, at authority: TestAuthority
    ) async throws -> Bool {
        let principal = try await authority.service.access.authenticate(token)
        do throws(AuthError) {
            try authority.service.access.authorize(principal, .permission(permission))
            return true
        } catch .denied {
            return false
        }
    }

    @Test("a new role can be given to users, and grants what it says from the next request on")
    func definition() async throws {
        let authority = try await TestAuthority()
        let ada = try await authority.signIn(as: "ada")
        await #expect(throws: AuthError.self) {
            try await authority.service.users.perform(
                .setRole("editor"), on: ada.user.id, by: .commandLine, from: client)
        }

        try await Self.define("editor", "me notes:write", at: authority)
        _ = try await authority.service.users.perform(
            .setRole("editor"), on: ada.user.id, by: .commandLine, from: client)
        let pair = try await authority.service.sessions.refresh(ada.refreshToken, from: client)

        #expect(pair.scope == "me notes:write")
        let claims = try await Self.claims(pair.accessToken, at: authority)
        #expect(claims.role == "editor" && claims.roleEpoch != nil)
        #expect(try await Self.isAllowed("notes:write", pair.accessToken, at: authority))
        #expect(try await authority.refusals(of: .roleDefined) == [nil])
    }

    @Test("a narrowed role grants less at the next request here, and elsewhere once the feed was read")
    func narrowing() async throws {
        let store = InMemoryAuthStore(isShared: true)
        let here = try await TestAuthority(store: store)
        let there = try await TestAuthority(store: store, clock: here.clock)
        try await Self.define("editor", "me notes", at: here)
        try await there.service.changeFeed.readChanges()
        let pair = try await there.signIn(as: "ada", role: "editor")
        for authority in [here, there] {
            #expect(try await Self.isAllowed("notes:write", pair.accessToken, at: authority))
        }

        try await Self.define("editor", "me notes:read", at: here)

        #expect(try await !Self.isAllowed("notes:write", pair.accessToken, at: here))
        #expect(try await Self.isAllowed("notes:read", pair.accessToken, at: here))
        try await there.service.changeFeed.readChanges()
        #expect(try await !Self.isAllowed("notes:write", pair.accessToken, at: there))
        // The session goes on, with what is left, and with the new epoch of the role.
        let next = try await there.service.sessions.refresh(pair.refreshToken, from: client)
        #expect(next.scope == "me notes:read")
        let before = try #require(try await Self.claims(pair.accessToken, at: there).roleEpoch)
        let after = try #require(try await Self.claims(next.accessToken, at: there).roleEpoch)
        #expect(after > before && after == here.service.roles.table.epoch(of: "editor").value)
    }

    @Test("checking a token that was seen before asks the store for nothing, whatever changed of roles")
    func hotPath() async throws {
        let store = ObservedStore()
        let authority = try await TestAuthority(store: store)
        try await Self.define("editor", "me notes", at: authority)
        let pair = try await authority.signIn(as: "ada", role: "editor")
        _ = try await authority.service.access.authenticate(pair.accessToken)

        try await Self.define("editor", "me", at: authority)
        try await authority.service.changeFeed.readChanges()

        for operation in [ObservedStore.Operation.user, .roles, .changes] {
            store.beforeEvery(operation) { () throws(StoreError) in throw .unavailable("no") }
        }
        guard case .principal(let principal) = authority.service.access.authenticateNow(pair.accessToken) else {
            Issue.record("the token was not checked from memory")
            return
        }
        #expect(authority.service.policy.authority(of: principal.subject) == "me")
    }

    @Test("a session whose scope the role no longer grants anything of is refused as invalid_scope and ended")
    func nothingLeft() async throws {
        let authority = try await TestAuthority()
        try await Self.define("editor", "me notes", at: authority)
        let pair = try await authority.signIn(as: "ada", role: "editor", scope: "notes:write")
        #expect(pair.scope == "notes:write")

        try await Self.define("editor", "me", at: authority)

        await #expect(throws: AuthError.scopeNotGranted) {
            try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        }
        await #expect(throws: AuthError.scopeNotGranted) {
            try await authority.signIn(as: "ada", role: "editor", scope: "notes:write")
        }
    }

    @Test("permissions beside the role are in the next token, and tokens of before are rejected on every process")
    func userPermissions() async throws {
        let store = InMemoryAuthStore(isShared: true)
        let here = try await TestAuthority(store: store)
        let there = try await TestAuthority(store: store, clock: here.clock)
        let pair = try await here.signIn(as: "ada")
        _ = try await there.service.access.authenticate(pair.accessToken)

        let granted = try await here.service.users.perform(
            .changePermissions(.grant("reports:read")), on: pair.user.id, by: .commandLine, from: client)

        #expect(granted.permissions == "reports:read")
        await #expect(throws: AuthError.tokenRevoked) { try await here.service.access.authenticate(pair.accessToken) }
        try await there.service.changeFeed.readChanges()
        await #expect(throws: AuthError.tokenRevoked) { try await there.service.access.authenticate(pair.accessToken) }
        let next = try await there.service.sessions.refresh(pair.refreshToken, from: client)
        #expect(next.scope == "items me reports:read")
        #expect(try await Self.isAllowed("reports:read", next.accessToken, at: there))
        // A scope of which the role grants nothing is not refused where the user has it beside the role.
        #expect(try await here.signIn(as: "ada", scope: "reports").scope == "reports:read")

        _ = try await here.service.users.perform(
            .changePermissions(.revoke("reports")), on: pair.user.id, by: .commandLine, from: client)
        await #expect(throws: AuthError.tokenRevoked) { try await here.service.access.authenticate(next.accessToken) }
        #expect(try await here.refusals(of: .permissionsChanged) == [nil, nil])
    }

    @Test("what cannot be done is refused with its reason, and audited")
    func refusals() async throws {
        let authority = try await TestAuthority()
        try await Self.define("editor", "notes", at: authority)
        _ = try await authority.signIn(as: "ada", role: "editor")

        await #expect(throws: AuthError.roleRefused(.builtIn)) {
            try await Self.define(.admin, "notes", at: authority)
        }
        for (role, refusal) in [("editor", .held), (.guest, .builtIn), ("author", .notFound)]
            as [(Role, RoleChangeRefusal)]
        {
            await #expect(throws: AuthError.roleRefused(refusal)) {
                try await authority.service.roles.remove(role, by: .commandLine, from: client)
            }
        }
        #expect(try await authority.refusals(of: .roleRemoved) == ["role_held", "role_built_in", "not_found"])
        #expect(authority.service.roles.table.roles == [.admin, "editor", .guest, .user])
    }

    @Test("roles are loaded at the start, and read again where the feed has another history")
    func starting() async throws {
        let store = InMemoryAuthStore(isShared: true)
        let here = try await TestAuthority(store: store)
        try await Self.define("editor", "notes", at: here)
        let backup = store.backup()
        try await Self.define("editor", "notes drafts", at: here)
        let there = try await TestAuthority(store: store, clock: here.clock)
        #expect(there.service.roles.table.scope(of: "editor") == "drafts notes")

        store.restore(backup)
        try await there.service.changeFeed.readChanges()

        #expect(there.service.roles.table.scope(of: "editor") == "notes")
    }

    @Test("a role that cannot be read leaves the entry of the feed unread")
    func unreadable() async throws {
        let store = ObservedStore()
        let authority = try await TestAuthority(store: store)
        let place = authority.service.core.directory.place
        _ = try await store.base.changeRoles(
            by: .define(try RoleDefinition("editor", permissions: "notes")), under: RoleRules(),
            context: OperationContext(now: authority.clock.now))
        store.beforeNext(.roles) { () throws(StoreError) in throw .unavailable("no") }

        await #expect(throws: AuthError.unavailable) { try await authority.service.changeFeed.readChanges() }
        #expect(authority.service.core.directory.place == place)

        try await authority.service.changeFeed.readChanges()
        #expect(authority.service.roles.table.defines("editor"))
    }

    @Test("a reading that began earlier does not replace one that began later")
    func readings() {
        let directory = RoleDirectory(base: .standard)
        func row(_ permissions: Scope) -> StoredRole {
            StoredRole(
                role: "editor", description: .none, permissions: permissions, origin: .data, epoch: .first,
                updatedAt: Timestamp(seconds: 1))
        }
        let (first, second) = (directory.begin(), directory.begin())

        directory.keep([row("notes")], readAs: second)
        directory.keep([row("drafts")], readAs: first)

        #expect(directory.policy.roles.scope(of: "editor") == "notes")
    }

    @Test("a file's roles replace those of the file before, and are its own")
    func loading() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.hasRolesFile = true
        let authority = try await TestAuthority(settings: settings)
        try await authority.service.roles.load([
            try RoleDefinition("author", permissions: "drafts"), try RoleDefinition("editor", permissions: "notes"),
        ])
        await #expect(throws: AuthError.roleRefused(.fromFile)) {
            try await Self.define("editor", "me", at: authority)
        }
        try await authority.service.roles.load([try RoleDefinition("editor", permissions: "me")])

        let table = authority.service.roles.table
        #expect(!table.defines("author") && table.scope(of: "editor") == "me" && table.origin(of: "editor") == .file)
    }
}
