// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension AuthService {
    /// Changes the part of the caller's own record that they may write; never role, state, password or verification.
    ///
    /// A new address is unproven until it is verified, and tokens mailed to the old one are void.
    ///
    /// - Throws: `.identifierTaken`, `.invalid` where no identifier would be left, `.tokenRevoked` where the user is
    ///   gone, `.unavailable`, `.cancelled`.
    public func updateProfile(
        of principal: Principal, by change: ProfileChange, from client: ClientContext
    ) async throws(AuthError) -> User {
        do throws(AuthError) {
            return try await changeProfile(
                of: principal.user, by: change, context(client, actor: principal.user.id))
        } catch .userNotFound {
            throw .tokenRevoked
        }
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
