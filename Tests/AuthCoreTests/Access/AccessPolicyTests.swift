// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Access policy")
struct AccessPolicyTests {
    let policy = AccessPolicy()
    let usersRead: Permission = "users:read"

    func subject(_ role: Role, scope: String = "*") throws -> AccessSubject {
        AccessSubject(
            userID: UserID(UUIDv7(high: 1, low: 1)), role: role, tokenScope: try #require(Scope(parsing: scope)))
    }

    @Test("a client without a token may only use what is open to anyone")
    func unauthenticated() throws {
        #expect(policy.decide(.anyone, for: nil) == .allow)
        for requirement in [AccessRequirement.authenticated, .permission(usersRead), .role(.admin)] {
            #expect(policy.decide(requirement, for: nil) == .deny(.unauthenticated))
        }
    }

    // ASVS 8.3.1, 8.2.1
    @Test("authority is the token's scope and what the role grants now")
    func bothSides() throws {
        let permission = usersRead
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

    @Test("what a user has beside the role counts as far as the token has it, and opens no route of a role")
    func besideTheRole() throws {
        func subject(_ scope: Scope) -> AccessSubject {
            AccessSubject(
                userID: UserID(UUIDv7(high: 1, low: 1)), role: .user, permissions: "users:read", tokenScope: scope)
        }
        #expect(policy.decide(.permission(usersRead), for: subject(.everything)) == .allow)
        #expect(policy.decide(.permission(usersRead), for: subject("me")) == .deny(.tokenLacks(usersRead, scope: "me")))
        #expect(
            policy.decide(.permission("users:write"), for: subject(.everything))
                == .deny(.roleLacks("users:write", role: .user)))
        #expect(policy.decide(.role(.user), for: subject("items me")) == .allow)
        #expect(
            policy.decide(.role(.admin), for: subject(.everything)) == .deny(.wrongRole(required: .admin, held: .user)))
        #expect(policy.authority(of: subject(.everything)) == "items me users:read")
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

    @Test("a verified address is a matter of the user as they are now, whatever role and scope are")
    func verifiedAddress() throws {
        func subject(isVerified: Bool) -> AccessSubject {
            AccessSubject(
                userID: UserID(UUIDv7(high: 1, low: 1)), role: .user, tokenScope: .none,
                hasVerifiedAddress: isVerified)
        }
        #expect(policy.decide(.verifiedAddress, for: subject(isVerified: true)) == .allow)
        #expect(policy.decide(.verifiedAddress, for: subject(isVerified: false)) == .deny(.addressNotVerified))
        #expect(policy.decide(.verifiedAddress, for: try self.subject(.admin)) == .deny(.addressNotVerified))
        #expect(policy.decide(.verifiedAddress, for: nil) == .deny(.unauthenticated))
        #expect(
            policy.decide(.anyOf(.permission("items:read"), .verifiedAddress), for: subject(isVerified: true))
                == .allow)
        #expect(policy.explain(.verifiedAddress, for: subject(isVerified: false)).contains("is not verified"))
        #expect(policy.explain(.verifiedAddress, for: subject(isVerified: true)).hasPrefix("Allowed"))
    }

    @Test("one of several requirements suffices, and each that is not met is named")
    func anyOf() throws {
        let staff = AccessPolicy(roles: RoleTable(defining: ["editor": "notes", "reader": "notes:read"]))
        let requirement = AccessRequirement.anyOf(.role("admin"), .role("editor"), .permission("notes:write"))

        #expect(staff.decide(requirement, for: try subject("admin")) == .allow)
        #expect(staff.decide(requirement, for: try subject("editor")) == .allow)
        #expect(staff.decide(requirement, for: try subject("editor", scope: "notes:write")) == .allow)
        #expect(staff.decide(requirement, for: nil) == .deny(.unauthenticated))
        let denials: [AccessDenial] = [
            .wrongRole(required: "admin", held: "reader"), .wrongRole(required: "editor", held: "reader"),
            .roleLacks("notes:write", role: "reader"),
        ]
        #expect(staff.decide(requirement, for: try subject("reader")) == .deny(.noneOf(denials)))
        #expect(AccessDenial.noneOf(denials).missingPermission == "notes:write")
        #expect(staff.explain(requirement, for: try subject("reader")).contains("for the role 'editor'"))
        #expect(staff.explain(requirement, for: try subject("editor")).contains("holds the role 'editor'"))
    }

    @Test("an empty list of alternatives is met by no caller, and one that is open to anyone by all")
    func emptyAnyOf() throws {
        #expect(policy.decide(.anyOf([]), for: nil) == .deny(.unauthenticated))
        #expect(policy.decide(.anyOf([]), for: try subject(.admin)) == .deny(.noneOf([])))
        #expect(policy.explain(.anyOf([]), for: try subject(.admin)).hasPrefix("Denied"))
        let open = AccessRequirement.anyOf(.role("editor"), .anyOf(.anyone))
        #expect(open.isOpenToAnyone && policy.decide(open, for: nil) == .allow)
        #expect(policy.explain(open, for: nil) == "Allowed: the action is open to anyone.")
        #expect(policy.decide(.anyOf(.service), for: try subject(.admin)) == .deny(.noneOf([.notAService])))
    }

    @Test("a scope is met by a token that covers each of its permissions")
    func scopes() throws {
        #expect(policy.decide(.scope("items me:read"), for: try subject(.user)) == .allow)
        #expect(
            policy.decide(.scope("items users:read"), for: try subject(.user))
                == .deny(.roleLacks("users:read", role: .user)))
        #expect(
            policy.decide(.scope("items:read items:write"), for: try subject(.user, scope: "items:read"))
                == .deny(.tokenLacks("items:write", scope: "items:read")))
        #expect(policy.decide(.scope(.none), for: try subject(.guest)) == .allow)
        #expect(policy.decide(.scope(.none), for: nil) == .deny(.unauthenticated))
        #expect(policy.explain(.scope("items"), for: try subject(.user)).hasPrefix("Allowed"))
    }

    @Test("a role that the table does not know grants nothing")
    func unknownRole() throws {
        let role = Role("auditor")
        let items = Permission("items:read")

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
        let permission = usersRead

        #expect(policy.explain(.permission(permission), for: nil).hasPrefix("Denied: the action needs a valid token"))
        #expect(policy.explain(.permission(permission), for: try subject(.user)).contains("'items me'"))
        #expect(policy.explain(.permission(permission), for: try subject(.admin, scope: "me")).contains("'me'"))
        #expect(policy.explain(.role(.admin), for: try subject(.guest)).contains("holds 'guest'"))
        #expect(policy.explain(.role(.admin), for: try subject(.admin)).hasPrefix("Allowed"))
        #expect(policy.explain(.anyone, for: nil).hasPrefix("Allowed"))
        #expect(policy.explain(.authenticated, for: try subject(.guest)).hasPrefix("Allowed"))
    }

    @Test("a program spells roles out; a malformed one stops it and is named")
    func literals() async throws {
        let role: Role = "auditor"
        #expect(role.name == "auditor" && "admin" == Role.admin)

        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = "Editor" as Role
        }
        let words = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(words.contains(#""Editor" is no role."#))
    }

    @Test(
        "malformed role names are refused",
        arguments: ["", "Admin", "1st", "a b", "ä", String(repeating: "a", count: 51)])
    func malformedRole(name: String) {
        #expect(Role(name) == nil)
    }
}
