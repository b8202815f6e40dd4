// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension PasswordService {
    /// Mails a token with which the owner of an address can set a new password.
    ///
    /// To prevent user enumeration, the answer comes before anything is looked up. `OneTimeTokenBudget` limits the
    /// mails to an address, for all requests together.
    ///
    /// - Throws: `.mailUnavailable`, `.overloaded`.
    public func requestReset(of address: EmailAddress, from client: ClientContext) throws(AuthError) {
        guard mail.canSend else { throw .mailUnavailable }
        let context = core.context(client)
        try mail.enqueue(.passwordReset, context) { [self] _ in
            do throws(AuthError) {
                _ = try await issueReset(of: address, context)
                return .done
            } catch {
                return .again
            }
        }
    }

    /// As ``requestReset(of:from:)``, and returns the token: for development alone, where the time of the answer may
    /// reveal the user.
    ///
    /// - Returns: `nil` if no user who may sign in has the address, or its budget is used up.
    /// - Throws: `.unavailable`, `.cancelled`.
    public func requestResetRevealing(
        of address: EmailAddress, from client: ClientContext
    ) async throws(AuthError) -> MailToken? {
        let context = core.context(client)
        return try await issueReset(of: address, context)
    }

    /// Sets a new password with a mailed token, revokes every session and voids every other token of the user.
    ///
    /// No session is opened: a reset is no sign-in. An invalid token is rejected without a query, and no password is
    /// hashed for a token that cannot be redeemed.
    ///
    /// - Throws: `.invalidOneTimeToken` for every fault of the token, `.invalid` with all violations of the policy (the
    ///   token stays valid), `.overloaded`, `.unavailable`, `.cancelled`.
    public func confirmReset(
        _ token: String, newPassword: Password, from client: ClientContext
    ) async throws(AuthError) {
        let context = core.context(client)
        let token = TypedText.trimmed(token)
        guard let key = tokens.secrets.key(of: token, for: .passwordReset) else {
            try await core.record(.passwordReset, refusal: OneTimeTokenRefusal.unknown.rawValue, in: context)
            throw .invalidOneTimeToken
        }
        guard let user = try await tokens.owner(of: key, for: .passwordReset, context) else {
            throw .invalidOneTimeToken
        }
        let violations = violations(of: newPassword, for: user)
        guard violations.isEmpty else { throw .invalid(violations) }
        let hash = try await hashes.newHash(ofChosen: newPassword, field: "new_password")
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.redeemPasswordReset(key, newHash: hash, context: context)
        }
        switch outcome {
        case .accepted:
            return
        case .refused:
            throw .invalidOneTimeToken
        }
    }

    /// Issues a password-reset token for a user, to be handed over by the administrator or mailed.
    ///
    /// - Returns: The token; `nil` if it was mailed.
    /// - Throws: `.userNotFound`, `.invalid` where the user has no address or may not sign in, `.mailUnavailable`,
    ///   `.unavailable`, `.cancelled`.
    public func startReset(
        of user: User, by administrator: Administrator, mailing: Bool, from client: ClientContext
    ) async throws(AuthError) -> MailToken? {
        let context = core.context(client, actor: administrator.id)
        guard let address = user.email, user.mayHoldSession(at: context.now) else {
            throw .invalid([FieldViolation(field: "email", .missing)])
        }
        guard mail.canSend || !mailing else { throw .mailUnavailable }
        // An attacker who used up the budget of the address must not keep an administrator from helping its owner.
        let issued = try await tokens.issue(
            .passwordReset, for: user.id, address, mailing ? .mailed : .returned, isLimited: false, context)
        guard let token = issued else { throw .userNotFound }
        return mailing ? nil : token
    }

    /// Issues a token if a user who may sign in has the address, and mails it where that can be done; audits both outcomes.
    private func issueReset(
        of address: EmailAddress, _ context: OperationContext
    ) async throws(AuthError) -> MailToken? {
        let found = try await core.credential(for: .email(address))
        guard let user = found?.user, let own = user.email, user.mayHoldSession(at: context.now) else {
            let refusal: SignInRefusal = found == nil ? .unknownUser : .userDisabled
            try await tokens.issueNothing(.passwordReset, address, context)
            try await core.record(
                .passwordResetRequested, refusal: refusal.rawValue, target: found?.user.id, in: context)
            return nil
        }
        return try await tokens.issue(.passwordReset, for: user.id, own, mail.canSend ? .mailed : .returned, context)
    }
}
