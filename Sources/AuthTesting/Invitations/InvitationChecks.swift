// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// I1 to I4, I8 and I9: making, sending, listing and ending invitations.
enum InvitationChecks {
    static let all: [StoreCheck] = [
        StoreCheck("I1", "an invited user is made with the invitation and its token, or not at all", on: creation),
        StoreCheck("I1", "of concurrent invitations of one new address, one makes its user", on: creationAtOnce),
        StoreCheck("I2", "a user has at most one open invitation, also where two are made at once", on: oneOpen),
        StoreCheck("I2", "a user is not invited to an address that they no longer have", on: otherAddress),
        StoreCheck("I3", "an invitation is sent again with another token, once a minute", on: resending),
        StoreCheck("I4", "a revoked invitation voids its tokens and removes the user whom it made", on: revocation),
        StoreCheck("I4", "a revoked invitation leaves a user who was there before", on: revocationOfUser),
        StoreCheck("I8", "invitations are listed by page, the newest first, open ones by themselves", on: listing),
        StoreCheck("I9", "invited users go once their invitation has expired, and no others", on: expiry),
        StoreCheck("A8", "an invitation is purged thirty days after it has expired", on: purge),
    ]

    /// A user whom an invitation makes, not stored yet.
    static func invitee(
        _ name: String, _ number: Int, at seconds: Int64 = 0, _ test: StoreUnderTest
    ) throws -> User {
        User(
            id: UserID(StoreUnderTest.uuid(number)), email: try EmailAddress("\(name)@example.test"), isBound: true,
            createdAt: test.context(seconds).now, origin: .invited)
    }

    static func invitation(
        _ number: Int, of user: User, as role: Role = .user, by inviter: UserID? = nil, at seconds: Int64 = 0,
        _ test: StoreUnderTest
    ) -> Invitation {
        Invitation(
            InvitationID(StoreUnderTest.uuid(50_000 + number)), of: user.id, as: role, by: inviter,
            at: test.context(seconds).now)
    }

    /// The token of an invitation with its flow; the code of the flow has the digest of the same octets.
    static func issued(
        _ octet: UInt8, for user: User, at seconds: Int64 = 0, _ test: StoreUnderTest
    ) -> MailedToken {
        let now = test.context(seconds).now
        let digest = [UInt8](repeating: octet, count: 32)
        let token = OneTimeToken(
            digest: digest, purpose: .invitation, userID: user.id, address: user.email?.canonical ?? "",
            createdAt: now, expiresAt: now + Invitation.lifetime)
        let flow = MailedFlow(
            id: FlowID([0xFE] + digest.dropFirst()), purpose: .invitation, recipient: user.email?.original ?? "",
            token: token.key, shown: nil, codeDigest: digest, codeExpiresAt: token.expiresAt,
            expiresAt: token.expiresAt, mailedAt: nil, source: nil, userAgent: nil, createdAt: now)
        return MailedToken(token, flow: flow, mail: nil)
    }

    /// Invites a new address.
    @discardableResult
    static func invitePerson(
        _ name: String, _ number: Int, as role: Role = .user, by inviter: UserID? = nil, at seconds: Int64 = 0,
        _ test: StoreUnderTest
    ) async throws -> (user: User, invitation: Invitation, issued: MailedToken) {
        let user = try invitee(name, number, at: seconds, test)
        let invitation = invitation(number, of: user, as: role, by: inviter, at: seconds, test)
        let issued = issued(UInt8(truncatingIfNeeded: number), for: user, at: seconds, test)
        let outcome = try await test.store.createInvitedUser(
            user, invitation, issued, context: test.context(seconds, actor: inviter))
        try requireEqual(outcome, .created, "inviting \(name)")
        return (user, invitation, issued)
    }

    private static func invite(
        _ user: User, _ number: Int, as role: Role = .admin, at seconds: Int64 = 0, _ test: StoreUnderTest
    ) async throws -> InvitationOutcome {
        try await test.store.invite(
            invitation(number, of: user, as: role, at: seconds, test),
            issued(UInt8(truncatingIfNeeded: number), for: user, at: seconds, test), under: AccessPolicy(),
            context: test.context(seconds))
    }

