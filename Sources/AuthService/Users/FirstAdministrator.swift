// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// The fields of the first administrator.
public struct FirstAdministrator: Sendable {
    /// The name to sign in with; optional.
    public let username: Username?
    /// The address; optional, but one of both is needed.
    public let email: EmailAddress?
    /// The password, of any quality; the policy is checked when the user is made.
    public let password: Password
    /// The user's full name.
    public let fullName: FullName?

    /// Describes the first administrator.
    public init(username: Username?, email: EmailAddress?, password: Password, fullName: FullName? = nil) {
        self.username = username
        self.email = email
        self.password = password
        self.fullName = fullName
    }
}

/// A token that makes the first administrator.
public struct SetupToken: Hashable, Sendable {
    /// The token, as it is presented.
    public let token: MailToken
    /// From when on it is rejected.
    public let expiresAt: Timestamp
}

extension UserService {
    /// Makes a token with which ``createFirstAdministrator(_:with:from:)`` can be called, for a day.
    ///
    /// Several may be valid at once. All are void as soon as there is an administrator.
    ///
    /// - Returns: `nil` where there is one.
    /// - Throws: `.unavailable`, `.cancelled`.
    public func makeSetupToken(from client: ClientContext) async throws(AuthError) -> SetupToken? {
        guard try await !hasAdministrator() else { return nil }
        let context = core.context(client)
        let expiry = context.now + SetupTokens.lifetime
        let token = setupTokens.make(until: expiry, random: core.random)
        try await core.record(.setupLinkCreated, in: context)
        return SetupToken(token: token, expiresAt: expiry)
    }

    /// Whether any user is an administrator, enabled or not.
    ///
    /// - Throws: `.unavailable`, `.cancelled`.
    public func hasAdministrator() async throws(AuthError) -> Bool {
        try await core.inStore { store throws(StoreError) in try await store.hasAdministrator() }
    }

    /// Makes the first administrator, with a token from ``makeSetupToken(from:)``.
    ///
    /// ``AuthSettings/registration`` does not count, nor does the domain of the address. Where the service requires verified
    /// addresses, the address is not one yet: a link is mailed, as after a registration.
    ///
    /// Cost: one password hash; none for a token that is not valid.
    /// - Throws: `.invalidOneTimeToken` for every fault of the token, and once there is an administrator; `.invalid` with all
    ///   violations; `.identifierTaken`, `.mailUnavailable` where an address must be proven and no mail can be sent,
    ///   `.overloaded`, `.unavailable`, `.cancelled`.
    public func createFirstAdministrator(
        _ draft: FirstAdministrator, with token: String, from client: ClientContext
    ) async throws(AuthError) -> User {
        let context = core.context(client)
        guard setupTokens.isValid(TypedText.trimmed(token), at: context.now) else {
            try await core.record(
                .firstAdministratorCreated, refusal: OneTimeTokenRefusal.unknown.rawValue, in: context)
            throw .invalidOneTimeToken
        }
        guard try await !hasAdministrator() else {
            try await core.record(.firstAdministratorCreated, refusal: "administrator_exists", in: context)
            throw .invalidOneTimeToken
        }
        var violations: [FieldViolation] = []
        let needsAddress = draft.username == nil || core.settings.requiresVerifiedEmail
        if needsAddress, draft.email == nil { violations.append(FieldViolation(field: "email", .missing)) }
        let words = PasswordContext(username: draft.username, email: draft.email, fullName: draft.fullName)
        violations += core.settings.passwords.violations(of: draft.password, context: words)
            .map { $0.violation(of: "password") }
        guard violations.isEmpty else { throw .invalid(violations) }
        guard mail.canSend || !core.settings.requiresVerifiedEmail else { throw .mailUnavailable }

        let hash = try await hashes.newHash(ofChosen: draft.password, field: "password")
        let user = User(
            id: UserID(core.makeID(at: context.now)), username: draft.username, email: draft.email,
            fullName: draft.fullName, role: .admin, createdAt: context.now, origin: .administrator)
        let verification = verifiesOnCreation ? try await self.verification(for: user, context) : nil
        let creation = try await core.inStore { store throws(StoreError) in
            try await store.createFirstAdministrator(
                user, passwordHash: hash, verification: verification?.token, context: context)
        }
        switch creation {
        case .created:
            if verification != nil { tokens.policy.noteMail() }
            core.outbox.signals.wakeAll()
            return user
        case .taken(let kind): throw .identifierTaken(kind)
        case .administratorExists: throw .invalidOneTimeToken
        }
    }
}
