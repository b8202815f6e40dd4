// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

/// A user to be created by an administrator.
public struct UserDraft: Sendable {
    /// The name to sign in with; optional.
    public let username: Username?
    /// The address; optional, but one of both is needed.
    public let email: EmailAddress?
    /// The user's full name.
    public let fullName: FullName?
    /// A first password, which the user must replace at first sign-in; `nil` for a user who is mailed an invitation, or sets one
    /// by a reset.
    public let password: Password?
    /// The user's role.
    public let role: Role
    /// Whether the address counts as verified.
    public let isVerified: Bool

    /// Describes a user to be made.
    public init(
        username: Username?, email: EmailAddress?, fullName: FullName?, password: Password?, role: Role = .user,
        isVerified: Bool = false
    ) {
        self.username = username
        self.email = email
        self.fullName = fullName
        self.password = password
        self.role = role
        self.isVerified = isVerified
    }
}

/// The administrator of an action.
public enum Administrator: Sendable {
    /// A user with the right to; administrators cannot remove it from themselves.
    case user(Principal)
    /// The operator on the host, who acts as no user.
    case commandLine

    var id: UserID? {
        switch self {
        case .user(let principal): principal.user.id
        case .commandLine: nil
        }
    }
}

extension UserService {
    /// Creates a user, whatever ``AuthSettings/registration`` says, and also with a username that is reserved.
    ///
    /// An address that another user has changed for another one less than 72 hours ago counts as taken.
    ///
    /// With `mustChangePassword`, a given password has to be replaced at first sign-in: always so over HTTP, and not so
    /// for an operator on the host who sets their own. A user without a password who has an address is mailed an invitation to
    /// set one, where mail can be sent; the user stays whether or not it is accepted.
    ///
    /// - Throws: `.invalid` with all violations, `.identifierTaken`, `.overloaded`, `.unavailable`, `.cancelled`.
    public func create(
        _ draft: UserDraft, by administrator: Administrator, mustChangePassword: Bool = true,
        from client: ClientContext
    ) async throws(AuthError) -> User {
        var violations: [FieldViolation] = []
        if draft.username == nil, draft.email == nil {
            violations.append(FieldViolation(field: "email", .missing))
        }
        if !core.policy.roles.defines(draft.role) { violations.append(.unknownRole) }
        if let password = draft.password {
            let words = PasswordContext(username: draft.username, email: draft.email, fullName: draft.fullName)
            violations += core.settings.passwords.violations(of: password, context: words)
                .map { $0.violation(of: "password") }
        }
        guard violations.isEmpty else { throw .invalid(violations) }

        let context = core.context(client, actor: administrator.id)
        var hash: StoredPasswordHash?
        if let password = draft.password { hash = try await hashes.newHash(ofChosen: password, field: "password") }
        let user = User(
            id: UserID(core.makeID(at: context.now)), username: draft.username, email: draft.email,
            emailVerifiedAt: draft.isVerified && draft.email != nil ? context.now : nil, fullName: draft.fullName,
            // A password that an administrator chose is not bound to the address; where there is none, nothing is unbound.
            role: draft.role, mustChangePassword: mustChangePassword && hash != nil, isBound: hash == nil,
            createdAt: context.now, origin: .administrator)
        let stored = hash
        let creation = try await core.inStore { (store) async throws(StoreError) -> UserCreation in
            guard stored == nil, mail.canSend, let address = user.email else {
                return try await store.createUser(
                    user, passwordHash: stored, action: .userCreated, context: context)
            }
            let invitation = Invitation(
                InvitationID(core.makeID(at: context.now)), of: user.id, as: user.role, by: administrator.id,
                at: context.now)
            let issued = tokens.invitation(of: user.id, address, by: administrator, context)
            return try await store.createInvitedUser(user, invitation, issued, context: context)
        }
        switch creation {
        case .created:
            core.outbox.signals.wakeAll()
            return user
        case .taken(let kind): throw .identifierTaken(kind)
        }
    }

    /// One page of users.
    ///
    /// - Throws: `.unavailable`, `.cancelled`.
    public func list(matching query: UserQuery) async throws(AuthError) -> UserPage {
        try await core.inStore { store throws(StoreError) in try await store.users(matching: query) }
    }

    /// How many users there are.
    ///
    /// - Throws: `.unavailable`, `.cancelled`.
    public func count() async throws(AuthError) -> Int64 {
        try await core.inStore { store throws(StoreError) in try await store.userCount() }
    }

    /// The user with this id.
    ///
    /// - Throws: `.userNotFound`, `.unavailable`, `.cancelled`.
    public func user(withID id: UserID) async throws(AuthError) -> User {
        try await core.user(withID: id)
    }

    /// The user with an identifier.
    ///
    /// - Throws: `.userNotFound`, `.unavailable`, `.cancelled`.
    public func user(identifiedBy identifier: Identifier) async throws(AuthError) -> User {
        guard let found = try await core.credential(for: identifier) else { throw .userNotFound }
        return found.user
    }

    /// Changes another user's profile.
    ///
    /// - Throws: `.userNotFound`, `.identifierTaken`, `.invalid`, `.unavailable`, `.cancelled`.
    public func update(
        _ id: UserID, by change: ProfileChange, administrator: Administrator, from client: ClientContext
    ) async throws(AuthError) -> User {
        let user = try await user(withID: id)
        return try await changeProfile(of: user, by: change, core.context(client, actor: administrator.id))
    }

    /// Sets a role or permissions, enables, disables or deletes a user.
    ///
    /// A new role, and other permissions beside it, revoke the user's access tokens and keep the sessions: their next refresh
    /// gives a token of what the user is granted then. Disabling and deleting end every session. The username of a deleted user
    /// is reserved, as ``AuthSettings/usernameReservation`` says.
    ///
    /// - Returns: The user's current record; the last one if deleted.
    /// - Throws: `.userNotFound`, `.refused`, `.invalid` for a role that is not defined, `.unavailable`, `.cancelled`.
    public func perform(
        _ action: AdministrativeAction, on id: UserID, by administrator: Administrator, from client: ClientContext
    ) async throws(AuthError) -> User {
        if case .setRole(let role) = action, !core.policy.roles.defines(role) { throw .invalid([.unknownRole]) }
        let context = core.context(client, actor: administrator.id)
        let reservation = core.settings.usernameReservation.map { context.now + $0 }
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.perform(action, on: id, reservingUsernameUntil: reservation, context: context)
        }
        switch outcome {
        case .updated(let user), .deleted(let user), .unchanged(let user):
            return user
        case .refused(let refusal):
            throw .refused(refusal)
        case .notFound:
            throw .userNotFound
        }
    }
}

extension FieldViolation {
    static let unknownRole = FieldViolation(
        field: "role", code: "unknown_role", message: "The role is not defined.")
}