    private static func creation(_ test: StoreUnderTest) async throws {
        let (ada, invitation, issued) = try await invitePerson("ada", 1, as: .admin, test)

        try requireEqual(try await test.stored(ada), ada, "the user")
        try requireEqual(try await test.store.userCount(), 1, "the count")
        try requireEqual(try await test.store.credential(of: ada.id)?.passwordHash, nil, "the password")
        try requireEqual(try await test.store.oneTimeToken(issued.token.key), issued.token, "the token")
        try requireEqual(try await test.store.mailedFlow(of: issued.token.key), issued.flow, "the flow")
        let found = try await test.store.invitation(withID: invitation.id)
        try requireEqual(found, InvitedUser(invitation, of: ada), "the invitation")
        try requireEqual(
            try await test.audit().map(\.action), [.userCreated, .invitationSent], "what the audit log says")

        let other = try invitee("ada", 2, test)
        let again = try await test.store.createInvitedUser(
            other, Self.invitation(2, of: other, test), Self.issued(2, for: other, test), context: test.context(1))
        try requireEqual(again, .taken(.email), "inviting the address again")
        try requireEqual(
            try await test.store.invitation(withID: Self.invitation(2, of: other, test).id), nil, "its invitation")
    }

    private static func creationAtOnce(_ test: StoreUnderTest) async throws {
        let outcomes = try await concurrently(8) { number in
            let user = try invitee("ada", number, test)
            return try await test.store.createInvitedUser(
                user, invitation(number, of: user, test), issued(UInt8(number), for: user, test),
                context: test.context())
        }
        try requireEqual(outcomes.count { $0 == .created }, 1, "how many made the user")
        try requireEqual(try await test.store.invitations(matching: InvitationQuery()).count, 1, "the invitations")
    }

    private static func oneOpen(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let outcomes = try await concurrently(8) { number in try await invite(ada, number, test) }
        try requireEqual(outcomes.count { $0 == .done }, 1, "how many were made")
        try requireEqual(
            outcomes.count { $0 == .refused(.alreadyInvited) }, outcomes.count - 1, "how many were refused")
        let week = Int64(7 * 86_400)
        try requireEqual(
            try await invite(ada, 20, at: week - 1, test), .refused(.alreadyInvited), "just before its end")
        try requireEqual(try await invite(ada, 21, at: week, test), .done, "at its end")

        let bob = try await test.make("bob", 2)
        _ = try await test.store.perform(.setActive(false), on: bob.id, context: test.context())
        try requireEqual(try await invite(bob, 30, test), .refused(.userDisabled), "a disabled user")
        try requireEqual(try await test.audit().last?.refusal, "user_disabled", "what the audit log says")
    }

    private static func otherAddress(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let change = ProfileChange(email: try EmailAddress("lovelace@example.test"))
        _ = try await test.store.changeProfile(of: ada.id, by: change, context: test.context())
        try requireEqual(try await invite(ada, 1, test), .userChanged, "the address of before")
        try requireEqual(try await test.store.invitations(matching: InvitationQuery()), [], "the invitations")
    }

