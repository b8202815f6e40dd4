// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension AuthService {
    /// Changes the part of the caller's own record that they may write; never role, state, password or verification.
    ///
    /// A new address is unproven until it is verified, and tokens mailed to the old one are void. Whoever holds the
    /// address can reset the password, so a token alone does not move it: the current password is asked for again.
    ///
    /// Cost: one password check where the address changes.
    /// - Parameter password: The current password; looked at only where the address changes and the user has one.
    /// - Throws: `.reauthenticationRequired`, `.wrongCurrentPassword`, `.overloaded`, `.identifierTaken`, `.invalid` where no identifier would be left, `.tokenRevoked` where the user is
    ///   gone, `.unavailable`, `.cancelled`.
    public func updateProfile(
        of principal: Principal, by change: ProfileChange, confirmedBy password: Password? = nil,
        from client: ClientContext
    ) async throws(AuthError) -> User {
        let context = context(client, actor: principal.user.id)
        do throws(AuthError) {
            if let email = change.email, email?.canonical != principal.user.email?.canonical {
                try await reauthenticate(principal, with: password, for: .profileChanged, context)
            }
            return try await changeProfile(of: principal.user, by: change, context)
        } catch .userNotFound {
            throw .tokenRevoked
        }
    }

    /// Asks a user who has a password for it again.
    private func reauthenticate(
        _ principal: Principal, with password: Password?, for action: AuditAction, _ context: OperationContext
    ) async throws(AuthError) {
        let credential = try await inStore { () throws(StoreError) in
            try await store.credential(of: principal.user.id)
        }
        guard let credential else { throw .userNotFound }
        guard let hash = credential.passwordHash else { return }
        guard let password else { throw .reauthenticationRequired }
        try await confirm(password, against: hash, of: principal, for: action, in: context)
    }

    /// Changes a profile and tells the old address when it is one no longer.
    func changeProfile(
        of known: User, by change: ProfileChange, _ context: OperationContext
    ) async throws(AuthError) -> User {
        guard !change.isEmpty else { return known }
        let outcome = try await inStore { () throws(StoreError) in
            try await store.changeProfile(of: known.id, by: change, context: context)
        }
        switch outcome {
        case .changed(let user):
            directory.apply(.userChanged(user.id), at: context.now)
            if let old = known.email, old.canonical != user.email?.canonical { notify(known, .addressChanged, context) }
            return user
        case .taken(let kind):
            throw .identifierTaken(kind)
        case .refused(.noIdentifierLeft):
            throw .invalid([FieldViolation(field: "email", .missing)])
        case .notFound:
            throw .userNotFound
        }
    }
}
