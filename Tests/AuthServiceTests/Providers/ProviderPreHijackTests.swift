// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

/// The rows of providers in the table of docs/passwords.md: what a sign-in by a provider that proves the address does to what was
/// there before it.
@Suite("Providers and credentials of strangers")
struct ProviderPreHijackTests {
    private static let stranger = TestAuthority.password

    /// How a user came to have Ada's address, with a password, a session and an identity of another person.
    enum Origin: String, CaseIterable, Sendable {
        case registered, madeByAdministrator, changedElsewhere, provenElsewhere
        case proven, changedHere

        /// Whether what was there is Ada's: it was shown with a proof of her mailbox.
        var isBound: Bool {
            switch self {
            case .registered, .madeByAdministrator, .changedElsewhere, .provenElsewhere: false
            case .proven, .changedHere: true
            }
        }
    }

    /// A service with a provider that is trusted for the addresses of `example.test`.
    private struct Fixture {
        let authority: TestAuthority
        let provider: MockProviderTransport

        var service: AuthService { authority.service }

        init(registration: RegistrationPolicy = .open) async throws {
            let clock = ManualClock()
            let provider = try MockProviderTransport(clock: clock)
            var settings = AuthSettings(issuer: "https://auth.example.test", verifiesOnRegistration: false)
            settings.registration = registration
            settings.signsInByMail = true
            self.provider = provider
            authority = try await TestAuthority(settings: settings, clock: clock) { configuration in
                configuration.providers = [provider.configured]
                configuration.providerTransport = provider
            }
        }

        /// Signs a person in by an id token.
        func arrive(
            _ subject: String = "ada", email: String? = "ada@example.test", isVerified: Bool = true
        ) async throws -> TokenPair {
            let nonce = try service.providers.nonce(for: provider.name).text
            let person = MockProviderTransport.Person(subject, email: email, isVerified: isVerified)
            let token = try provider.idToken(nonce: nonce, as: person)
            let outcome = try await service.providers.signIn(
                provider.name, idToken: token, nonce: nonce, from: client)
            return try #require(outcome.tokens)
        }

        func userID(of pair: TokenPair) async throws -> UserID {
            try await service.access.authenticate(pair.accessToken).user.id
        }

        /// Links an identity of another person in a session.
        func link(_ subject: String, in session: TokenPair) async throws {
            let principal = try await service.access.authenticate(session.accessToken)
            let now = authority.clock.now
            let identity = Identity(
                id: IdentityID(UUIDv7(at: now, random: Array(subject.utf8))), userID: principal.user.id,
                provider: provider.name,
                subject: try #require(ProviderSubject(issuer: provider.issuer, subject: subject)),
                email: try EmailAddress("stranger@elsewhere.test"), emailIsVerified: true, isBound: false,
                createdAt: now, lastUsedAt: now)
            let outcome = try await authority.store.link(
                identity, session: principal.sessionID, context: OperationContext(now: now)
            ).outcome
            guard case .linked = outcome else { throw AuthError.internalFailure }
        }

        /// Has the user of a session prove the present address where it asks for it, or in another browser.
        func prove(_ name: String, in session: TokenPair, isHere: Bool) async throws {
            let principal = try await service.access.authenticate(session.accessToken)
            guard
                case .sent(let handle, _) = try await service.users.requestEmailVerification(
                    for: principal, from: client)
            else { throw AuthError.internalFailure }
            let token = try #require(try await authority.message(.emailVerification, to: name).token)
            _ = try await service.users.confirmEmailVerification(
                ActionProof(token: token, handle: isHere ? handle.revealed : nil), from: client)
        }

        /// A user who has Ada's address, and a session.
        func make(_ origin: Origin) async throws -> TokenPair {
            switch origin {
            case .registered, .provenElsewhere, .proven:
                try await authority.register("ada")
                let session = try await authority.attempt("ada", ProviderPreHijackTests.stranger)
                if origin != .registered { try await prove("ada", in: session, isHere: origin == .proven) }
                return session
            case .madeByAdministrator:
                return try await authority.signIn(as: "ada")
            case .changedElsewhere, .changedHere:
                try await authority.register("mallory")
                let session = try await authority.attempt("mallory", ProviderPreHijackTests.stranger)
                try await prove("mallory", in: session, isHere: true)
                let principal = try await service.access.authenticate(session.accessToken)
                let update = try await service.users.updateProfile(
                    of: principal, by: ProfileChange(email: try authority.address("ada")),
                    confirmedBy: try Password(ProviderPreHijackTests.stranger), from: client)
                let token = try #require(try await authority.message(.addressChange, to: "ada").token)
                try await service.users.confirmAddressChange(
                    ActionProof(token: token, handle: origin == .changedHere ? update.flow?.revealed : nil),
                    from: client)
                return session
            }
        }
    }

