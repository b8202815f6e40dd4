// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

/// What becomes of credentials when the address changes, and what the owner of the new mailbox does to them afterwards:
/// an attacker must not keep a password by giving its user the address of a victim.
@Suite("Change of address and the credentials")
struct AddressChangeBindingTests {
    private typealias Fixture = AddressChangeFixture

    private static let newPassword = "another fine password"

    /// How the new address is confirmed.
    enum Confirmation: String, CaseIterable {
        case linkHere, code, linkElsewhere, linkAndCodeElsewhere, linkInLiveSession

        /// Whether the credentials are bound to the new address.
        var binds: Bool {
            switch self {
            case .linkHere, .code, .linkInLiveSession: true
            case .linkElsewhere, .linkAndCodeElsewhere: false
            }
        }
    }

    /// Ada's address after she has confirmed `lovelace`, and a session that is older than that.
    private func confirmed(_ confirmation: Confirmation) async throws -> (Fixture, TokenPair) {
        let fixture = try await Fixture()
        let session = try await fixture.authority.attempt("ada")
        let asked = try await fixture.ask(for: "lovelace")
        switch confirmation {
        case .linkHere:
            try await fixture.users.confirmAddressChange(asked.here, from: client)
        case .code:
            try await fixture.users.confirmAddressChange(
                ActionProof(handle: asked.handle, code: asked.code), from: client)
        case .linkElsewhere:
            try await fixture.users.confirmAddressChange(asked.elsewhere, from: client)
        case .linkAndCodeElsewhere:
            try await fixture.users.confirmAddressChange(
                ActionProof(token: asked.token, code: asked.code), from: client)
        case .linkInLiveSession:
            try await fixture.users.confirmAddressChange(
                asked.elsewhere, session: try await fixture.principal(), from: client)
        }
        return (fixture, session)
    }

    private func isAlive(_ session: TokenPair, _ fixture: Fixture) async -> Bool {
        (try? await fixture.authority.service.sessions.refresh(session.refreshToken, from: client)) != nil
    }

    @Test(
        "password and sessions stay, and are bound where the client that asked, or a live session, confirms",
        arguments: Confirmation.allCases)
    func itself(_ confirmation: Confirmation) async throws {
        let (fixture, session) = try await confirmed(confirmation)
        let user = try await fixture.stored()

        #expect(user.email?.canonical == "lovelace@example.test" && user.isVerified)
        #expect(user.isBound == confirmation.binds)
        _ = try await fixture.authority.attempt("lovelace@example.test")
        #expect(await isAlive(session, fixture))
    }

    @Test(
        "a sign-in link to the new mailbox voids what was confirmed elsewhere, and keeps what was confirmed here",
        arguments: Confirmation.allCases)
    func signInLink(_ confirmation: Confirmation) async throws {
        let (fixture, session) = try await confirmed(confirmation)
        _ = try await fixture.authority.service.signIn.requestMail(
            to: try fixture.authority.address("lovelace"), from: client)
        let message = try await fixture.authority.message(.signIn, to: "lovelace")

        let outcome = try await fixture.authority.service.signIn.withMail(
            ActionProof(token: message.token, code: message.typedCode), from: client)

        #expect(try #require(outcome.tokens).user.isBound)
        let signsIn = (try? await fixture.authority.attempt("ada")) != nil
        #expect(signsIn == confirmation.binds)
        #expect(await isAlive(session, fixture) == confirmation.binds)
        await fixture.authority.service.completeDeferredWork()
        let notices = fixture.authority.mailer.messages(to: try fixture.authority.address("lovelace"))
        #expect(notices.contains { $0.template == .credentialsVoided } == !confirmation.binds)
    }

    @Test(
        "a reset by the new mailbox replaces the password, ends every session and binds what it sets",
        arguments: Confirmation.allCases)
    func reset(_ confirmation: Confirmation) async throws {
        let (fixture, session) = try await confirmed(confirmation)

        try await fixture.reset(by: "lovelace", to: Self.newPassword)

        #expect(try await fixture.stored().isBound)
        _ = try await fixture.authority.attempt("ada", Self.newPassword)
        await #expect(throws: AuthError.invalidCredentials) { try await fixture.authority.attempt("ada") }
        #expect(await !isAlive(session, fixture))
    }

    @Test("what was confirmed elsewhere is bound later by a code that is asked for in a live session")
    func boundLater() async throws {
        let (fixture, _) = try await confirmed(.linkElsewhere)
        guard
            case .sent(let handle, _) = try await fixture.users.requestEmailVerification(
                for: try await fixture.principal(), from: client)
        else {
            Issue.record("nothing was sent")
            return
        }
        let code = try #require(try await fixture.authority.message(.emailVerification, to: "lovelace").typedCode)

        let proven = try await fixture.users.confirmEmailVerification(
            ActionProof(handle: handle.revealed, code: code), from: client)

        #expect(proven.effect == .bind)
        _ = try await fixture.authority.attempt("ada")
    }

    @Test(
        "an undo by the former mailbox keeps the password that was bound to it, however the change was confirmed",
        arguments: Confirmation.allCases)
    func undo(_ confirmation: Confirmation) async throws {
        let (fixture, session) = try await confirmed(confirmation)

        let user = try await fixture.users.undoAddressChange(try await fixture.undo(mailedTo: "ada"), from: client)

        #expect(user.isBound && user.email?.canonical == "ada@example.test")
        _ = try await fixture.authority.attempt("ada")
        #expect(await !isAlive(session, fixture))
    }

    @Test("an undo removes a password that was never bound to the former address")
    func undoOfUnbound() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let mallory = try await authority.service.access.authenticate(authority.attempt("ada").accessToken)
        let update = try await authority.service.users.updateProfile(
            of: mallory, by: ProfileChange(email: try authority.address("mallory")),
            confirmedBy: try Password(TestAuthority.password), from: client)
        let code = try await authority.message(.addressChange, to: "mallory").typedCode
        try await authority.service.users.confirmAddressChange(
            ActionProof(handle: update.flow?.revealed, code: code), from: client)
        let message = try await authority.message(.addressUndo, to: "ada")

        let user = try await authority.service.users.undoAddressChange(
            ActionProof(token: message.token, code: message.typedCode), from: client)

        #expect(user.email?.canonical == "ada@example.test" && user.isVerified)
        await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada") }
    }
}
