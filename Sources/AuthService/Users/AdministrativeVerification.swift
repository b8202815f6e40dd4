// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension UserService {
    /// Marks a user's address as verified, on the word of an administrator who knows otherwise that it is the user's.
    ///
    /// A token is issued and redeemed at once, and the audit log has both.
    ///
    /// - Returns: The user's current record; unchanged if the address was verified before.
    /// - Throws: `.invalid` where the user has no address, `.userDisabled` where the user may not sign in,
    ///   `.userNotFound`, also where the address has changed meanwhile, `.unavailable`, `.cancelled`.
    public func verifyEmail(
        of user: User, by administrator: Administrator, from client: ClientContext
    ) async throws(AuthError) -> User {
        let context = core.context(client, actor: administrator.id)
        guard let address = user.email else { throw .invalid([FieldViolation(field: "email", .missing)]) }
        guard user.mayHoldSession(at: context.now) else { throw .userDisabled }
        guard !user.isVerified else { return user }
        guard let verified = try await verifyNow(address, of: user, context) else { throw .userNotFound }
        return verified
    }

    /// Issues a token for a user's address and redeems it at once, which verifies the address and binds nothing to it.
    ///
    /// - Returns: `nil` where the user no longer has the address or may not sign in any more.
    func verifyNow(
        _ address: EmailAddress, of user: User, _ context: OperationContext
    ) async throws(AuthError) -> User? {
        let current = try await core.user(withID: user.id)
        // As if the credentials had been shown when it was asked for, and the link were opened elsewhere: they stay as they are.
        let order = OneTimeTokenIssuer.Order(
            purpose: .emailVerification, userID: user.id, address: address,
            flow: tokens.secrets.makeHandle(random: core.random).id, shown: current.credentialGeneration,
            handover: .returned)
        let issued = try await tokens.issue(order, under: .unlimited, context)
        guard let issued, let key = tokens.secrets.key(of: issued.revealed, for: .emailVerification) else {
            return nil
        }
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.redeemEmailVerification(.link(key), showing: nil, context: context)
        }
        switch outcome {
        case .accepted(let user, _): return user
        case .refused: return nil
        }
    }
}
