// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension AuthService {
    /// Mails a token with which the owner of an address can set a new password.
    ///
    /// The answer comes before anything is looked up, so that it tells nothing.
    ///
    /// - Throws: `.mailUnavailable`, `.overloaded`.
    public func requestPasswordReset(of address: EmailAddress, from client: ClientContext) throws(AuthError) {
        guard mailer != nil else { throw .mailUnavailable }
        let context = context(client)
        try leave { [self] attempt in
            do throws(AuthError) {
                guard let (user, token) = try await issueReset(of: address, context) else { return .done }
                return await sendReset(token, to: user, context, attempt: attempt)
            } catch {
                return .again
            }
        }
    }

    /// As ``requestPasswordReset(of:from:)``, and returns the token: for development alone, where the time of the answer
    /// may tell.
    ///
    /// - Returns: `nil` where nobody who may sign in has the address.
    /// - Throws: `.overloaded`, `.unavailable`, `.cancelled`.
    public func requestPasswordResetRevealing(
        of address: EmailAddress, from client: ClientContext
    ) async throws(AuthError) -> MailToken? {
        let context = context(client)
        guard let (user, token) = try await issueReset(of: address, context) else { return nil }
        try leave { [self] attempt in await sendReset(token, to: user, context, attempt: attempt) }
        return token
    }

    /// Sets a new password with a mailed token, ends every session and voids every other token of the user.
    ///
    /// No session is opened: a reset is no sign-in. Junk is refused without a query, and nothing is hashed for a token
    /// that cannot be redeemed.
    ///
    /// - Throws: `.invalidOneTimeToken` for whatever is wrong with the token, `.invalid` with all violations of the
    ///   policy (the token stays good), `.overloaded`, `.unavailable`, `.cancelled`.
    public func confirmPasswordReset(
        _ token: String, newPassword: Password, from client: ClientContext
    ) async throws(AuthError) {
        let context = context(client)
        guard let digest = oneTimeSecrets.digest(of: token, for: .passwordReset),
            let user = try await owner(ofResetWithDigest: digest, context)
        else {
            try await record(.passwordReset, refusal: OneTimeTokenRefusal.unknown.rawValue, in: context)
            throw .invalidOneTimeToken
        }
        let violations = violations(of: newPassword, for: user)
        guard violations.isEmpty else { throw .invalid(violations) }
        let hash = try await newHash(ofChosen: newPassword, field: "new_password")
        let outcome = try await inStore { () throws(StoreError) in
            try await store.redeemPasswordReset(digest: digest, newHash: hash, context: context)
        }
        switch outcome {
        case .accepted(let user):
            directory.apply(.epochRaised(user.id, user.epoch), at: context.now)
            notify(user, .passwordChanged, context)
        case .refused:
            throw .invalidOneTimeToken
        }
    }

    /// The user of a reset token that looks good; whether it is, is decided again when it is redeemed.
    private func owner(
        ofResetWithDigest digest: [UInt8], _ context: OperationContext
    ) async throws(AuthError) -> User? {
        try await inStore { () throws(StoreError) in
            guard let token = try await store.oneTimeToken(withDigest: digest), token.purpose == .passwordReset,
                context.now < token.expiresAt
            else { return nil }
            return try await store.user(withID: token.userID)
        }
    }

    /// Makes a token for whoever has the address and may sign in; the audit hears of both outcomes.
    private func issueReset(
        of address: EmailAddress, _ context: OperationContext
    ) async throws(AuthError) -> (User, MailToken)? {
        let found = try await inStore { () throws(StoreError) in
            try await store.credential(for: .email(address))
        }
        guard let user = found?.user, let own = user.email, user.mayHoldSession(at: context.now) else {
            let refusal: SignInRefusal = found == nil ? .unknownUser : .userDisabled
            try await record(
                .passwordResetRequested, refusal: refusal.rawValue, target: found?.user.id, in: context)
            return nil
        }
        guard let token = try await issue(.passwordReset, for: user, own, context) else { return nil }
        return (user, token)
    }

    private func sendReset(
        _ token: MailToken, to user: User, _ context: OperationContext, attempt: Int
    ) async -> MailDesk.Disposition {
        guard let address = user.email else { return .done }
        let message = MailMessage.passwordReset(token: token, validFor: settings.passwordResetLifetime)
        let mail = OutgoingMail(recipient: address, recipientName: user.fullName?.text, message: message)
        return await deliver(mail, about: user.id, context, attempt: attempt)
    }
}
