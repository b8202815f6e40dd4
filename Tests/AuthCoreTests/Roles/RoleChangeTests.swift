// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Changes of roles")
struct RoleChangeTests {
    static let now = Timestamp(seconds: 1_000)
    static let editor = StoredRole(
        role: "editor", description: .none, permissions: "drafts notes", origin: .data, epoch: RoleEpoch(7),
        updatedAt: Timestamp(seconds: 1))

    private static func stored(_ role: Role, _ permissions: Scope, _ origin: StoredRole.Origin) -> StoredRole {
        StoredRole(
            role: role, description: .none, permissions: permissions, origin: origin, epoch: RoleEpoch(7),
            updatedAt: Timestamp(seconds: 1))
    }

    private static func decide(
        _ change: RoleChange, on stored: [StoredRole] = [editor], hasFile: Bool = false, held: Set<Role> = []
    ) -> RoleChangeDecision {
        change.decide(on: stored, under: RoleRules(hasFile: hasFile), held: held, at: now)
    }

    @Test("a new role has an epoch that no role of its name had before")
    func newRole() throws {
        let decision = Self.decide(.define(try RoleDefinition("author", permissions: "notes")), on: [])

        #expect(decision.put.map(\.role) == ["author"] && decision.narrowed.isEmpty)
        #expect(decision.put.first?.epoch == RoleEpoch.first.next(at: Self.now))
        #expect(decision.put.first?.updatedAt == Self.now)
    }

    struct Case: CustomTestStringConvertible {
        let permissions: Scope
        let isNarrowed: Bool
        var testDescription: String { "\(permissions)" }
    }

    @Test(
        "a role that no longer grants all that it granted gets the next epoch",
        arguments: [
            Case(permissions: "drafts notes", isNarrowed: false),
            Case(permissions: "drafts me notes", isNarrowed: false),
            Case(permissions: "notes", isNarrowed: true), Case(permissions: .none, isNarrowed: true),
            Case(permissions: "drafts notes:read", isNarrowed: true), Case(permissions: "me", isNarrowed: true),
        ])
    func narrowing(_ example: Case) throws {
        let decision = Self.decide(.define(try RoleDefinition("editor", permissions: example.permissions)))

        let epoch = example.isNarrowed ? RoleEpoch(7).next(at: Self.now) : RoleEpoch(7)
        #expect(decision.narrowed.map(\.role) == (example.isNarrowed ? ["editor"] : []))
        #expect(decision.put.allSatisfy { $0.epoch == epoch })
        #expect(decision.put.isEmpty == (example.permissions == Self.editor.permissions))
    }

    @Test(
        "names that Supabase's API and databases give a meaning of their own are never defined, and can be removed",
        arguments: ["service_role", "supabase_admin", "anon", "authenticated", "postgres"] as [Role])
    func reserved(_ role: Role) throws {
        let definition = try RoleDefinition(role, permissions: "notes")
        let stored = Self.stored(role, "notes", .data)

        #expect(role.isReserved)
        let table = RoleTable(defining: [role: "notes", "editor": "notes"])
        #expect(!table.defines(role) && table.scope(of: role) == .none && table.defines("editor"))
        // One that was stored before its name was reserved.
        let overlaid = RoleTable.standard.overlaid(by: [stored, Self.editor])
        #expect(!overlaid.defines(role) && overlaid.scope(of: role) == .none && overlaid.defines("editor"))
        #expect(overlaid.leftOut == [role])
        for known in [[], [stored]] as [[StoredRole]] {
            #expect(Self.decide(.define(definition), on: known).outcome == .refused(.reserved))
            #expect(Self.decide(.load([definition]), on: known, hasFile: true).outcome == .refused(.reserved))
        }
        #expect(Self.decide(.remove(role), on: [stored]).remove == [role])
        let others = [Role.admin, .user, .guest, "anonymous", "service-role"]
        #expect(!others.contains { $0.isReserved })
    }

    @Test("a description alone changes the role and no epoch")
    func description() throws {
        let definition = try RoleDefinition(
            "editor", description: try RoleDescription("Edits."), permissions: "drafts notes")
        let decision = Self.decide(.define(definition))

        #expect(decision.put.map(\.description.text) == ["Edits."] && decision.narrowed.isEmpty)
        #expect(decision.put.first?.epoch == Self.editor.epoch)
    }

