// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Invitations")
struct InvitationTests {
    private static let password = "another fine password"

    private func accept(
        _ message: MailMessage, _ authority: TestAuthority, code: String? = nil, password: String? = Self.password,
        session: Principal? = nil
    ) async throws -> AcceptedInvitation {
        try await authority.service.invitations.accept(
            ActionProof(token: message.token, code: code), newPassword: try password.map { try Password($0) },
            session: session, from: client)
    }

    // ASVS 6.4.1
    @Test("a person invited while registration is closed sets a password and has the role")
    func newPerson() async throws {
        for policy in [RegistrationPolicy.invitation, .closed] {
            var settings = AuthSettings(issuer: "https://auth.example.test", requiresVerifiedEmail: true)
            settings.registration = policy
            let authority = try await TestAuthority(settings: settings)
            let chair = try await authority.verifiedAdministrator("chair")
            await #expect(throws: AuthError.registrationClosed) { try await authority.register("ada") }

            let invited = try await authority.service.invitations.invite(
                InvitationDraft(email: try authority.address("ada"), role: .admin, fullName: try FullName("Ada L")),
                by: .user(chair), from: client)
            #expect(invited.user.role == .user)
            #expect(!invited.user.isVerified)
            await #expect(throws: AuthError.invalidCredentials) {
                try await authority.attempt("ada@example.test", Self.password)
            }
            let message = try await authority.message(.invitation, to: "ada")
            #expect(message.validFor == .seconds(7 * 86_400))
            #expect(message.code?.validFor == .seconds(7 * 86_400))
            #expect(message.details["inviter"] == "chair")
            let accepted = try await accept(message, authority)

            #expect(accepted.user.role == .admin)
            #expect(accepted.user.isVerified && accepted.user.isBound)
            #expect(accepted.effect == .keep)
            _ = try await authority.attempt("ada@example.test", Self.password)
            await #expect(throws: AuthError.invalidOneTimeToken) { try await accept(message, authority) }
        }
    }

    @Test("an invitation grants no role that the inviter lacks, by role or by token")
    func authority() async throws {
        let authority = try await TestAuthority.quiet()
        let draft = InvitationDraft(email: try authority.address("ada"), role: .admin)
        for inviter in [
            try await authority.principal("user"),
            try await authority.principal("chair", role: .admin, scope: Scope(["me", "users"])),
        ] {
            await #expect(throws: AuthError.invitationRefused(.roleTooHigh)) {
                try await authority.service.invitations.invite(draft, by: .user(inviter), from: client)
            }
        }
        let unknown = InvitationDraft(email: try authority.address("ada"), role: "unknown")
        await #expect(throws: AuthError.self) {
            try await authority.service.invitations.invite(unknown, by: .commandLine, from: client)
        }
        #expect(try await authority.refusals(of: .invitationSent) == ["role_too_high", "role_too_high"])
    }

    @Test("an address that its former user may take back is neither invited nor given to a new user")
    func reservedAddress() async throws {
        let fixture = try await AddressChangeFixture()
        try await fixture.move(to: "lovelace")
        let authority = fixture.authority
        let address = try authority.address("ada")
        let draft = InvitationDraft(email: address)

        await #expect(throws: AuthError.identifierTaken(.email)) {
            try await authority.service.invitations.invite(draft, by: .commandLine, from: client)
        }
        #expect(try await authority.refusals(of: .invitationSent) == ["email_taken"])
        await #expect(throws: AuthError.identifierTaken(.email)) {
            try await fixture.users.create(
                UserDraft(username: nil, email: address, fullName: nil, password: nil), by: .commandLine, from: client)
        }
        // The same words as for a registration.
        await #expect(throws: AuthError.identifierTaken(.email)) {
            try await fixture.users.register(
                Registration(
                    username: nil, email: address, password: try Password(TestAuthority.password), fullName: nil),
                from: client)
        }
        #expect(try await fixture.users.count() == 1)

        authority.clock.advance(by: AddressChange.undoPeriod)
        let invited = try await authority.service.invitations.invite(draft, by: .commandLine, from: client)
        #expect(invited.user.email == address)
    }

    @Test("a list of domains holds for invitations, too")
    func domains() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.registration = .domains([try DomainName("example.com")])
        let authority = try await TestAuthority(settings: settings)
        await #expect(throws: AuthError.self) {
            try await authority.service.invitations.invite(
                InvitationDraft(email: try authority.address("ada")), by: .commandLine, from: client)
        }
        _ = try await authority.service.invitations.invite(
            InvitationDraft(email: try EmailAddress("ada@example.com")), by: .commandLine, from: client)
    }

    @Test("an inviter who was removed meanwhile leaves no administrators behind")
    func removedInviter() async throws {
        let authority = try await TestAuthority.quiet()
        let chair = try await authority.principal("chair", role: .admin)
        _ = try await authority.principal("other", role: .admin)
        _ = try await authority.service.invitations.invite(
            InvitationDraft(email: try authority.address("ada"), role: .admin), by: .user(chair), from: client)
        let message = try await authority.message(.invitation, to: "ada")
        _ = try await authority.service.users.perform(.delete, on: chair.user.id, by: .commandLine, from: client)

        #expect(try await accept(message, authority).user.role == .user)
    }

    @Test("a link sent again works beside the one of before, until one of them is used")
    func resending() async throws {
        let authority = try await TestAuthority.quiet()
        let invitations = authority.service.invitations
        let invited = try await invitations.invite(
            InvitationDraft(email: try authority.address("ada")), by: .commandLine, from: client)
        let first = try await authority.message(.invitation, to: "ada")
        await #expect(throws: AuthError.tooManyAttempts(retryAfter: .seconds(60))) {
            try await invitations.resend(invited.invitation.id, by: .commandLine, from: client)
        }
        authority.clock.advance(by: .seconds(60))
        let again = try await invitations.resend(invited.invitation.id, by: .commandLine, from: client)
        #expect(again.invitation.expiresAt == invited.invitation.expiresAt + .seconds(60))
        let second = try await authority.message(.invitation, to: "ada")
        #expect(second.token != first.token)

        _ = try await accept(first, authority)
        await #expect(throws: AuthError.invalidOneTimeToken) { try await accept(second, authority) }
        await #expect(throws: AuthError.invitationRefused(.over)) {
            try await invitations.resend(invited.invitation.id, by: .commandLine, from: client)
        }
    }

    @Test("a revoked invitation is void, and its address free")
    func revocation() async throws {
        let authority = try await TestAuthority.quiet()
        let invitations = authority.service.invitations
        let draft = InvitationDraft(email: try authority.address("ada"))
        let invited = try await invitations.invite(draft, by: .commandLine, from: client)
        await #expect(throws: AuthError.invitationRefused(.alreadyInvited)) {
            try await invitations.invite(draft, by: .commandLine, from: client)
        }
        let message = try await authority.message(.invitation, to: "ada")
        try await invitations.revoke(invited.invitation.id, by: .commandLine, from: client)

        await #expect(throws: AuthError.invalidOneTimeToken) { try await accept(message, authority) }
        #expect(try await invitations.list(matching: InvitationQuery()).isEmpty)
        try await authority.register("ada")
    }

    // ASVS 6.4.1
    @Test(
        "an expired invitation takes the user whom it made along, whatever the age of the registrations that are removed"
    )
    func expiry() async throws {
        let authority = try await TestAuthority.quiet()
        let invitations = authority.service.invitations
        _ = try await invitations.invite(
            InvitationDraft(email: try authority.address("ada")), by: .commandLine, from: client)
        let message = try await authority.message(.invitation, to: "ada")
        authority.clock.advance(by: .seconds(7 * 86_400))

        await #expect(throws: AuthError.invalidOneTimeToken) { try await accept(message, authority) }
        let age = Duration.seconds(365 * 86_400)
        let listed = try await authority.service.users.abandonedRegistrations(olderThan: age, limit: 10)
        #expect(listed.map(\.email) == [try authority.address("ada")])
        let removed = try await authority.service.users.removeAbandonedRegistrations(
            olderThan: age, limit: 10, by: .commandLine, from: client)
        #expect(removed == 1)
        #expect(try await authority.service.users.count() == 0)
    }

    @Test("a user without a password is mailed an invitation by the administrator who makes them")
    func administratorsUser() async throws {
        let authority = try await TestAuthority.quiet()
        let made = try await authority.service.users.create(
            UserDraft(
                username: try Username("ada"), email: try authority.address("ada"), fullName: nil, password: nil,
                role: .admin), by: .commandLine, from: client)
        #expect(made.role == .admin)
        let message = try await authority.message(.invitation, to: "ada")
        authority.clock.advance(by: .seconds(60))
        _ = try await accept(message, authority)
        _ = try await authority.attempt("ada", Self.password)
    }

    @Test("without mail there are no invitations, but for a command beside a daemon that sends them")
    func withoutMail() async throws {
        let authority = try await TestAuthority(hasMail: false)
        let draft = InvitationDraft(email: try authority.address("ada"))
        await #expect(throws: AuthError.mailUnavailable) {
            try await authority.service.invitations.invite(draft, by: .commandLine, from: client)
        }
        _ = try await authority.service.invitations.invite(
            draft, by: .commandLine, leavesMailToDaemon: true, from: client)
    }

    @Test("a user who has a password keeps it, and accepts with the link alone, or with the code of its page")
    func existingUser() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        _ = try await authority.service.passwords.requestReset(of: try authority.address("ada"), from: client)
        let reset = try await authority.message(.passwordReset, to: "ada")
        try await authority.service.passwords.confirmReset(
            ActionProof(token: reset.token), newPassword: try Password(TestAuthority.password), from: client)
        let invited = try await authority.service.invitations.invite(
            InvitationDraft(email: try authority.address("ada"), role: .admin), by: .commandLine, from: client)
        #expect(invited.user.role == .user)
        let message = try await authority.message(.invitation, to: "ada")
        let proof = ActionProof(token: message.token)
        #expect(try await authority.service.invitations.needsPassword(proof) == false)

        await #expect(throws: AuthError.self) { try await accept(message, authority) }
        await #expect(throws: AuthError.wrongCode(triesLeft: 4)) {
            try await accept(message, authority, code: "22222222", password: nil)
        }
        let accepted = try await accept(message, authority, code: message.code?.text.revealed, password: nil)
        #expect(accepted.user.role == .admin)
        #expect(accepted.effect == .keep)
        _ = try await authority.attempt("ada")
        await #expect(throws: AuthError.invitationRefused(.alreadyGranted)) {
            try await authority.service.invitations.invite(
                InvitationDraft(email: try authority.address("ada")), by: .commandLine, from: client)
        }
    }
}

extension TestAuthority {
    /// An administrator whose address is verified, signed in.
    func verifiedAdministrator(_ name: String) async throws -> Principal {
        _ = try await service.users.create(
            UserDraft(
                username: try Username(name), email: try address(name), fullName: nil,
                password: try Password(TestAuthority.password), role: .admin, isVerified: true),
            by: .commandLine, mustChangePassword: false, from: client)
        return try await service.access.authenticate(attempt(name).accessToken)
    }
}
