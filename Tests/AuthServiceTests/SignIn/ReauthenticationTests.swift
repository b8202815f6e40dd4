// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthTesting
import Testing

@testable import AuthService

@Suite("Re-authentication") struct ReauthenticationTests {
    /// A kind of user, and what such a user can prove.
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case password = "password, address not verified"
        case both = "password, verified address"
        case mailOnly = "no password, verified address"
        case neither = "no password, address not verified"
        case withoutAddress = "no password, no address"
        var testDescription: String { rawValue }

        var hasPassword: Bool { self == .password || self == .both }
        var isVerified: Bool { self == .both || self == .mailOnly }
        var methods: [ReauthenticationMethod] { (hasPassword ? [.password] : []) + (isVerified ? [.mail] : []) }
    }

    @Test(
        "each kind of user is offered what they have, and everything else is refused with a reason",
        arguments: Kind.allCases)
    func table(_ kind: Kind) async throws {
        let authority = try await TestAuthority.quiet()
        let principal = try await makePrincipal(kind, authority)
        let signIn = authority.service.signIn

        #expect(try await signIn.reauthenticationMethods(of: principal) == kind.methods)
        if kind.isVerified {
            _ = try await signIn.requestReauthentication(of: principal, from: client)
        } else {
            await #expect(throws: AuthError.reauthenticationUnavailable(kind.methods)) {
                try await signIn.requestReauthentication(of: principal, from: client)
            }
        }
        let password = ReauthenticationAnswer.password(try Password(TestAuthority.password))
        if kind.hasPassword {
            _ = try await signIn.reauthenticate(principal, with: password, from: client)
        } else {
            await #expect(throws: AuthError.reauthenticationUnavailable(kind.methods)) {
                try await signIn.reauthenticate(principal, with: password, from: client)
            }
        }
    }

    // ASVS 7.5.1
    @Test("no kind of user changes the address or sets a first password with an old sign-in", arguments: Kind.allCases)
    func sensitiveActions(_ kind: Kind) async throws {
        for isLimited in [true, false] {
            var settings = AuthSettings(issuer: "https://auth.example.test", verifiesOnRegistration: false)
            if !isLimited { settings.recentSignIn = nil }
            let authority = try await TestAuthority(settings: settings)
            let principal = try await makePrincipal(kind, authority)
            authority.clock.advance(by: .seconds(15 * 60))
            let change = ProfileChange(email: try EmailAddress("lovelace@example.test"))

            await #expect(throws: AuthError.reauthenticationRequired) {
                try await authority.service.users.updateProfile(of: principal, by: change, from: client)
            }
            await #expect(throws: AuthError.reauthenticationRequired) {
                try await authority.service.passwords.set(
                    for: principal, to: try Password("a new way to sign in"), by: client)
            }
            #expect(
                try await authority.service.users.user(withID: principal.user.id).email?.canonical
                    == principal.user.email?.canonical)
        }
    }

    @Test("the password renews the time of the proof in the same session, with the same refresh token")
    func password() async throws {
        let authority = try await TestAuthority.quiet()
        let pair = try await authority.signIn(as: "ada")
        let principal = try await authority.service.access.authenticate(pair.accessToken)
        authority.clock.advance(by: .seconds(20 * 60))
        #expect(throws: AuthError.reauthenticationRequired) {
            try authority.service.access.requireRecentProof(of: principal)
        }

        let renewed = try await authority.service.signIn.reauthenticate(
            principal, with: .password(try Password(TestAuthority.password)), from: client)

        let proven = try await authority.service.access.authenticate(renewed.accessToken)
        try authority.service.access.requireRecentProof(of: proven)
        #expect(proven.sessionID == principal.sessionID && renewed.refreshToken == pair.refreshToken)
        #expect(proven.claims.authenticatedAtSeconds == authority.clock.now.seconds)
        #expect(proven.claims.authenticationMethods == ["pwd"])
        // The former token says what it said, and a refresh what the session has.
        let former = try await authority.service.access.authenticate(pair.accessToken)
        #expect(former.claims.authenticatedAtSeconds == principal.claims.authenticatedAtSeconds)
        let next = try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        let refreshed = try await authority.service.access.authenticate(next.accessToken)
        #expect(refreshed.claims.authenticatedAtSeconds == proven.claims.authenticatedAtSeconds)
    }

    @Test("wrong passwords are counted, audited, and slow down like those of a sign-in")
    func wrongPasswords() async throws {
        let authority = try await TestAuthority.quiet()
        let principal = try await authority.principal("ada")
        for _ in 0..<11 {
            await #expect(throws: AuthError.wrongCurrentPassword) {
                try await authority.service.signIn.reauthenticate(
                    principal, with: .password(try Password("not the current one")), from: client)
            }
        }
        await #expect(throws: AuthError.wrongCurrentPassword) {
            try await authority.service.signIn.reauthenticate(
                principal, with: .password(try Password(TestAuthority.password)), from: client)
        }
        let refusals = try await authority.refusals(of: .reauthenticated)
        #expect(Set(refusals) == ["wrong_password", "throttled"] && refusals.count == 12)
    }

    @Test("a mailed code counts once, with its handle, in the session of its user alone")
    func mailedCode() async throws {
        let authority = try await TestAuthority.quiet()
        let principal = try await makePrincipal(.mailOnly, authority)
        let stranger = try await makePrincipal(.mailOnly, authority, name: "bob")
        authority.clock.advance(by: .seconds(20 * 60))
        let (handle, code) = try await requestCode(principal, authority)
        let signIn = authority.service.signIn

        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await signIn.reauthenticate(
                stranger, with: .mail(ActionProof(handle: handle, code: code)), from: client)
        }
        for proof in [ActionProof(code: code), ActionProof(handle: handle), ActionProof(handle: "afh_x", code: code)] {
            await #expect(throws: AuthError.invalidOneTimeToken) {
                try await signIn.reauthenticate(principal, with: .mail(proof), from: client)
            }
        }
        await #expect(throws: AuthError.wrongCode(triesLeft: 4)) {
            try await signIn.reauthenticate(
                principal, with: .mail(ActionProof(handle: handle, code: "2222-2222")), from: client)
        }

        let typed = " " + code.lowercased().replacing("-", with: " ") + " "
        let renewed = try await signIn.reauthenticate(
            principal, with: .mail(ActionProof(handle: handle, code: typed)), from: client)

        let proven = try await authority.service.access.authenticate(renewed.accessToken)
        try authority.service.access.requireRecentProof(of: proven)
        #expect(proven.sessionID == principal.sessionID)
        await #expect(throws: (any Error).self) {
            try await signIn.reauthenticate(
                principal, with: .mail(ActionProof(handle: handle, code: code)), from: client)
        }
    }

    @Test("a code is too old after ten minutes")
    func oldCode() async throws {
        let authority = try await TestAuthority.quiet()
        let principal = try await makePrincipal(.mailOnly, authority)
        let (handle, code) = try await requestCode(principal, authority)
        authority.clock.advance(by: .seconds(600))

        await #expect(throws: (any Error).self) {
            try await authority.service.signIn.reauthenticate(
                principal, with: .mail(ActionProof(handle: handle, code: code)), from: client)
        }
    }

    @Test("the mail has a code and no link; beyond the budget the user is told to wait")
    func budget() async throws {
        let authority = try await TestAuthority.quiet()
        let principal = try await makePrincipal(.mailOnly, authority)
        for _ in 0..<3 { _ = try await requestCode(principal, authority) }
        let mails = authority.mailer.messages(to: try authority.address("ada"))
        #expect(mails.count == 3)
        for mail in mails {
            #expect(mail.template == .reauthentication && mail.oneTimeToken == nil && mail.code != nil)
        }

        await #expect(throws: AuthError.tooManyAttempts(retryAfter: .seconds(1_200))) {
            try await authority.service.signIn.requestReauthentication(of: principal, from: client)
        }
        await authority.service.completeDeferredWork()
        #expect(authority.mailer.messages(to: try authority.address("ada")).count == 3)
    }

    @Test("a session that has ended is not renewed")
    func endedSession() async throws {
        let authority = try await TestAuthority.quiet()
        let principal = try await authority.principal("ada")
        try await authority.service.sessions.signOut(principal, from: client)

        await #expect(throws: AuthError.tokenRevoked) {
            try await authority.service.signIn.reauthenticate(
                principal, with: .password(try Password(TestAuthority.password)), from: client)
        }
    }

    @Test("a first password is set after a recent proof, once, and keeps the time of the proof")
    func firstPassword() async throws {
        let authority = try await TestAuthority.quiet()
        let principal = try await makePrincipal(.mailOnly, authority)
        let chosen = try Password("a new way to sign in")
        authority.clock.advance(by: .seconds(60))

        let pair = try await authority.service.passwords.set(for: principal, to: chosen, by: client)

        let own = try await authority.service.access.authenticate(pair.accessToken)
        #expect(own.sessionID != principal.sessionID)
        #expect(own.claims.authenticatedAtSeconds == principal.claims.authenticatedAtSeconds)
        let former = try await authority.store.session(principal.sessionID, of: principal.user.id)
        #expect(former?.ended?.reason == .passwordChanged)
        _ = try await authority.attempt("ada", "a new way to sign in")
        await #expect(throws: AuthError.passwordAlreadySet) {
            try await authority.service.passwords.set(for: own, to: try Password("another way to sign in"), by: client)
        }
    }

    // MARK: Users

    /// A user of a kind, with a session that was opened now.
    private func makePrincipal(
        _ kind: Kind, _ authority: TestAuthority, name: String = "ada"
    ) async throws -> Principal {
        let service = authority.service
        let context = service.core.context(client)
        var user = User(
            id: UserID(service.core.makeID(at: context.now)), username: try Username(name),
            emailVerifiedAt: kind.isVerified ? context.now : nil, createdAt: context.now)
        if kind != .withoutAddress { user.email = try authority.address(name) }
        var hash: StoredPasswordHash?
        if kind.hasPassword {
            hash = try await service.signIn.hashes.newHash(
                ofChosen: try Password(TestAuthority.password), field: "password")
        }
        _ = try await authority.store.createUser(user, passwordHash: hash, action: .userCreated, context: context)
        let session = service.signIn.issuer.newSession(
            of: user.id, nil, methods: [.mailedCode(at: context.now)], context)
        let pair = try await service.signIn.issuer.open(session, epoch: user.epoch, replacing: nil, context)
        return try await service.access.authenticate(try #require(pair).accessToken)
    }

    private func requestCode(
        _ principal: Principal, _ authority: TestAuthority
    ) async throws -> (handle: String, code: String) {
        let handle = try await authority.service.signIn.requestReauthentication(of: principal, from: client)
        await authority.service.completeDeferredWork()
        let address = try #require(principal.user.email)
        let code = try #require(authority.mailer.messages(to: address).last?.code)
        return (handle.revealed, code.text.revealed)
    }
}
