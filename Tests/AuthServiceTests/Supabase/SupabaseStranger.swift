// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStore
import AuthTesting
import Testing

/// What is there of a user before Ada proves her mailbox: a password, sessions of both APIs, a known device, and an identity at a
/// provider that is another person's.
struct SupabaseStranger {
    static let subject = "of another person"

    let fixture: SupabaseFixture
    let id: UserID
    let native: TokenPair
    let device: DeviceToken
    /// `nil` where the address is not confirmed.
    let session: SupabaseSession?
    /// How often something was voided before.
    let voidings: Int

    /// Signs in with the password of the fixture by both APIs, and links.
    init(in fixture: SupabaseFixture, as name: String = "ada") async throws {
        self.fixture = fixture
        let authority = fixture.authority
        native = try await authority.attempt("\(name)@example.test", SupabaseFixture.password)
        device = try #require(native.deviceToken)
        session = try? await fixture.signIn(name)
        let principal = try await authority.service.access.authenticate(native.accessToken)
        id = principal.user.id
        let now = fixture.clock.now
        let identity = Identity(
            id: IdentityID(UUIDv7(at: now, random: Array(Self.subject.utf8))), userID: id,
            provider: fixture.corp.name,
            subject: try #require(ProviderSubject(issuer: fixture.corp.issuer, subject: Self.subject)),
            email: try EmailAddress("stranger@elsewhere.test"), emailIsVerified: true, isBound: false, createdAt: now,
            lastUsedAt: now)
        let outcome = try await authority.store.link(
            identity, session: principal.sessionID, context: OperationContext(now: now)
        ).outcome
        guard case .linked = outcome else { throw ProviderTestFailure("the identity was not linked") }
        voidings = try await authority.refusals(of: .credentialsVoided).count
    }

    /// Everything is as it was, for the user who has Ada's address now.
    func expectKept(isBound: Bool) async throws {
        let (authority, service) = (fixture.authority, fixture.authority.service)
        let user = try await fixture.user()
        #expect(user.id == id && user.isVerified && user.isBound == isBound)
        _ = try await fixture.signIn()
        _ = try await authority.attempt("ada@example.test", SupabaseFixture.password, device: device)
        #expect(await service.limits.isDevice(device, of: "ada@example.test"))
        _ = try await service.access.authenticate(native.accessToken)
        if let session { _ = try await fixture.caller(session) }
        #expect(try await subjects().contains(Self.subject))
        #expect(try await authority.refusals(of: .credentialsVoided).count == voidings)
    }

    /// Nothing of it is left, and Ada is told by mail where `isTold`.
    func expectGone(isTold: Bool) async throws {
        let (authority, service) = (fixture.authority, fixture.authority.service)
        let user = try await fixture.user()
        #expect(user.id == id && user.isVerified && user.isBound)
        await #expect(throws: SupabaseError.invalidCredentials) { try await fixture.signIn() }
        await #expect(throws: AuthError.invalidCredentials) {
            try await authority.attempt("ada@example.test", SupabaseFixture.password, device: device)
        }
        #expect(await !service.limits.isDevice(device, of: "ada@example.test"))
        await #expect(throws: AuthError.tokenRevoked) { try await service.access.authenticate(native.accessToken) }
        await #expect(throws: AuthError.self) {
            try await service.sessions.refresh(native.refreshToken, from: client)
        }
        if let session {
            await #expect(throws: SupabaseError.sessionNotFound) { try await fixture.caller(session) }
            await #expect(throws: SupabaseError.self) {
                try await fixture.api.refresh(session.refreshToken, from: client)
            }
        }
        #expect(try await !subjects().contains(Self.subject))
        #expect(try await authority.refusals(of: .credentialsVoided).count == voidings + (isTold ? 1 : 0))
        let told = authority.mailer.messages(to: try authority.address("ada")).count {
            $0.template == .credentialsVoided
        }
        #expect(told == voidings + (isTold ? 1 : 0))
    }

    private func subjects() async throws -> [String] {
        try await fixture.authority.store.identities(of: id).map(\.subject.subject)
    }
}

/// How Ada proves her mailbox by a flow of her own, which she asks for by the address alone, in either API.
enum SupabaseOwnProof: String, CaseIterable, Sendable {
    case link, code, exchange, recovery, recoveryCode, idToken, provider
    case nativeReset, nativeSignIn, nativeUnlock, nativeVerification, nativeIDToken, nativeInvitation

