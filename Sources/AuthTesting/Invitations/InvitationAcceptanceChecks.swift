// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// I5 to I7: accepting invitations.
enum InvitationAcceptanceChecks {
    static let all: [StoreCheck] = [
        StoreCheck("I5", "of concurrent acceptances by two links of one invitation, one is accepted", on: atOnce),
        StoreCheck("I5", "an invitation is either accepted or revoked", on: againstRevocation),
        StoreCheck(
            "I5", "an invitation grants what its inviter may still grant, and otherwise no more than user", on: inviters
        ),
        StoreCheck(
            "I5", "an inviter who is demoted at the same time grants the role before or not at all", on: demotion),
        StoreCheck("I6", "accepting sets the password, verifies the address and grants the role", on: acceptance),
        StoreCheck("I6", "accepting voids unbound credentials unless one of them is shown", on: unbound),
        StoreCheck("I6", "a bound password stays", on: bound),
        StoreCheck(
            "T3", "a new password leaves the link of an invitation, which then grants the role alone", on: newPassword),
        StoreCheck("T7", "voiding the credentials ends the link of an invitation", on: voided),
        StoreCheck("I7", "what is refused changes nothing but the count of wrong codes", on: refusals),
    ]

    private static func accept(
        _ issued: MailedToken, code: UInt8? = nil, hash: String? = "chosen", showing: CredentialGeneration? = nil,
        at seconds: Int64 = 1, _ test: StoreUnderTest
    ) async throws -> Committed<InvitationAcceptanceOutcome> {
        let key = issued.token.key
        let proof =
            code.map { MailboxProof.linkAndCode(key, [[UInt8](repeating: $0, count: 32)]) } ?? .link(key)
        return try await test.store.acceptInvitation(
            InvitationProof(
                proof, newHash: hash.map { StoreUnderTest.hash($0) }, showing: showing, policy: AccessPolicy()),
            context: test.context(seconds))
    }

    private static func isAccepted(_ outcome: InvitationAcceptanceOutcome) -> Bool {
        if case .accepted = outcome { true } else { false }
    }

    private static func acceptance(_ test: StoreUnderTest) async throws {
        let (ada, invitation, issued) = try await InvitationChecks.invitePerson("ada", 1, as: .admin, test)
        let outcome = try await accept(issued, test)

        guard case .accepted(let user, .keep) = outcome.outcome else {
            throw ConformanceFailure(message: "it came to \(outcome.outcome)", location: #fileID)
        }
        try requireEqual(try await test.stored(ada), user, "the user")
        try requireEqual(user.role, .admin, "the role")
        try requireEqual(user.emailVerifiedAt, test.context(1).now, "when the address was verified")
        try require(user.isBound, "the password is not bound")
        try requireEqual(user.epoch, test.epoch(1), "the epoch")
        try requireEqual(user.credentialGeneration, ada.credentialGeneration.next(at: test.context(1).now))
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash("chosen"), "the password")
        try requireEqual(
            try await test.store.invitation(withID: invitation.id)?.invitation.state, .accepted, "its state")
        try requireEqual(try await test.store.oneTimeToken(issued.token.key), nil, "the token")
        try require(try await test.store.mailedFlow(of: issued.token.key)?.endedAt != nil, "the flow goes on")
        let events = try await test.audit().suffix(2)
        try requireEqual(events.map(\.action), [.invitationAccepted, .roleChanged], "the audit events")
        try requireEqual(try await accept(issued, at: 2, test).outcome, .refused(.unknown, triesLeft: nil), "again")
    }

    private static func atOnce(_ test: StoreUnderTest) async throws {
        for round in 0..<6 {
            let number = 1 + round * 2
            let (user, invitation, first) = try await InvitationChecks.invitePerson("user\(round)", number, test)
            let second = InvitationChecks.issued(UInt8(number + 1), for: user, at: 60, test)
            _ = try await test.store.resendInvitation(invitation.id, second, context: test.context(60))
            let outcomes = try await concurrently(4) { number in
                try await accept(number.isMultiple(of: 2) ? first : second, hash: "hash\(number)", at: 61, test).outcome
            }
            try requireEqual(outcomes.count { isAccepted($0) }, 1, "how many were accepted in round \(round)")
        }
    }

