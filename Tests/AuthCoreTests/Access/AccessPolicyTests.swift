// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Access policy")
struct AccessPolicyTests {
    let policy = AccessPolicy()
    let usersRead = Permission("users:read").map { [$0] } ?? []

    func subject(_ role: Role, scope: String = "*") throws -> AccessSubject {
        AccessSubject(
            userID: UserID(UUIDv7(high: 1, low: 1)), role: role, tokenScope: try #require(Scope(parsing: scope)))
    }

    @Test("a client without a token may only use what is open to anyone")
    func unauthenticated() throws {
        let permission = try #require(usersRead.first)

        #expect(policy.decide(.anyone, for: nil) == .allow)
        for requirement in [AccessRequirement.authenticated, .permission(permission), .role(.admin)] {
            #expect(policy.decide(requirement, for: nil) == .deny(.unauthenticated))
        }
    }

    // ASVS 8.3.1, 8.2.1
    @Test("authority is the token's scope and what the role grants now")
    func bothSides() throws {
        let permission = try #require(usersRead.first)
        let narrow = try #require(Scope(parsing: "me"))

        #expect(policy.decide(.permission(permission), for: try subject(.admin)) == .allow)
        #expect(
            policy.decide(.permission(permission), for: try subject(.user))
                == .deny(.roleLacks(permission, role: .user)))
        #expect(
            policy.decide(.permission(permission), for: try subject(.admin, scope: "me"))
                == .deny(.tokenLacks(permission, scope: narrow)))
        #expect(policy.authority(of: try subject(.user, scope: "items:read users")).description == "items:read")
    }

    @Test("a role's routes are closed to a token that was narrowed below the role")
    func narrowedAdmin() throws {
        #expect(policy.decide(.role(.admin), for: try subject(.admin)) == .allow)
        #expect(
            policy.decide(.role(.admin), for: try subject(.admin, scope: "users"))
                == .deny(.tokenLacks(.everything, scope: try #require(Scope(parsing: "users")))))
        #expect(
            policy.decide(.role(.admin), for: try subject(.user))
                == .deny(.wrongRole(required: .admin, held: .user)))
    }

    @Test("an action of services is denied to every user, whatever the token allows")
    func services() throws {
        for role in [Role.admin, .user] {
            #expect(policy.decide(.service, for: try subject(role)) == .deny(.notAService))
        }
        #expect(policy.decide(.service, for: nil) == .deny(.unauthenticated))
        #expect(policy.explain(.service, for: try subject(.admin)).contains("no user's token"))
    }

    @Test("a role that the table does not know grants nothing")
    func unknownRole() throws {
        let role = try #require(Role("auditor"))
        let items = try #require(Permission("items:read"))

        #expect(policy.decide(.permission(items), for: try subject(role)) == .deny(.roleLacks(items, role: role)))
        #expect(policy.authority(of: try subject(role)) == .none)
        let defined = AccessPolicy(roles: RoleTable(defining: [role: Scope([items])]))
        #expect(defined.decide(.permission(items), for: try subject(role)) == .allow)
    }

    @Test("the role admin cannot be redefined")
    func adminStays() {
        #expect(RoleTable(defining: [.admin: .none]).scope(of: .admin) == .everything)
    }

    @Test("each decision explains itself, with the rule and what is missing")
    func explanations() throws {
        let permission = try #require(usersRead.first)

        #expect(policy.explain(.permission(permission), for: nil).hasPrefix("Denied: the action needs a valid token"))
        #expect(policy.explain(.permission(permission), for: try subject(.user)).contains("'items me'"))
        #expect(policy.explain(.permission(permission), for: try subject(.admin, scope: "me")).contains("'me'"))
        #expect(policy.explain(.role(.admin), for: try subject(.guest)).contains("holds 'guest'"))
        #expect(policy.explain(.role(.admin), for: try subject(.admin)).hasPrefix("Allowed"))
        #expect(policy.explain(.anyone, for: nil).hasPrefix("Allowed"))
        #expect(policy.explain(.authenticated, for: try subject(.guest)).hasPrefix("Allowed"))
    }

    @Test(
        "malformed role names are refused",
        arguments: ["", "Admin", "1st", "a b", "ä", String(repeating: "a", count: 51)])
    func malformedRole(name: String) {
        #expect(Role(name) == nil)
    }
}
