// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Permissions that roles and users are given")
struct PermissionListTests {
    @Test("each fault is named with its place, and * belongs to admin alone")
    func faults() {
        #expect(throws: PermissionListFault.malformed(name: "Notes", index: 1)) {
            try Scope(granting: ["me", "Notes"])
        }
        for name in ["", "a b", "a:", ":a", "a::b", "a*", "é", "a\u{0}"] {
            #expect(throws: PermissionListFault.malformed(name: name, index: 0)) { try Scope(granting: [name]) }
        }
        #expect(throws: PermissionListFault.everything(index: 1)) { try Scope(granting: ["me", "*"]) }
        #expect(throws: PermissionListFault.everything(index: 0)) { try RoleDefinition("editor", permissions: "*") }
    }

    @Test("the number and the length are bounded")
    func bounds() throws {
        let names = (0..<51).map { "p\($0)" }
        #expect(try Scope(granting: Array(names.dropLast())).permissions.count == 50)
        #expect(throws: PermissionListFault.tooMany) { try Scope(granting: names) }
        let long = (0..<6).map { String(repeating: "a", count: 99) + "\($0)" }
        #expect(try Scope(granting: Array(long.dropLast())).description.utf8.count == 504)
        #expect(throws: PermissionListFault.tooMany) { try Scope(granting: long) }
        #expect(try Scope(granting: []) == .none)
    }

    @Test("granting adds, revoking takes away what is covered, and a wider permission stays whole")
    func changes() throws {
        let user = User(
            id: UserID(UUIDv7(high: 1, low: 1)), permissions: "notes reports:read", createdAt: Timestamp(seconds: 1))
        func permissions(_ change: PermissionChange) -> Scope? {
            let action = AdministrativeAction.changePermissions(change)
            switch action.decide(on: user, by: nil, activeAdmins: 1, at: Timestamp(seconds: 9)) {
            case .update(let changed, endsSessions: false):
                #expect(changed.epoch > user.epoch && changed.updatedAt == Timestamp(seconds: 9))
                return changed.permissions
            case .unchanged: return user.permissions
            case .update, .remove, .refuse: return nil
            }
        }
        #expect(permissions(.grant("drafts notes:read")) == "drafts notes reports:read")
        #expect(permissions(.grant("notes:read")) == user.permissions)
        #expect(permissions(.revoke("reports")) == "notes")
        #expect(permissions(.revoke("notes:read")) == user.permissions)
        #expect(permissions(.replace(.none)) == Scope.none)
        let many = Scope((0..<50).compactMap { Permission("p\($0)") })
        #expect(permissions(.grant(many)) == nil)
    }
}