    @Test("a provider that proves the address voids what was not bound, and links", arguments: Origin.allCases)
    func matrix(_ origin: Origin) async throws {
        let fixture = try await Fixture()
        let service = fixture.service
        let store = fixture.authority.store
        let session = try await fixture.make(origin)
        let id = try await fixture.userID(of: session)
        try await fixture.link("of another person", in: session)
        #expect(try await service.users.user(withID: id).isBound == origin.isBound)

        let arrived = try await fixture.arrive()

        #expect(try await fixture.userID(of: arrived) == id)
        let user = try await service.users.user(withID: id)
        #expect(user.isVerified && user.isBound && user.email?.canonical == "ada@example.test")
        let subjects = Set(try await store.identities(of: id).map(\.subject.subject))
        if origin.isBound {
            #expect(subjects == ["of another person", "ada"])
            _ = try await service.access.authenticate(session.accessToken)
            _ = try await fixture.authority.attempt("ada@example.test", Self.stranger)
        } else {
            #expect(subjects == ["ada"])
            await #expect(throws: AuthError.tokenRevoked) {
                try await service.access.authenticate(session.accessToken)
            }
            await #expect(throws: AuthError.self) {
                try await service.sessions.refresh(session.refreshToken, from: client)
            }
            await #expect(throws: AuthError.invalidCredentials) {
                try await fixture.authority.attempt("ada@example.test", Self.stranger)
            }
            // The identity of the other person leads to no user but one of its own.
            let other = try await fixture.arrive("of another person", email: "stranger@elsewhere.test")
            #expect(try await fixture.userID(of: other) != id)
        }
        let voided = try await fixture.authority.refusals(of: .credentialsVoided)
        #expect(voided == (origin.isBound ? [] : [nil]))
        _ = try await fixture.authority.message(.identityLinked, to: "ada")
        let messages = fixture.authority.mailer.messages(to: try fixture.authority.address("ada"))
        #expect(messages.contains(.credentialsVoided) != origin.isBound)
    }

    @Test("a new address that was invited has nothing that a stranger could have set, and the invitation stays open")
    func invited() async throws {
        let fixture = try await Fixture(registration: .invitation)
        let service = fixture.service
        _ = try await service.invitations.invite(
            InvitationDraft(email: try fixture.authority.address("ada"), role: .admin), by: .commandLine, from: client)

        let arrived = try await fixture.arrive()

        let ada = try await service.users.user(identifiedBy: .email(try fixture.authority.address("ada")))
        #expect(try await fixture.userID(of: arrived) == ada.id)
        #expect(ada.isVerified && ada.isBound && ada.role == .user)
        #expect(try await fixture.authority.refusals(of: .credentialsVoided).isEmpty)
        let open = try await service.invitations.list(matching: InvitationQuery(openAt: service.now))
        #expect(open.count == 1)
    }

    @Test("an address that the provider does not prove leads to no user who has it", arguments: Origin.allCases)
    func unproven(_ origin: Origin) async throws {
        let fixture = try await Fixture()
        let session = try await fixture.make(origin)
        let id = try await fixture.userID(of: session)

        await #expect(throws: AuthError.providerRefused(.signInToLink)) {
            try await fixture.arrive(isVerified: false)
        }

        #expect(try await fixture.authority.store.identities(of: id).isEmpty)
        _ = try await fixture.service.access.authenticate(session.accessToken)
        _ = try await fixture.authority.attempt("ada@example.test", Self.stranger)
    }

    @Test("an identity that a stranger has linked before a reset does not outlive it")
    func reset() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.make(.registered)
        let id = try await fixture.userID(of: session)
        try await fixture.link("of another person", in: session)

        _ = try await fixture.service.passwords.requestReset(
            of: try fixture.authority.address("ada"), from: client)
        let token = try #require(try await fixture.authority.message(.passwordReset, to: "ada").token)
        try await fixture.service.passwords.confirmReset(
            ActionProof(token: token), newPassword: try Password("the owner's password"), from: client)

        #expect(try await fixture.authority.store.identities(of: id).isEmpty)
        let other = try await fixture.arrive("of another person", email: "stranger@elsewhere.test")
        #expect(try await fixture.userID(of: other) != id)
    }

    @Test("who undoes a change of address is rid of the identities that were linked since")
    func undo() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.make(.changedHere)
        let id = try await fixture.userID(of: session)
        try await fixture.link("of another person", in: session)
        let message = try await fixture.authority.message(.addressUndo, to: "mallory")

        try await fixture.service.users.undoAddressChange(
            ActionProof(token: try #require(message.token), code: try #require(message.typedCode)), from: client)

        #expect(try await fixture.authority.store.identities(of: id).isEmpty)
        let other = try await fixture.arrive("of another person", email: nil)
        #expect(try await fixture.userID(of: other) != id)
    }
}