    @Test("a built-in role can be given other permissions, except admin, and none can be removed")
    func builtIn() throws {
        let narrow = Self.decide(.define(try RoleDefinition(.user, permissions: "me")), on: [])
        #expect(narrow.narrowed.map(\.role) == [.user])
        let wide = Self.decide(.define(try RoleDefinition(.user, permissions: "items me notes")), on: [])
        #expect(wide.narrowed.isEmpty && wide.put.count == 1)

        #expect(
            Self.decide(.define(try RoleDefinition(.admin, permissions: "me"))).outcome == .refused(.builtIn))
        #expect(Self.decide(.load([try RoleDefinition(.admin, permissions: "me")])).outcome == .refused(.builtIn))
        for role in RoleTable.standard.roles {
            #expect(Self.decide(.remove(role)).outcome == .refused(.builtIn))
        }
    }

    @Test("a role that is held, unknown or of a file is not removed")
    func removal() {
        #expect(Self.decide(.remove("editor"), held: ["editor"]).outcome == .refused(.held))
        #expect(Self.decide(.remove("author")).outcome == .refused(.notFound))
        let ofFile = [Self.stored("editor", "notes", .file)]
        #expect(Self.decide(.remove("editor"), on: ofFile, hasFile: true).outcome == .refused(.fromFile))
        // Without a file there would be no way to change it.
        #expect(Self.decide(.remove("editor"), on: ofFile).remove == ["editor"])
        #expect(RoleChange.remove("editor").candidates(in: ofFile, under: RoleRules()) == ["editor"])
    }

    @Test("a role of a file is changed in the file, and without one it becomes an administrator's")
    func ofFile() throws {
        let ofFile = [Self.stored("editor", "notes", .file)]
        let change = RoleChange.define(try RoleDefinition("editor", permissions: "notes me"))

        #expect(Self.decide(change, on: ofFile, hasFile: true).outcome == .refused(.fromFile))
        #expect(Self.decide(change, on: ofFile).put.map(\.origin) == [.data])
    }

    @Test("a file takes roles over, and lets go of those that it lists no longer")
    func loading() throws {
        let stored = [
            Self.stored("author", "drafts", .data), Self.stored("editor", "notes", .file),
            Self.stored("held", "notes", .file), Self.stored("user", "me", .file),
        ]
        let change = RoleChange.load([
            try RoleDefinition("author", permissions: "drafts"), try RoleDefinition("new", permissions: "me"),
        ])
        #expect(Set(change.candidates(in: stored, under: RoleRules(hasFile: true))) == ["editor", "held"])

        let decision = Self.decide(change, on: stored, hasFile: true, held: ["held"])

        guard case .done(let result) = decision.outcome else {
            Issue.record("\(decision.outcome)")
            return
        }
        #expect(result.removed == ["editor"] && result.kept == ["held"])
        let rows = Dictionary(uniqueKeysWithValues: result.roles.map { ($0.role, $0) })
        #expect(rows["author"]?.origin == .file && rows["new"]?.origin == .file)
        #expect(rows["held"]?.origin == .data && rows["held"]?.permissions == "notes")
        // The program's own role is as the program says again, and its row keeps the epoch that tokens may carry.
        #expect(rows["user"]?.permissions == RoleTable.standard.scope(of: .user))
        #expect(rows["user"]?.epoch == RoleEpoch(7) && rows["user"]?.origin == .data)
        #expect(Self.decide(change, on: result.roles, hasFile: true).put.isEmpty)
    }

    @Test("the number of roles is bounded")
    func bound() throws {
        let full = (0..<RoleRules.maximumCount).compactMap { Role("r\($0)") }.map { Self.stored($0, "me", .data) }
        let change = RoleChange.define(try RoleDefinition("one-more", permissions: "me"))

        #expect(Self.decide(change, on: full).outcome == .refused(.tooMany))
        #expect(Self.decide(change, on: Array(full.dropFirst())).put.count == 1)
        #expect(Self.decide(.define(try RoleDefinition("r0", permissions: "notes")), on: full).put.count == 1)
    }
}
