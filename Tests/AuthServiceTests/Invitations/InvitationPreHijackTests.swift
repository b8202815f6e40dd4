// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

/// The rows of invitations in the table of docs/passwords.md: what a proof of the mailbox does to what was there before it.
@Suite("Invitations and credentials of strangers")
struct InvitationPreHijackTests {
    private static let own = "the owner's password"
    private static let stranger = TestAuthority.password

    /// The ways in which the person who was invited can prove the mailbox.
    enum Way: String, CaseIterable, Sendable {
        case linkElsewhere, linkHere, code, reset, signInLink
    }

    /// Proves the mailbox of an address that was invited, in one of the ways.
    private func prove(_ way: Way, _ name: String, _ authority: TestAuthority) async throws -> BindingEffect? {
        let service = authority.service
        let address = try authority.address(name)
        switch way {
        case .linkElsewhere:
            let message = try await authority.message(.invitation, to: name)
            return try await service.invitations.accept(
                ActionProof(token: message.token), newPassword: try Password(Self.own), from: client
            ).effect
        case .code:
            let message = try await authority.message(.invitation, to: name)
            return try await service.invitations.accept(
                ActionProof(token: message.token, code: message.code?.text.revealed),
                newPassword: try Password(Self.own), from: client
            ).effect
        case .linkHere:
            // The browser of the person asks for a verification and opens its link.
            let handle = try await service.users.requestEmailVerification(of: address, from: client)
            let message = try await authority.message(.emailVerification, to: name)
            return try await service.users.confirmEmailVerification(
                ActionProof(token: message.token, handle: handle.revealed), from: client
            ).effect
        case .reset:
            _ = try await service.passwords.requestReset(of: address, from: client)
            let message = try await authority.message(.passwordReset, to: name)
            try await service.passwords.confirmReset(
                ActionProof(token: message.token), newPassword: try Password(Self.own), from: client)
            return nil
        case .signInLink:
            let handle = try await service.signIn.requestMail(to: address, from: client)
            let message = try await authority.message(.signIn, to: name)
            _ = try await service.signIn.withMail(
                ActionProof(token: message.token, handle: handle.revealed), from: client)
            return nil
        }
    }

    @Test("a new address that was invited has nothing that a stranger could have set", arguments: Way.allCases)
    func invited(_ way: Way) async throws {
        let authority = try await TestAuthority.withMailSignIn()
        _ = try await authority.service.invitations.invite(
            InvitationDraft(email: try authority.address("ada"), role: .admin), by: .commandLine, from: client)
        // A stranger neither registers the address nor signs in with it.
        await #expect(throws: AuthError.identifierTaken(.email)) { try await authority.register("ada") }
        await #expect(throws: AuthError.invalidCredentials) {
            try await authority.attempt("ada@example.test", Self.stranger)
        }

        let effect = try await prove(way, "ada", authority)
        #expect(effect == nil || effect == .keep)
        let ada = try await authority.service.users.user(
            identifiedBy: .email(try authority.address("ada")))
        #expect(ada.isVerified && ada.isBound)
        #expect(try await authority.refusals(of: .credentialsVoided).isEmpty)
        // Only accepting grants the role, and a proof of another kind leaves the invitation open.
        let isAccepted = way == .linkElsewhere || way == .code
        #expect(ada.role == (isAccepted ? .admin : .user))
        let open = try await authority.service.invitations.list(
            matching: InvitationQuery(openAt: authority.service.now))
        #expect(open.isEmpty == isAccepted)
    }

    @Test("after a reset the link of the invitation grants the role, and the password stays")
    func resetBeforeAccepting() async throws {
        let authority = try await TestAuthority.withMailSignIn()
        let invitations = authority.service.invitations
        _ = try await invitations.invite(
            InvitationDraft(email: try authority.address("ada"), role: .admin), by: .commandLine, from: client)
        let message = try await authority.message(.invitation, to: "ada")
        let proof = ActionProof(token: message.token)

        _ = try await prove(.reset, "ada", authority)

        #expect(try await invitations.needsPassword(proof) == false)
        let accepted = try await invitations.accept(proof, from: client)
        #expect(accepted.user.role == .admin && accepted.effect == .keep)
        _ = try await authority.attempt("ada@example.test", Self.own)
        let open = try await invitations.list(matching: InvitationQuery(openAt: authority.service.now))
        #expect(open.isEmpty)
    }

    @Test("accepting an invitation voids what a stranger had registered with the address")
    func registeredByStranger() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let stranger = try await authority.attempt("ada", Self.stranger)
        _ = try await authority.service.invitations.invite(
            InvitationDraft(email: try authority.address("ada"), role: .admin), by: .commandLine, from: client)

        let effect = try await prove(.linkElsewhere, "ada", authority)

        #expect(effect == .void)
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada", Self.stranger) }
        await #expect(throws: AuthError.self) {
            try await authority.service.access.authenticate(stranger.accessToken)
        }
        _ = try await authority.attempt("ada", Self.own)
        #expect(try await authority.stored("ada").role == .admin)
        _ = try await authority.message(.credentialsVoided, to: "ada")
    }

    @Test("a user who shows a live session when accepting keeps the password, which is bound then")
    func session() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let ada = try await authority.service.access.authenticate(authority.attempt("ada").accessToken)
        let other = try await authority.principal("bob")
        _ = try await authority.service.invitations.invite(
            InvitationDraft(email: try authority.address("ada"), role: .admin), by: .commandLine, from: client)
        let message = try await authority.message(.invitation, to: "ada")
        let proof = ActionProof(token: message.token)

        // The session of another user shows nothing.
        #expect(try await authority.service.invitations.needsPassword(proof, session: other) == true)
        #expect(try await authority.service.invitations.needsPassword(proof, session: ada) == false)
        await #expect(throws: AuthError.self) {
            try await authority.service.invitations.accept(proof, session: other, from: client)
        }
        let accepted = try await authority.service.invitations.accept(proof, session: ada, from: client)
        #expect(accepted.effect == .bind)
        #expect(accepted.user.isBound && accepted.user.role == .admin)
        _ = try await authority.attempt("ada")
    }
}