    /// The password that a reset and an invitation set.
    static let newPassword = "green lantern over the bay"

    /// Whether it sets a password, and so is none for a user who keeps one.
    var setsPassword: Bool { self == .nativeReset || self == .nativeInvitation }

    /// Proves; `isConfirmed` says whether the API takes the address for confirmed before.
    func prove(in fixture: SupabaseFixture, isConfirmed: Bool) async throws {
        let template = isConfirmed ? MailTemplate.supabaseMagicLink : .supabaseSignup
        let type = isConfirmed ? "magiclink" : "signup"
        switch self {
        case .link:
            try await fixture.requestOTP()
            let target = await fixture.follow(try await fixture.hash(template), type)
            #expect(target.contains("access_token="))
        case .code:
            try await fixture.requestOTP()
            _ = try await fixture.verify("email", code: try await fixture.code(template))
        case .exchange:
            try await fixture.requestOTP(withChallenge: true)
            let target = await fixture.follow(try await fixture.hash(template), type)
            _ = try await fixture.exchange(try #require(SupabaseFixture.parameter("code", of: target)))
        case .recovery:
            try await fixture.api.recover(fixture.contact("ada"), returning: try fixture.returning(), from: client)
            let target = await fixture.follow(try await fixture.hash(.supabaseRecovery), "recovery")
            #expect(target.contains("access_token="))
        case .recoveryCode:
            try await fixture.api.recover(fixture.contact("ada"), returning: try fixture.returning(), from: client)
            _ = try await fixture.verify("recovery", code: try await fixture.code(.supabaseRecovery))
        case .idToken:
            _ = try await fixture.api.signIn(
                idToken: try fixture.corp.idToken(nonce: Self.hexadecimalDigest(of: "a raw nonce")),
                provider: fixture.corp.name.text, nonce: "a raw nonce", accessToken: nil, from: client)
        case .provider:
            let target = try await fixture.travel()
            _ = try await fixture.exchange(try #require(SupabaseFixture.parameter("code", of: target)))
        case .nativeReset, .nativeSignIn, .nativeUnlock, .nativeVerification, .nativeIDToken, .nativeInvitation:
            try await proveNatively(fixture.authority, fixture.corp)
        }
    }

    private func proveNatively(_ authority: TestAuthority, _ corp: MockProviderTransport) async throws {
        let (service, address) = (authority.service, try authority.address("ada"))
        switch self {
        case .nativeReset:
            _ = try await service.passwords.requestReset(of: address, from: client)
            let token = try #require(try await authority.message(.passwordReset, to: "ada").token)
            try await service.passwords.confirmReset(
                ActionProof(token: token), newPassword: try Password(Self.newPassword), from: client)
        case .nativeSignIn:
            let handle = try await service.signIn.requestMail(to: address, from: client).revealed
            let message = try await authority.message(.signIn, to: "ada")
            _ = try await service.signIn.withMail(ActionProof(token: message.token, handle: handle), from: client)
        case .nativeUnlock:
            let handle = try await service.signIn.requestUnlock(of: address, from: client).revealed
            let message = try await authority.message(.unlock, to: "ada")
            _ = try await service.signIn.unlock(ActionProof(handle: handle, code: message.typedCode), from: client)
        case .nativeVerification:
            let handle = try await service.users.requestEmailVerification(of: address, from: client).revealed
            let message = try await authority.message(.emailVerification, to: "ada")
            _ = try await service.users.confirmEmailVerification(
                ActionProof(token: message.token, handle: handle), from: client)
        case .nativeIDToken:
            let nonce = try service.providers.nonce(for: corp.name).text
            let token = try corp.idToken(nonce: nonce)
            _ = try await service.providers.signIn(corp.name, idToken: token, nonce: nonce, from: client)
        case .nativeInvitation:
            _ = try await service.invitations.invite(
                InvitationDraft(email: address, role: .admin), by: .commandLine, from: client)
            let token = try await authority.message(.invitation, to: "ada").token
            _ = try await service.invitations.accept(
                ActionProof(token: token), newPassword: try Password(Self.newPassword), from: client)
        case .link, .code, .exchange, .recovery, .recoveryCode, .idToken, .provider: break
        }
    }

    private static func hexadecimalDigest(of text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let octets = SHA256.digest(Array(text.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: octets, as: UTF8.self)
    }
}
