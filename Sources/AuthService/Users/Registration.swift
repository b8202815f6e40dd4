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
    /// The user exists and may sign in, or must verify the address first if the service requires that.
    case registered(User)
    /// The same answer for free and taken identifiers: only the mail reveals which it was.
    case accepted
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
            try await create(user, hash, isVerified: verifiesOnCreation, context)
            return .registered(user)
        }
        try mail.enqueue(.registration, context) { [self] attempt in
            await finishPrivately(user, hash, context, attempt)
        }
        return .accepted
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

    /// Creates a user, and where the address is to be verified writes its mail in the same transaction.
    private func create(
        _ user: User, _ hash: StoredPasswordHash, isVerified: Bool, _ context: OperationContext
    ) async throws(AuthError) {
        let verification = isVerified ? self.verification(for: user, context) : nil
        let creation = try await core.inStore { store throws(StoreError) in
            try await store.createUser(
                user, passwordHash: hash, verification: verification, action: .userRegistered, context: context)
        }
        switch creation {
        case .created: core.outbox.signals.wakeAll()
        case .taken(let kind):
            try await core.record(.userRegistered, refusal: "\(kind.rawValue)_taken", in: context)
            throw .identifierTaken(kind)
        }
    }

    /// Whether the settings have a link mailed to users who make themselves known, so that they verify the address.
    var verifiesOnCreation: Bool { core.settings.requiresVerifiedEmail || core.settings.verifiesOnRegistration }

    /// What verifies the address of a new user, and the mail that carries it; `nil` without an address, and where no mail can be
    /// sent.
    func verification(for user: User, _ context: OperationContext) -> MailedToken? {
        guard mail.canSend, let address = user.email else { return nil }
        return tokens.prepare(.emailVerification, for: user.id, address, context)
    }

    private func finishPrivately(
        _ user: User, _ hash: StoredPasswordHash, _ context: OperationContext, _ attempt: Int
    ) async -> DeferredQueue.Disposition {
        guard let address = user.email else { return .done }
        do throws(AuthError) {
            // An earlier attempt may have created the user before it failed, or without receiving the answer.
            let isMade = attempt > 0 ? try await exists(user.id) : false
            if !isMade { try await create(user, hash, isVerified: true, context) }
            return .done
        } catch .identifierTaken(.email) {
            return await mail(.addressAlreadyRegistered, to: address, context)
        } catch .identifierTaken(.username) {
            return await mail(.usernameTaken, to: address, context)
        } catch {
            return .again
        }
    }

    /// Writes a mail to an address that no user may have.
    private func mail(
        _ template: MailTemplate, to address: EmailAddress, _ context: OperationContext
    ) async -> DeferredQueue.Disposition {
        let entry = OutboxEntry(.mail, kind: template.name, about: nil, to: address.original, in: context)
        let isWritten = try? await core.enqueue(entry, context)
        return isWritten == nil ? .again : .done
    }

    private func exists(_ id: UserID) async throws(AuthError) -> Bool {
        try await core.inStore { store throws(StoreError) in try await store.user(withID: id) } != nil
    }
}

extension FieldViolation {
    /// An address of a domain that `RegistrationPolicy` does not admit.
    static let otherDomain = FieldViolation(
        field: "email", code: "domain_not_allowed", message: "Addresses of this domain are not accepted.")
}
