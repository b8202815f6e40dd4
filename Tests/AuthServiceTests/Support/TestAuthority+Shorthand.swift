// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

let client = ClientContext(source: "192.0.2.1", userAgent: "tests", requestID: "r-1")

extension TestAuthority {
    /// A service that mails no link to a user who registers, so that a test finds the mails alone that it asks for.
    static func quiet(
        store: (any AuthStore)? = nil, adjust: (inout AuthService.Configuration) -> Void = { _ in }
    ) async throws -> TestAuthority {
        try await TestAuthority(
            settings: AuthSettings(issuer: "https://auth.example.test", verifiesOnRegistration: false), store: store,
            adjust: adjust)
    }

    /// Registers a user with every field.
    @discardableResult
    func register(_ name: String, password: String = TestAuthority.password) async throws -> RegistrationOutcome {
        try await service.users.register(
            Registration(
                username: try Username(name), email: try EmailAddress("\(name)@example.test"),
                password: try Password(password), fullName: nil),
            from: client)
    }

    /// Makes one attempt to sign in.
    func attempt(
        _ identifier: String, _ password: String = TestAuthority.password, device: DeviceToken? = nil,
        from client: ClientContext = client
    ) async throws -> TokenPair {
        let outcome = try await service.signIn.withPassword(
            SignInAttempt(identifier: identifier, password: try Password(password), deviceToken: device),
            from: client)
        return try #require(outcome.tokens)
    }

    /// The true reasons that the audit holds for an action, oldest first, each as often as it was given; `nil` where it was
    /// done.
    func refusals(of action: AuditAction, limit: Int = 100) async throws -> [String?] {
        await service.completeDeferredWork()
        return try await store.auditEvents(before: nil, limit: limit).map(\.event).filter { $0.action == action }
            .reversed().flatMap { Array(repeating: $0.refusal, count: Int($0.count)) }
    }

    /// A service whose users may sign in by mail.
    static func withMailSignIn(
        requiresVerifiedEmail: Bool = false, adjust: (inout AuthService.Configuration) -> Void = { _ in }
    ) async throws -> TestAuthority {
        var settings = AuthSettings(
            issuer: "https://auth.example.test", requiresVerifiedEmail: requiresVerifiedEmail,
            verifiesOnRegistration: false)
        settings.signsInByMail = true
        return try await TestAuthority(settings: settings, adjust: adjust)
    }

    /// The user of this name, as stored.
    func stored(_ name: String) async throws -> User {
        try await service.users.user(identifiedBy: .username(try Username(name)))
    }

    /// The last message of a kind to a user's address, once everything that waits was answered and delivered.
    func message(_ template: MailTemplate, to name: String) async throws -> MailMessage {
        await service.completeDeferredWork()
        return try #require(mailer.messages(to: try address(name)).last { $0.template == template })
    }

    func address(_ name: String) throws -> EmailAddress {
        try EmailAddress("\(name)@example.test")
    }
}
