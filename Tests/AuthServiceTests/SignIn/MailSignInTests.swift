// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Sign-in by mail")
struct MailSignInTests {
    private static let elsewhere = ClientContext(source: "198.51.100.9", userAgent: "another browser")

    /// A service whose user Ada has asked to sign in, with what the answer and the mail gave.
    private struct Asked {
        let authority: TestAuthority
        let handle: String
        let token: String
        let code: String

        init(_ authority: TestAuthority) async throws {
            self.authority = authority
            handle = try await authority.service.signIn.requestMail(
                to: try authority.address("ada"), from: client
            ).revealed
            let message = try await authority.message(.signIn, to: "ada")
            (token, code) = (try #require(message.token), try #require(message.typedCode))
        }

        init() async throws {
            let authority = try await TestAuthority.withMailSignIn()
            try await authority.register("ada")
            try await self.init(authority)
        }

        func signIn(
            _ proof: ActionProof, scope: Scope? = nil, device: DeviceToken? = nil, replacing left: String? = nil,
            from client: ClientContext = client
        ) async throws -> TokenPair {
            let outcome = try await authority.service.signIn.withMail(
                proof, scope: scope, device: device, replacing: left, from: client)
            return try #require(outcome.tokens)
        }
    }

    @Test("it is off by default, and neither requests nor proofs are taken then")
    func off() async throws {
        let authority = try await TestAuthority()
        let address = try authority.address("ada")
        await #expect(throws: AuthError.mailSignInDisabled) {
            try await authority.service.signIn.requestMail(to: address, from: client)
        }
        await #expect(throws: AuthError.mailSignInDisabled) {
            try await authority.service.signIn.withMail(ActionProof(token: "aot_x"), from: client)
        }
    }

    @Test("the link in the browser that asked, the link with the code, and the handle with the code open a session")
    func opens() async throws {
        for kind in 0..<3 {
            let asked = try await Asked()
            let proof =
                switch kind {
                case 0: ActionProof(token: asked.token, handle: asked.handle)
                case 1: ActionProof(token: asked.token, code: asked.code)
                default: ActionProof(handle: asked.handle, code: asked.code)
                }
            let pair = try await asked.signIn(proof)
            let principal = try await asked.authority.service.access.authenticate(pair.accessToken)

            #expect(principal.user.username?.original == "ada" && principal.user.isVerified)
            #expect(principal.claims.authenticationMethods == ["otp"])
            #expect(principal.claims.authenticationContext == "1")
            #expect(principal.authenticatedAt == asked.authority.clock.now)
            #expect(try await asked.authority.refusals(of: .signIn) == [nil])
            #expect(try await asked.authority.stored("ada").lastLoginAt == asked.authority.clock.now)
            for again in [proof, ActionProof(token: asked.token, code: asked.code)] {
                await #expect(throws: AuthError.invalidOneTimeToken) { try await asked.signIn(again) }
            }
        }
    }

    @Test("the link alone, or with the handle of another flow, opens nothing and stays valid")
    func linkAlone() async throws {
        let asked = try await Asked()
        // An attacker who has started a flow of their own, and whose victim clicks.
        let other = try await asked.authority.service.signIn.requestMail(
            to: try asked.authority.address("ada"), from: Self.elsewhere)
        await asked.authority.service.completeDeferredWork()
        for proof in [
            ActionProof(token: asked.token), ActionProof(token: asked.token, handle: other.revealed),
            ActionProof(token: asked.token, handle: "afh_junk"), ActionProof(handle: other.revealed),
        ] {
            await #expect(throws: AuthError.invalidOneTimeToken) { try await asked.signIn(proof) }
        }
        await #expect(throws: AuthError.wrongCode(triesLeft: 4)) {
            try await asked.signIn(ActionProof(handle: other.revealed, code: asked.code))
        }
        let ada = try await asked.authority.stored("ada")
        #expect(try await asked.authority.service.sessions.list(ofUser: ada.id).isEmpty)
        _ = try await asked.signIn(ActionProof(token: asked.token, handle: asked.handle))
    }

    @Test("an unknown and a disabled address get the same answer and no mail")
    func enumeration() async throws {
        let authority = try await TestAuthority.withMailSignIn()
        try await authority.register("ada")
        _ = try await authority.service.users.perform(
            .setActive(false), on: try await authority.stored("ada").id, by: .commandLine, from: client)
        for name in ["ada", "nobody"] {
            _ = try await authority.service.signIn.requestMail(to: try authority.address(name), from: client)
        }
        await authority.service.completeDeferredWork()

        #expect(authority.mailer.sent.isEmpty)
        #expect(try await authority.refusals(of: .mailSignInRequested) == ["user_disabled", "unknown_user"])
    }

    @Test("a user who is disabled after the mail does not get in, and a link lives for an hour")
    func disabledOrLate() async throws {
        let asked = try await Asked()
        let ada = try await asked.authority.stored("ada")
        _ = try await asked.authority.service.users.perform(
            .setActive(false), on: ada.id, by: .commandLine, from: client)
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await asked.signIn(ActionProof(token: asked.token, handle: asked.handle))
        }
        let late = try await Asked()
        late.authority.clock.advance(by: .seconds(3_600))
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await late.signIn(ActionProof(token: late.token, handle: late.handle))
        }
    }

    @Test("where addresses must be verified, the proof does that, and failed passwords of strangers change nothing")
    func verifiesAddress() async throws {
        let authority = try await TestAuthority.withMailSignIn(requiresVerifiedEmail: true)
        try await authority.register("ada")
        for number in 0..<30 {
            _ = try? await authority.attempt(
                "ada", "not the password", from: ClientContext(source: "10.0.0.\(number)"))
        }
        let asked = try await Asked(authority)

        let pair = try await asked.signIn(ActionProof(handle: asked.handle, code: asked.code))

        #expect(pair.user.isVerified)
    }

    @Test("a scope of which the role grants nothing is refused, and the proof stays valid")
    func scope() async throws {
        let asked = try await Asked()
        let proof = ActionProof(handle: asked.handle, code: asked.code)
        await #expect(throws: AuthError.scopeNotGranted) {
            try await asked.signIn(proof, scope: "notes:write")
        }
        _ = try await asked.signIn(proof)
    }

    @Test("a user with a second factor is asked for it, and the proof is spent when it was answered")
    func secondFactor() async throws {
        let factor = TestSecondFactor()
        let authority = try await TestAuthority.withMailSignIn(requiresVerifiedEmail: true) {
            $0.secondFactors = factor
        }
        try await authority.register("ada")
        factor.enroll(try await authority.stored("ada").id)
        let asked = try await Asked(authority)
        let proof = ActionProof(handle: asked.handle, code: asked.code)
        guard case .pending(let pending) = try await authority.service.signIn.withMail(proof, from: client) else {
            Issue.record("a session was opened without the second factor")
            return
        }
        let ada = try await authority.stored("ada")
        #expect(try await authority.service.sessions.list(ofUser: ada.id).isEmpty && !ada.isVerified)
        await #expect(throws: AuthError.invalidCredentials) {
            try await authority.service.signIn.complete(
                pending, with: SignInAnswer(factorID: TestSecondFactor.factor.id, code: "0"), from: client)
        }

        let answer = SignInAnswer(factorID: TestSecondFactor.factor.id, code: TestSecondFactor.code)
        let pair = try #require(
            try await authority.service.signIn.complete(pending, with: answer, from: client).tokens)

        let principal = try await authority.service.access.authenticate(pair.accessToken)
        #expect(principal.claims.authenticationMethods == ["otp", "otp"])
        #expect(principal.claims.authenticationContext == "2" && principal.user.isVerified)
        await #expect(throws: AuthError.self) {
            try await authority.service.signIn.complete(pending, with: answer, from: client)
        }
    }

    @Test("the session that the browser held ends, also one of another user")
    func replaces() async throws {
        let asked = try await Asked()
        let held = try await asked.authority.signIn(as: "bob")

        _ = try await asked.signIn(
            ActionProof(handle: asked.handle, code: asked.code), replacing: held.refreshToken)

        await #expect(throws: AuthError.tokenRevoked) {
            try await asked.authority.service.access.authenticate(held.accessToken)
        }
    }

    @Test("a full limit of sessions refuses, and the proof stays valid")
    func sessionLimit() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test", verifiesOnRegistration: false)
        settings.signsInByMail = true
        settings.sessionLimit = SessionLimit(perUser: 1, policy: .refuse)
        let authority = try await TestAuthority(settings: settings)
        // What is bound is not voided, and so the session stays.
        let pair = try await authority.signIn(as: "ada")
        let ada = try await authority.service.access.authenticate(pair.accessToken)
        guard
            case .sent(let handle, _) = try await authority.service.users.requestEmailVerification(
                for: ada, from: client)
        else {
            Issue.record("the address was verified")
            return
        }
        let code = try await authority.message(.emailVerification, to: "ada").typedCode
        _ = try await authority.service.users.confirmEmailVerification(
            ActionProof(handle: handle.revealed, code: code), from: client)
        let asked = try await Asked(authority)
        let proof = ActionProof(handle: asked.handle, code: asked.code)

        await #expect(throws: AuthError.sessionLimitReached) { try await asked.signIn(proof) }
        _ = try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        _ = try await authority.service.sessions.signOut(ada, from: client)
        _ = try await asked.signIn(proof)
    }

    @Test("a sign-in by mail makes the device known, and one from a new place is told of")
    func devices() async throws {
        let asked = try await Asked()
        let first = try await asked.signIn(ActionProof(handle: asked.handle, code: asked.code))
        let device = try #require(first.deviceToken)
        #expect(await asked.authority.service.limits.isDevice(device, of: "ada"))

        let next = try await Asked(asked.authority)
        _ = try await next.signIn(ActionProof(token: next.token, code: next.code), from: Self.elsewhere)
        _ = try await next.authority.message(.newDevice, to: "ada")
    }

    @Test("a known device has mails that strangers cannot use up")
    func knownDevice() async throws {
        let asked = try await Asked()
        let device = try #require(
            try await asked.signIn(ActionProof(handle: asked.handle, code: asked.code)).deviceToken)
        let address = try asked.authority.address("ada")
        for number in 0..<5 {
            _ = try await asked.authority.service.signIn.requestMail(
                to: address, from: ClientContext(source: "198.51.100.\(number)"))
            await asked.authority.service.completeDeferredWork()
        }
        let before = asked.authority.mailer.messages(to: address).count { $0.template == .signIn }

        _ = try await asked.authority.service.signIn.requestMail(to: address, device: device, from: client)
        await asked.authority.service.completeDeferredWork()

        // The mail that was used gave back what it had taken of the strangers' budget.
        #expect(before == 4)
        #expect(asked.authority.mailer.messages(to: address).count { $0.template == .signIn } == 5)
    }
}