    private static func againstRevocation(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let (user, invitation, issued) = try await InvitationChecks.invitePerson("user\(round)", round + 1, test)
            let (accepted, revoked) = try await both(
                { try await accept(issued, test).outcome },
                {
                    try await test.store.revokeInvitation(invitation.id, of: user.id, context: test.context(1)).outcome
                })
            try requireEqual(revoked == .done, !isAccepted(accepted), "which of both was done in round \(round)")
            try requireEqual(
                try await test.store.user(withID: user.id) != nil, isAccepted(accepted), "whether the user is there")
            try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
        }
    }

    private static func inviters(_ test: StoreUnderTest) async throws {
        _ = try await test.make("chair", 1, role: .admin)
        let changes: [(String, AdministrativeAction?, Role)] = [
            ("unchanged", nil, .admin), ("demoted", .setRole(.user), .user), ("disabled", .setActive(false), .user),
            ("deleted", .delete, .user),
        ]
        for (number, (name, action, role)) in changes.enumerated() {
            let inviter = try await test.make(name, 10 + number, role: .admin)
            let (user, _, issued) = try await InvitationChecks.invitePerson(
                "of-\(name)", 20 + number, as: .admin, by: inviter.id, test)
            if let action { _ = try await test.store.perform(action, on: inviter.id, context: test.context(1)) }
            try require(isAccepted(try await accept(issued, at: 2, test).outcome), "that of \(name) was not accepted")
            try requireEqual(try await test.stored(user).role, role, "the role by an inviter who is \(name)")
        }
    }

    private static func demotion(_ test: StoreUnderTest) async throws {
        _ = try await test.make("chair", 1, role: .admin)
        for round in 0..<6 {
            let inviter = try await test.make("inviter\(round)", 10 + round, role: .admin)
            let (user, _, issued) = try await InvitationChecks.invitePerson(
                "user\(round)", 30 + round, as: .admin, by: inviter.id, test)
            let (_, accepted) = try await both(
                {
                    try await test.store.perform(.setRole(.user), on: inviter.id, context: test.context(1)).outcome
                },
                { try await accept(issued, test).outcome })
            try require(isAccepted(accepted), "it was not accepted in round \(round)")
            let feed = try await test.feed()
            let demoted = try requireValue(feed.firstIndex(of: .userChanged(inviter.id)), "the demotion")
            let granted = try requireValue(feed.firstIndex(of: .userChanged(user.id)), "the acceptance")
            try requireEqual(
                try await test.stored(user).role == .admin, granted < demoted, "whether the role is granted")
        }
    }

    private static func unbound(_ test: StoreUnderTest) async throws {
        for (number, isShown) in [false, true].enumerated() {
            let ada = try await test.make("ada\(number)", number + 1)
            let session = try await test.open(number, of: ada)
            let issued = InvitationChecks.issued(UInt8(number + 1), for: ada, test)
            let made = try await test.store.invite(
                InvitationChecks.invitation(number + 1, of: ada, as: .admin, test), issued, under: AccessPolicy(),
                context: test.context())
            try requireEqual(made, .done)
            let showing = isShown ? ada.credentialGeneration : nil
            let without = try await accept(issued, hash: nil, showing: showing, test).outcome
            if isShown {
                try require(isAccepted(without), "with the session it came to \(without)")
            } else {
                try requireEqual(without, .passwordNeeded, "without a password")
                guard case .accepted(_, .void) = try await accept(issued, test).outcome else {
                    throw ConformanceFailure(message: "the credentials were not voided", location: #fileID)
                }
            }
            try requireEqual(
                try await test.store.credential(of: ada.id)?.passwordHash,
                StoreUnderTest.hash(isShown ? "first" : "chosen"), "the password")
            try requireEqual(
                try await test.liveSessions(of: ada, at: 1), isShown ? [session.id] : [], "the sessions")
            let stored = try await test.stored(ada)
            try require(stored.isBound && stored.isVerified && stored.role == .admin, "the user is \(stored)")
            let voided = try await test.audit().count { $0.action == .credentialsVoided && $0.target == ada.id }
            try requireEqual(voided, isShown ? 0 : 1, "how often the audit log says that they were voided")
        }
    }

    private static func bound(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let reset = try await test.issue(9, .passwordReset, for: ada)
        _ = try await test.store.redeemPasswordReset(
            .link(reset.key), newHash: StoreUnderTest.hash("own"), context: test.context(1))
        let issued = InvitationChecks.issued(1, for: ada, at: 2, test)
        _ = try await test.store.invite(
            InvitationChecks.invitation(1, of: ada, as: .admin, at: 2, test), issued, under: AccessPolicy(),
            context: test.context(2))
        let link = try await test.send(30, .magicLink, to: ada, at: 2)
        try requireEqual(try await accept(issued, at: 3, test).outcome, .passwordStays, "with a new password")
        try require(try await test.store.oneTimeToken(link) != nil, "a link of Supabase's API is void too early")
        guard case .accepted(_, .keep) = try await accept(issued, hash: nil, at: 4, test).outcome else {
            throw ConformanceFailure(message: "it was not accepted without one", location: #fileID)
        }
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash("own"), "the password")
        try requireEqual(try await test.stored(ada).role, .admin, "the role")
        try requireEqual(try await test.store.oneTimeToken(link), nil, "a link of Supabase's API of before")
    }

    /// Invites a user who exists.
    private static func inviteUser(
        _ name: String, _ number: Int, _ test: StoreUnderTest
    ) async throws -> (user: User, issued: MailedToken) {
        let user = try await test.make(name, number)
        let issued = InvitationChecks.issued(UInt8(number), for: user, test)
        let outcome = try await test.store.invite(
            InvitationChecks.invitation(number, of: user, as: .admin, test), issued, under: AccessPolicy(),
            context: test.context())
        try requireEqual(outcome, .done, "inviting \(name)")
        return (user, issued)
    }

    private static func newPassword(_ test: StoreUnderTest) async throws {
        let (ada, adas) = try await inviteUser("ada", 1, test)
        let (bob, bobs) = try await inviteUser("bob", 2, test)
        let reset = try await test.issue(20, .passwordReset, for: ada)
        let other = try await test.issue(21, .signIn, for: bob)
        _ = try await test.store.redeemPasswordReset(
            .link(reset.key), newHash: StoreUnderTest.hash("own"), context: test.context(1))
        try await test.replacePassword(of: bob, by: "own", at: 1)
        try requireEqual(try await test.store.oneTimeToken(other.key), nil, "a token of another purpose")
        for issued in [adas, bobs] {
            try requireEqual(try await test.store.oneTimeToken(issued.token.key), issued.token, "the token")
            try requireEqual(try await test.store.mailedFlow(of: issued.token.key), issued.flow, "its flow")
        }

        try requireEqual(try await accept(adas, at: 2, test).outcome, .passwordStays, "with another password")
        guard case .accepted(let user, .keep) = try await accept(adas, hash: nil, at: 3, test).outcome else {
            throw ConformanceFailure(message: "it was not accepted by its link", location: #fileID)
        }
        try requireEqual(user.role, .admin, "the role")
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash("own"), "the password")
        try requireEqual(try await test.store.oneTimeToken(adas.token.key), nil, "the token that was used")
    }

    private static func voided(_ test: StoreUnderTest) async throws {
        let (ada, issued) = try await inviteUser("ada", 1, test)
        let flow = try await test.begin(20, .unlock, for: ada)
        let outcome = try await RedemptionChecks.redeem(
            .linkHere(try requireValue(flow.token), flow.id), .unlock, of: ada, test)
        guard case .accepted(_, .void) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        try requireEqual(try await test.store.oneTimeToken(issued.token.key), nil, "the token")
        try requireEqual(try await accept(issued, at: 2, test).outcome, .refused(.unknown, triesLeft: nil), "accepting")
        // So does accepting itself, where it voids them.
        let (_, bobs) = try await inviteUser("bob", 2, test)
        guard case .accepted(_, .void) = try await accept(bobs, at: 2, test).outcome else {
            throw ConformanceFailure(message: "the credentials were not voided", location: #fileID)
        }
        try requireEqual(try await test.store.oneTimeToken(bobs.token.key), nil, "the token that was used")
    }

    private static func refusals(_ test: StoreUnderTest) async throws {
        let (ada, invitation, issued) = try await InvitationChecks.invitePerson("ada", 1, test)
        for left in [4, 3, 2, 1, 0] as [Int64] {
            let outcome = try await accept(issued, code: 99, test).outcome
            try requireEqual(outcome, .refused(.wrongCode, triesLeft: left), "a wrong code")
        }
        try requireEqual(
            try await accept(issued, code: 1, test).outcome, .refused(.wrongCode, triesLeft: nil),
            "the right one after five wrong ones")
        try requireEqual(try await accept(issued, hash: nil, test).outcome, .passwordNeeded, "without a password")
        let week = Int64(7 * 86_400)
        try requireEqual(
            try await accept(issued, at: week, test).outcome, .refused(.unknown, triesLeft: nil), "at its end")
        try requireEqual(try await test.stored(ada), ada, "the user")
        try requireEqual(
            try await test.store.invitation(withID: invitation.id)?.invitation, invitation, "the invitation")
        let unknown = InvitationChecks.issued(77, for: ada, test)
        try requireEqual(
            try await accept(unknown, test).outcome, .refused(.unknown, triesLeft: nil), "an unknown token")
        try require(isAccepted(try await accept(issued, at: week - 1, test).outcome), "the link was void")
    }
}
