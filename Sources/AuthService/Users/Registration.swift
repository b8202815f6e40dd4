// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// The fields of a registration.
///
/// There is no field for a role: registering grants `Role.user`.
public struct Registration: Sendable {
    /// The name to sign in with; optional.
    public let username: Username?
    /// The address; optional unless the service requires a verified one.
    public let email: EmailAddress?
    /// The password, of any quality; the policy is checked here.
    public let password: Password
    /// The user's full name.
    public let fullName: FullName?
    /// The language of mails to the user; `nil` for the service's own.
    public let locale: LanguageTag?

    /// Describes a registration.
    public init(
        username: Username?, email: EmailAddress?, password: Password, fullName: FullName?, locale: LanguageTag? = nil
    ) {
        self.username = username
        self.email = email
        self.password = password
        self.fullName = fullName
        self.locale = locale
    }

    /// Reads the fields of a form, and checks all of them before it refuses.
    ///
    /// - Throws: `.invalid` with a violation for each field at fault: `username`, `email`, `password`, `full_name`.
    public init(
        username: String?, email: String? = nil, password: String, fullName: String? = nil
    ) throws(AuthError) {
        var violations: [FieldViolation] = []
        func read<Value>(
            _ field: String, _ text: String?, _ parse: (String) throws(ValidationError) -> Value
        ) -> Value? {
            guard let text else { return nil }
            do throws(ValidationError) {
                return try parse(text)
            } catch {
                violations.append(FieldViolation(field: field, error.reason))
                return nil
            }
        }
        let name = read("username", username) { (text) throws(ValidationError) in try Username(text) }
        let address = read("email", email) { (text) throws(ValidationError) in try EmailAddress(text) }
        let secret = read("password", password) { (text) throws(ValidationError) in try Password(text) }
        let person = read("full_name", fullName) { (text) throws(ValidationError) in try FullName(text) }
        guard let secret, violations.isEmpty else { throw .invalid(violations) }
        self.init(username: name, email: address, password: secret, fullName: person)
    }
}

/// The outcome of a registration.
public enum RegistrationOutcome: Hashable, Sendable {
    /// The user exists and may sign in, or must verify the address first if the service requires that; `flow` is what verifies
    /// the address together with the code of the mail, where one was written.
    case registered(User, flow: FlowHandle?)
    /// The same answer for free and taken identifiers: only the mail reveals which it was.
    case accepted(flow: FlowHandle)

    /// What verifies the address together with the code of the mail.
    public var flow: FlowHandle? {
        switch self {
        case .registered(_, let flow): flow
        case .accepted(let flow): flow
        }
    }
}

extension UserService {
    /// Registers a user.
    ///
    /// With `REGISTRATION_PRIVACY`, the answer and the work before it are the same whether the identifiers are taken or
    /// free; the user is created afterwards.
    ///
    /// Cost: one password hash and one transaction.
    /// - Throws: `.registrationClosed`; `.invalid` with all violations, an address of a domain that is not admitted among them;
    ///   `.identifierTaken` unless registration is private, `.mailUnavailable` where an address must be proven and no mail can
    ///   be sent, `.overloaded`, `.unavailable`, `.cancelled`.
    public func register(
        _ registration: Registration, from client: ClientContext
    ) async throws(AuthError) -> RegistrationOutcome {
        let refusal = core.settings.registration.refusal(of: registration.email)
        if refusal == .closed {
            let error = AuthError.registrationClosed
            try await core.record(.userRegistered, refusal: error.reason, in: core.context(client))
            throw error
        }
        try check(registration, refusal)
        let hash = try await hashes.newHash(ofChosen: registration.password, field: "password")
        let context = core.context(client)
        let user = User(
            id: UserID(core.makeID(at: context.now)), username: registration.username, email: registration.email,
            fullName: registration.fullName, createdAt: context.now, origin: .registered, locale: registration.locale)
        guard core.settings.preventsEnumeration else {
            let verification = verifiesOnCreation ? try await self.verification(for: user, context) : nil
            try await create(user, hash, verification?.token, context)
            return .registered(user, flow: verification?.handle)
        }
        // It would have been missing from the violations.
        guard let address = user.email else { throw .internalFailure }
        let stored = StoredRegistration(user, hash)
        return .accepted(
            flow: try await mail.request(.registration, about: address, details: stored.details, from: client, context))
    }

    private func check(_ registration: Registration, _ refusal: RegistrationPolicy.Refusal?) throws(AuthError) {
        var violations: [FieldViolation] = []
        let needsAddress = registration.username == nil || core.settings.requiresVerifiedEmail
        if needsAddress, registration.email == nil {
            violations.append(FieldViolation(field: "email", .missing))
        } else if refusal == .otherDomain {
            violations.append(.otherDomain)
        }
        let context = PasswordContext(
            username: registration.username, email: registration.email, fullName: registration.fullName)
        violations += core.settings.passwords.violations(of: registration.password, context: context)
            .map { $0.violation(of: "password") }
        guard violations.isEmpty else { throw .invalid(violations) }
        guard mail.canSend || !core.settings.requiresVerifiedEmail else { throw .mailUnavailable }
    }

    /// Creates a user, and in the same transaction writes the mail that verifies the address, where there is one.
    private func create(
        _ user: User, _ hash: StoredPasswordHash, _ verification: MailedToken?, _ context: OperationContext
    ) async throws(AuthError) {
        let creation = try await core.inStore { store throws(StoreError) in
            try await store.createUser(
                user, passwordHash: hash, verification: verification, action: .userRegistered, context: context)
        }
        switch creation {
        case .created:
            if verification != nil { tokens.policy.noteMail() }
            core.outbox.signals.wakeAll()
        case .taken(let kind):
            try await core.record(.userRegistered, refusal: "\(kind.rawValue)_taken", in: context)
            throw .identifierTaken(kind)
        }
    }

    /// Whether the settings have a link mailed to users who make themselves known, so that they verify the address.
    var verifiesOnCreation: Bool { core.settings.requiresVerifiedEmail || core.settings.verifiesOnRegistration }

    /// What verifies the address of a new user, the mail that carries it, and what completes it with the code.
    ///
    /// The user has just shown the password, so opening the link in the same browser binds it.
    ///
    /// - Returns: `nil` without an address, where no mail can be sent, and where the installation's budget of mails is spent,
    ///   which is audited.
    func verification(
        for user: User, _ context: OperationContext
    ) async throws(AuthError) -> (token: MailedToken, handle: FlowHandle)? {
        guard mail.canSend, let address = user.email else { return nil }
        guard try await tokens.policy.admits(.stranger, isFirstOfDay: true, at: context.now) else {
            try await core.record(
                .emailVerificationRequested, refusal: OneTimeTokenIssuance.Refusal.mailLimitReached.rawValue,
                target: user.id, in: context)
            return nil
        }
        let (handle, flow) = tokens.secrets.makeHandle(random: core.random)
        let order = OneTimeTokenIssuer.Order(
            purpose: .emailVerification, userID: user.id, address: address, flow: flow, shown: user.credentialGeneration
        )
        return (tokens.prepare(order, context), handle)
    }
}

extension FieldViolation {
    /// An address of a domain that `RegistrationPolicy` does not admit.
    static let otherDomain = FieldViolation(
        field: "email", code: "domain_not_allowed", message: "Addresses of this domain are not accepted.")
}