    private static func resending(_ test: StoreUnderTest) async throws {
        let (ada, invitation, first) = try await invitePerson("ada", 1, test)
        @Sendable func send(_ octet: UInt8, at seconds: Int64) async throws -> InvitationResendOutcome {
            try await test.store.resendInvitation(
                invitation.id, issued(octet, for: ada, at: seconds, test), context: test.context(seconds))
        }
        try requireEqual(
            try await send(2, at: 59), .refused(.tooSoon(until: test.context(60).now)), "within the minute")
        guard case .sent(let sent) = try await send(3, at: 60) else {
            throw ConformanceFailure(message: "it was not sent again after a minute", location: #fileID)
        }
        try requireEqual(sent.expiresAt, test.context(60).now + Invitation.lifetime, "its end")
        try requireEqual(
            try await test.store.invitation(withID: invitation.id)?.invitation, sent, "the stored invitation")
        try require(try await test.store.oneTimeToken(first.token.key) != nil, "the first token is gone")
        let outcomes = try await concurrently(4) { number in try await send(UInt8(10 + number), at: 200) }
        let count = outcomes.count { outcome in if case .sent = outcome { true } else { false } }
        try requireEqual(count, 1, "how many of concurrent ones were sent")

        _ = try await test.store.revokeInvitation(invitation.id, of: ada.id, context: test.context(300))
        try requireEqual(try await send(40, at: 400), .userChanged, "once the user is gone")
    }

    private static func revocation(_ test: StoreUnderTest) async throws {
        let (ada, invitation, issued) = try await invitePerson("ada", 1, test)
        let revoked = try await test.store.revokeInvitation(invitation.id, of: ada.id, context: test.context(1))

        try requireEqual(revoked.outcome, .done)
        try requireEqual(revoked.changes, [.appended(.userDeleted(ada.id))], "the changes")
        try requireEqual(try await test.store.user(withID: ada.id), nil, "the user")
        try requireEqual(try await test.store.oneTimeToken(issued.token.key), nil, "the token")
        try requireEqual(try await test.store.userCount(), 0, "the count")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
        let again = try await test.store.revokeInvitation(invitation.id, of: ada.id, context: test.context(2))
        try requireEqual(again.outcome, .refused(.notFound), "revoking again")
        _ = try await invitePerson("ada", 2, test)
    }

    private static func revocationOfUser(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let reset = try await test.issue(9, .passwordReset, for: ada)
        try requireEqual(try await invite(ada, 1, test), .done)
        let invitation = invitation(1, of: ada, as: .admin, test)
        let revoked = try await test.store.revokeInvitation(invitation.id, of: ada.id, context: test.context(1))

        try requireEqual(revoked.outcome, .done)
        try requireEqual(try await test.stored(ada), ada, "the user")
        try requireEqual(
            try await test.store.invitation(withID: invitation.id)?.invitation.state, .revoked, "its state")
        try requireEqual(try await test.store.oneTimeToken(issued(1, for: ada, test).token.key), nil, "its token")
        try require(try await test.store.oneTimeToken(reset.key) != nil, "a token of another purpose is gone")
        let again = try await test.store.revokeInvitation(invitation.id, of: ada.id, context: test.context(2))
        try requireEqual(again.outcome, .refused(.over), "revoking again")
        let bob = try await test.make("bob", 2)
        let foreign = try await test.store.revokeInvitation(invitation.id, of: bob.id, context: test.context(2))
        try requireEqual(foreign.outcome, .refused(.notFound), "that of another user")
    }

    private static func listing(_ test: StoreUnderTest) async throws {
        var made: [InvitationID] = []
        for number in 1...5 {
            let invited = try await invitePerson("user\(number)", number, at: Int64(number), test)
            made.insert(invited.invitation.id, at: 0)
        }
        let ada = try await test.make("ada", 9)
        try requireEqual(try await invite(ada, 9, test), .done)
        let last = invitation(9, of: ada, test).id
        _ = try await test.store.revokeInvitation(last, of: ada.id, context: test.context(6))

        func list(_ query: InvitationQuery) async throws -> [InvitationID] {
            try await test.store.invitations(matching: query).map(\.invitation.id)
        }
        try requireEqual(try await list(InvitationQuery()), [last] + made, "all of them")
        try requireEqual(try await list(InvitationQuery(limit: 2)), [last, made[0]], "the first page")
        try requireEqual(
            try await list(InvitationQuery(before: made[0], limit: 2)), [made[1], made[2]], "the second page")
        try requireEqual(try await list(InvitationQuery(openAt: test.context(6).now)), made, "the open ones")
        let end = test.context(3).now + Invitation.lifetime
        try requireEqual(try await list(InvitationQuery(openAt: end)), [made[0], made[1]], "those open later")
        try requireEqual(try await list(InvitationQuery(limit: 0)), [], "none of them")
    }

    private static func expiry(_ test: StoreUnderTest) async throws {
        let (ada, _, _) = try await invitePerson("ada", 1, test)
        let (bob, invitation, _) = try await invitePerson("bob", 2, test)
        _ = try await test.make("member", 3)
        _ = try await test.store.resendInvitation(
            invitation.id, issued(20, for: bob, at: 60, test), context: test.context(60))
        let week = Int64(7 * 86_400)

        func expired(at seconds: Int64, limit: Int = 10) async throws -> [UserID] {
            try await test.store.expiredInvitees(at: test.context(seconds).now, limit: limit).map(\.id)
        }
        try requireEqual(try await expired(at: week - 1), [], "before the end")
        try requireEqual(try await expired(at: week), [ada.id], "at the end of the first")
        try requireEqual(try await expired(at: week + 60), [ada.id, bob.id], "at the end of both")
        try requireEqual(try await expired(at: week + 60, limit: 1), [ada.id], "the oldest")

        let early = try await test.store.removeExpiredInvitee(bob.id, context: test.context(week))
        try requireEqual(early.outcome, false, "one that was sent again")
        let removed = try await test.store.removeExpiredInvitee(ada.id, context: test.context(week))
        try requireEqual(removed.outcome, true)
        try requireEqual(removed.changes, [.appended(.userDeleted(ada.id))], "the changes")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
        try requireEqual(try await test.audit().last?.action, .abandonedRegistrationRemoved, "the audit event")
        _ = try await test.store.perform(.setRole(.admin), on: bob.id, context: test.context(week))
        try requireEqual(try await expired(at: week + 60), [], "one who was promoted")
    }

    private static func purge(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try requireEqual(try await invite(ada, 1, test), .done)
        let end = invitation(1, of: ada, test).keptUntil
        for (instant, count) in [(end - .microseconds(1), 1), (end, 0)] {
            _ = try await test.store.purge(expiredAt: instant, endedBefore: StoreUnderTest.start, limit: 100)
            try requireEqual(try await test.store.invitations(matching: InvitationQuery()).count, count)
        }
    }
}
