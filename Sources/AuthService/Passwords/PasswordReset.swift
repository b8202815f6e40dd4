// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension AuthService {
    /// Mails a token with which the owner of an address can set a new password.
    ///
    /// The answer comes before anything is looked up, so that it tells nothing. `OneTimeTokenBudget` says how many mails an
    /// address gets, whoever asks.
    ///
    /// - Throws: `.mailUnavailable`, `.overloaded`.
    public func requestPasswordReset(of address: EmailAddress, from client: ClientContext) throws(AuthError) {
        guard mailer != nil else { throw .mailUnavailable }
        let context = context(client)
        try enqueue(.passwordReset, context) { [self] attempt in
            do throws(AuthError) {
                guard let (user, address, token) = try await issueReset(of: address, context) else { return .done }
                return await mail(token, for: .passwordReset, to: user, address, context, attempt: attempt)
            } catch {
                return .again
            }
        }
    }

    /// As ``requestPasswordReset(of:from:)``, and returns the token: for development alone, where the time of the answer
    /// may tell.
    ///
    /// - Returns: `nil` where nobody who may sign in has the address, or its budget is used up.
    /// - Throws: `.overloaded`, `.unavailable`, `.cancelled`.
    public func requestPasswordResetRevealing(
        of address: EmailAddress, from client: ClientContext
    ) async throws(AuthError) -> MailToken? {
        let context = context(client)
        guard let (user, address, token) = try await issueReset(of: address, context) else { return nil }
        try enqueue(.passwordReset, about: user.id, context) { [self] attempt in
            await mail(token, for: .passwordReset, to: user, address, context, attempt: attempt)
        }
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
        let token = TypedText.trimmed(token)
        guard let digest = oneTimeSecrets.digest(of: token, for: .passwordReset) else {
            try await record(.passwordReset, refusal: OneTimeTokenRefusal.unknown.rawValue, in: context)
            throw .invalidOneTimeToken
        }
        guard let user = try await owner(ofTokenWithDigest: digest, for: .passwordReset, context) else {
            throw .invalidOneTimeToken
        }
        let violations = violations(of: newPassword, for: user)
        guard violations.isEmpty else { throw .invalid(violations) }
        let hash = try await newHash(ofChosen: newPassword, field: "new_password")
        let outcome = try await commit(at: context.now) { () throws(StoreError) in
            try await store.redeemPasswordReset(digest: digest, newHash: hash, context: context)
        }
        switch outcome {
        case .accepted(let user):
            notify(user, .passwordChanged, context)
        case .refused:
            throw .invalidOneTimeToken
        }
    }

    /// The user of a token that looks good; whether it is, is decided again when it is redeemed.
    ///
    /// - Returns: `nil` for a token that is refused, which is audited.
    func owner(
        ofTokenWithDigest digest: [UInt8], for purpose: OneTimeTokenPurpose, _ context: OperationContext
    ) async throws(AuthError) -> User? {
        let found = try await inStore { () async throws(StoreError) -> (OneTimeToken, User)? in
            guard let token = try await store.oneTimeToken(withDigest: digest),
                let user = try await store.user(withID: token.userID)
            else { return nil }
            return (token, user)
        }
        let refusal: OneTimeTokenRefusal
        switch found {
        case nil: refusal = .unknown
        case .some((let token, let user)):
            switch token.redeem(for: purpose, user: user, at: context.now) {
            case .accept: return user
            case .refuse(let reason): refusal = reason
            }
        }
        let action: AuditAction =
            switch purpose {
            case .passwordReset: .passwordReset
            case .emailVerification: .emailVerified
            }
        try await record(action, refusal: refusal.rawValue, target: found?.1.id, in: context)
        return nil
    }

    /// Makes a token for whoever has the address and may sign in; the audit hears of both outcomes.
    private func issueReset(
        of address: EmailAddress, _ context: OperationContext
    ) async throws(AuthError) -> (User, EmailAddress, MailToken)? {
        let found = try await inStore { () throws(StoreError) in
            try await store.credential(for: .email(address))
        }
        guard let user = found?.user, let own = user.email, user.mayHoldSession(at: context.now) else {
            let refusal: SignInRefusal = found == nil ? .unknownUser : .userDisabled
            try await issueNothing(.passwordReset, address, context)
            try await record(
                .passwordResetRequested, refusal: refusal.rawValue, target: found?.user.id, in: context)
            return nil
        }
        guard let token = try await issue(.passwordReset, for: user.id, own, context) else { return nil }
        return (user, own, token)
    }
}
