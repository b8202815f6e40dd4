// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("The role of an invitation")
struct InvitedRoleTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let policy = AccessPolicy(
        roles: RoleTable(defining: [
            "writer": Scope(["notes"]), "reader": Scope(["notes:read"]), .user: Scope(["me", "notes:read"]),
        ]))

    private func user(
        _ number: UInt8, _ role: Role, origin: UserOrigin? = .registered, permissions: Scope = .none,
        isActive: Bool = true, isVerified: Bool = false
    ) throws -> User {
        User(
            id: UserID(UUIDv7(at: Self.now, random: [UInt8](repeating: number, count: 10))),
            email: try EmailAddress("u\(number)@example.test"), emailVerifiedAt: isVerified ? Self.now : nil,
            role: role,
            permissions: permissions, isActive: isActive, createdAt: Self.now, origin: origin)
    }

    private func invitation(of user: User, as role: Role, by inviter: User?) -> Invitation {
        Invitation(
            InvitationID(UUIDv7(at: Self.now, random: [UInt8](repeating: 9, count: 10))), of: user.id, as: role,
            by: inviter?.id, at: Self.now)
    }

    @Test("a role is offered only by those who are granted all of it")
    func authority() {
        let policy = Self.policy
        #expect(policy.mayInvite(to: .admin, with: .everything))
        #expect(!policy.mayInvite(to: .admin, with: Scope(["me", "notes", "users"])))
        #expect(policy.mayInvite(to: "reader", with: Scope(["notes"])))
        #expect(!policy.mayInvite(to: "writer", with: Scope(["notes:read"])))
        #expect(!policy.mayInvite(to: "unknown", with: .everything))
    }

    @Test("before it is accepted, an invitation gives no more than user, and less where the role is less")
    func untilAccepted() {
        #expect(Self.policy.roleUntilAccepted(of: .admin) == .user)
        #expect(Self.policy.roleUntilAccepted(of: "writer") == .user)
        #expect(Self.policy.roleUntilAccepted(of: "reader") == "reader")
        #expect(Self.policy.roleUntilAccepted(of: "unknown") == .user)
    }

    @Test("what the inviter can no longer grant is not granted, and the person is let in all the same")
    func inviters() throws {
        let invited = try user(1, .user, origin: .invited)
        let cases: [(User, Role)] = [
            (try user(2, .admin), "writer"), (try user(2, "writer"), "writer"), (try user(2, .user), .user),
            (try user(2, .user, permissions: Scope(["notes"])), "writer"),
            (try user(2, .admin, isActive: false), .user), (try user(3, .admin), .user),
        ]
        let inviter = try user(2, .admin)
        for (stored, role) in cases {
            let granted = Self.policy.role(
                granting: invitation(of: invited, as: "writer", by: inviter), to: invited, inviter: stored, at: Self.now
            )
            #expect(granted == role, "by \(stored.role), \(stored.isActive)")
        }
        let orphan = Self.policy.role(
            granting: invitation(of: invited, as: "writer", by: inviter), to: invited, inviter: nil, at: Self.now)
        #expect(orphan == .user)
        let operators = Self.policy.role(
            granting: invitation(of: invited, as: .admin, by: nil), to: invited, inviter: nil, at: Self.now)
        #expect(operators == .admin)
    }

    @Test("accepting takes nothing away from a user who has more")
    func keepsMore() throws {
        for (has, offered, gets) in [
            (.admin, "writer", .admin), ("reader", "writer", "writer"), (.user, "reader", .user),
            (.user, .admin, .admin),
        ] as [(Role, Role, Role)] {
            let member = try user(1, has, isVerified: true)
            let granted = Self.policy.role(
                granting: invitation(of: member, as: offered, by: nil), to: member, inviter: nil, at: Self.now)
            #expect(granted == gets, "\(has) invited as \(offered)")
        }
    }

    @Test("the user whom an invitation made goes with it, unless something has happened to them since")
    func removal() throws {
        let invited = try user(1, .user, origin: .invited)
        let open = invitation(of: invited, as: .admin, by: nil)
        var revoked = open
        revoked.state = .revoked

        #expect(!invited.isRemovedWithInvitations([open], at: Self.now))
        #expect(!invited.isRemovedWithInvitations([revoked, open], at: Self.now))
        #expect(invited.isRemovedWithInvitations([revoked], at: Self.now))
        #expect(invited.isRemovedWithInvitations([open], at: open.expiresAt))
        for other in [
            try user(1, .user, origin: .invited, isVerified: true), try user(1, .admin, origin: .invited),
            try user(1, .user, origin: .invited, isActive: false), try user(1, .user, origin: .registered),
            try user(1, .user, origin: .administrator), try user(1, .user, origin: nil),
        ] {
            #expect(!other.isRemovedWithInvitations([], at: Self.now))
        }
    }
}
