// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

/// What a proof of the mailbox does to credentials that another person may have set: the first two rows of the pre-hijack matrix.
@Suite("Proofs of the mailbox and unbound credentials")
struct MailboxProofTests {
    private static let new = "another fine password"

    /// How the user came to exist, with a password, a session and a known device.
    enum Origin: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case registered, madeByAdministrator
        var testDescription: String { rawValue }
    }

    /// How the mailbox is proven.
    enum Proof: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case linkHere, linkElsewhere, code, reset, signInLink, signInCode, resentLink, unlockCode
        var testDescription: String { rawValue }

        /// What becomes of the credentials.
        var effect: BindingEffect {
            switch self {
            case .linkHere, .code: .bind
            case .linkElsewhere: .keep
            case .reset: .bind
            case .signInLink, .signInCode, .resentLink, .unlockCode: .void
            }
        }
    }

    /// A user whose credentials are not bound, and the verification that was asked for with them.
    private struct Unbound {
        let authority: TestAuthority
        let session: TokenPair
        let device: DeviceToken
        let handle: String
        let message: MailMessage

        init(_ origin: Origin) async throws {
            var settings = AuthSettings(issuer: "https://auth.example.test")
            settings.signsInByMail = true
            authority = try await TestAuthority(settings: settings)
            switch origin {
            case .registered:
                handle = try #require(try await authority.register("ada").flow).revealed
                session = try await authority.attempt("ada")
            case .madeByAdministrator:
                let draft = UserDraft(
                    username: try Username("ada"), email: try authority.address("ada"), fullName: nil,
                    password: try Password(TestAuthority.password))
                _ = try await authority.service.users.create(
                    draft, by: .commandLine, mustChangePassword: false, from: client)
                session = try await authority.attempt("ada")
                let principal = try await authority.service.access.authenticate(session.accessToken)
                guard
                    case .sent(let handle, _) = try await authority.service.users.requestEmailVerification(
                        for: principal, from: client)
                else { throw AuthError.internalFailure }
                self.handle = handle.revealed
            }
            device = try #require(session.deviceToken)
            message = try await authority.message(.emailVerification, to: "ada")
        }

        var verification: (token: String, code: String) {
            get throws { (try #require(message.token), try #require(message.typedCode)) }
        }

        /// Whether the user's credentials from before still are what they were.
        func expectKept(isBound: Bool) async throws {
            let user = try await authority.stored("ada")
            #expect(user.isVerified && user.isBound == isBound)
            _ = try await authority.service.access.authenticate(session.accessToken)
            _ = try await authority.attempt("ada", device: device)
            #expect(await authority.service.limits.isDevice(device, of: "ada"))
            await authority.service.completeDeferredWork()
            #expect(!authority.mailer.messages(to: try authority.address("ada")).contains(.credentialsVoided))
            #expect(try await authority.refusals(of: .credentialsVoided).isEmpty)
        }

        /// Whether nothing of them is left.
        func expectGone(isTold: Bool) async throws {
            let user = try await authority.stored("ada")
            #expect(user.isVerified && user.isBound)
            await #expect(throws: AuthError.tokenRevoked) {
                try await authority.service.access.authenticate(session.accessToken)
            }
            await #expect(throws: AuthError.self) {
                try await authority.service.sessions.refresh(session.refreshToken, from: client)
            }
            await #expect(throws: AuthError.invalidCredentials) { try await authority.attempt("ada", device: device) }
            #expect(await !authority.service.limits.isDevice(device, of: "ada"))
            await authority.service.completeDeferredWork()
            let messages = authority.mailer.messages(to: try authority.address("ada"))
            #expect(messages.count { $0 == .credentialsVoided } == (isTold ? 1 : 0))
            #expect(try await authority.refusals(of: .credentialsVoided) == (isTold ? [nil] : []))
        }

        /// Proves the mailbox, and returns what was done to the credentials, as far as the answer says.
        func prove(_ proof: Proof) async throws -> BindingEffect? {
            let (service, address) = (authority.service, try authority.address("ada"))
            let (token, code) = try verification
            switch proof {
            case .linkHere:
                return try await service.users.confirmEmailVerification(
                    ActionProof(token: token, handle: handle), from: client
                ).effect
            case .linkElsewhere:
                return try await service.users.confirmEmailVerification(ActionProof(token: token), from: client).effect
            case .code:
                return try await service.users.confirmEmailVerification(
                    ActionProof(handle: handle, code: code), from: client
                ).effect
            case .resentLink:
                let resent = try await service.users.requestEmailVerification(of: address, from: client).revealed
                let message = try await authority.message(.emailVerification, to: "ada")
                return try await service.users.confirmEmailVerification(
                    ActionProof(token: message.token, handle: resent), from: client
                ).effect
            case .reset:
                let handle = try await service.passwords.requestReset(of: address, from: client).revealed
                let message = try await authority.message(.passwordReset, to: "ada")
                try await service.passwords.confirmReset(
                    ActionProof(handle: handle, code: message.typedCode),
                    newPassword: try Password(MailboxProofTests.new),
                    from: client)
                return nil
            case .signInLink, .signInCode:
                let handle = try await service.signIn.requestMail(to: address, from: client).revealed
                let message = try await authority.message(.signIn, to: "ada")
                let outcome = try await service.signIn.withMail(
                    proof == .signInLink
                        ? ActionProof(token: message.token, handle: handle)
                        : ActionProof(handle: handle, code: message.typedCode), from: client)
                let pair = try #require(outcome.tokens)
                // The session that the proof itself has opened is none of those that it has voided.
                _ = try await service.access.authenticate(pair.accessToken)
                let device = try #require(pair.deviceToken)
                #expect(await service.limits.isDevice(device, of: "ada"))
                return nil
            case .unlockCode:
                let handle = try await service.signIn.requestUnlock(of: address, from: client).revealed
                let message = try await authority.message(.unlock, to: "ada")
                _ = try await service.signIn.unlock(
                    ActionProof(handle: handle, code: message.typedCode), from: client)
                return nil
            }
        }
    }

    @Test("the pre-hijack matrix", arguments: Origin.allCases, Proof.allCases)
    func matrix(_ origin: Origin, _ proof: Proof) async throws {
        let unbound = try await Unbound(origin)
        #expect(try await !unbound.authority.stored("ada").isBound)

        let effect = try await unbound.prove(proof)

        if let effect { #expect(effect == proof.effect) }
        switch proof {
        case .linkHere, .code: try await unbound.expectKept(isBound: true)
        case .linkElsewhere: try await unbound.expectKept(isBound: false)
        case .reset:
            try await unbound.expectGone(isTold: false)
            _ = try await unbound.authority.attempt("ada", Self.new)
        case .signInLink, .signInCode, .resentLink, .unlockCode: try await unbound.expectGone(isTold: true)
        }
    }

    @Test("what a link opened elsewhere has kept is voided by a later proof, though the address counts as verified")
    func laterProof() async throws {
        for later in [Proof.signInLink, .unlockCode] {
            let unbound = try await Unbound(.registered)
            #expect(try await unbound.prove(.linkElsewhere) == .keep)
            _ = try await unbound.prove(later)
            try await unbound.expectGone(isTold: true)
        }
    }

    @Test("what is bound stays at every later proof")
    func bound() async throws {
        for later in [Proof.signInLink, .signInCode, .unlockCode] {
            let unbound = try await Unbound(.registered)
            #expect(try await unbound.prove(.code) == .bind)
            _ = try await unbound.prove(later)
            try await unbound.expectKept(isBound: true)
        }
    }

    @Test("who has kept the password elsewhere binds it later, by a code asked for in the session")
    func bindsLater() async throws {
        let unbound = try await Unbound(.registered)
        _ = try await unbound.prove(.linkElsewhere)
        let (authority, users) = (unbound.authority, unbound.authority.service.users)
        let principal = try await authority.service.access.authenticate(unbound.session.accessToken)
        guard case .sent(let handle, _) = try await users.requestEmailVerification(for: principal, from: client) else {
            Issue.record("an address whose credentials are not bound was not asked for")
            return
        }
        let code = try await authority.message(.emailVerification, to: "ada").typedCode

        let proven = try await users.confirmEmailVerification(
            ActionProof(handle: handle.revealed, code: code), from: client)

        #expect(proven.effect == .bind)
        try await unbound.expectKept(isBound: true)
    }

    @Test("the password typed with a proof, or a live session, binds where nothing was shown before")
    func shownWithProof() async throws {
        for typesPassword in [true, false] {
            let unbound = try await Unbound(.registered)
            let users = unbound.authority.service.users
            _ = try await users.requestEmailVerification(of: try unbound.authority.address("ada"), from: client)
            let token = try await unbound.authority.message(.emailVerification, to: "ada").token
            let principal = try await unbound.authority.service.access.authenticate(unbound.session.accessToken)

            let proven = try await users.confirmEmailVerification(
                ActionProof(token: token), password: typesPassword ? try Password(TestAuthority.password) : nil,
                session: typesPassword ? nil : principal, from: client)

            #expect(proven.effect == .bind)
            try await unbound.expectKept(isBound: true)
        }
    }

    @Test("a wrong password beside a proof changes nothing, counts, and leaves the proof valid")
    func wrongPassword() async throws {
        let unbound = try await Unbound(.registered)
        let (token, _) = try unbound.verification
        let users = unbound.authority.service.users

        await #expect(throws: AuthError.wrongCurrentPassword) {
            try await users.confirmEmailVerification(
                ActionProof(token: token), password: try Password("not the password"), from: client)
        }

        #expect(try await !unbound.authority.stored("ada").isVerified)
        #expect(try await unbound.authority.refusals(of: .emailVerified) == ["wrong_password"])
        #expect(try await unbound.prove(.linkElsewhere) == .keep)
    }

    @Test("the session of another user binds nothing")
    func foreignSession() async throws {
        let unbound = try await Unbound(.registered)
        _ = try await unbound.authority.service.users.requestEmailVerification(
            of: try unbound.authority.address("ada"), from: client)
        let token = try await unbound.authority.message(.emailVerification, to: "ada").token
        let eve = try await unbound.authority.principal("eve")

        let proven = try await unbound.authority.service.users.confirmEmailVerification(
            ActionProof(token: token), session: eve, from: client)

        #expect(proven.effect == .void)
        try await unbound.expectGone(isTold: true)
    }

    @Test("a password that was changed after the mail was asked for is not the one that was shown")
    func changedMeanwhile() async throws {
        let unbound = try await Unbound(.registered)
        let authority = unbound.authority
        let principal = try await authority.service.access.authenticate(unbound.session.accessToken)
        _ = try await authority.service.passwords.change(
            of: principal, from: try Password(TestAuthority.password), to: try Password(Self.new), by: client)

        // A change of the password voids what was mailed before.
        await #expect(throws: AuthError.invalidOneTimeToken) { _ = try await unbound.prove(.linkHere) }
        #expect(try await !authority.stored("ada").isBound)
    }

    @Test("an administrator who verifies an address binds nothing to it, and voids nothing")
    func byAdministrator() async throws {
        let unbound = try await Unbound(.madeByAdministrator)
        let ada = try await unbound.authority.stored("ada")

        _ = try await unbound.authority.service.users.verifyEmail(of: ada, by: .commandLine, from: client)

        try await unbound.expectKept(isBound: false)
    }

    @Test("a squatter who asks for the verification, and whose victim opens the link, gains nothing by it")
    func squatter() async throws {
        let unbound = try await Unbound(.registered)
        // The victim opens the link in a browser of their own: the squatter's password is kept, and not bound.
        _ = try await unbound.prove(.linkElsewhere)
        #expect(try await unbound.authority.service.actions.hasEnded(handle: unbound.handle))
        // The victim takes the account over as owners do.
        _ = try await unbound.prove(.reset)

        try await unbound.expectGone(isTold: false)
        _ = try await unbound.authority.attempt("ada", Self.new)
    }
}
