// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Issues one-time tokens within the budgets of addresses, mails them, and finds the user of a presented one.
struct OneTimeTokenIssuer: Sendable {
    let core: ServiceCore
    let secrets: OneTimeSecrets
    let mail: MailDispatch

    /// Issues a token for an address and mails it, once, however often the mail is tried.
    func sendVerification(
        to user: User, _ address: EmailAddress, _ context: OperationContext, attempt: Int
    ) async -> DeferredQueue.Disposition {
        do throws(AuthError) {
            guard let token = try await issue(.emailVerification, for: user.id, address, context) else { return .done }
            return await mail(token, for: .emailVerification, to: user, address, context, attempt: attempt)
        } catch {
            return .again
        }
    }

    /// Mails a token.
    func mail(
        _ token: MailToken, for purpose: OneTimeTokenPurpose, to user: User, _ address: EmailAddress,
        _ context: OperationContext, attempt: Int
    ) async -> DeferredQueue.Disposition {
        let message: MailMessage =
            switch purpose {
            case .passwordReset: .passwordReset(token: token, validFor: lifetime(of: purpose))
            case .emailVerification: .emailVerification(token: token, validFor: lifetime(of: purpose))
            }
        let outgoing = OutgoingMail(
            recipient: address, recipientName: user.fullName?.text, origin: ActionOrigin(context), message: message)
        return await mail.deliver(outgoing, about: user.id, context, attempt: attempt)
    }

    /// Stores a new one-time token.
    ///
    /// With `isLimited`, the budget of the address applies, as it must if an attacker may have made the request.
    ///
    /// - Returns: `nil` if the budget of the address is used up or the user no longer has it, which is audited.
    func issue(
        _ purpose: OneTimeTokenPurpose, for userID: UserID, _ address: EmailAddress, isLimited: Bool = true,
        _ context: OperationContext
    ) async throws(AuthError) -> MailToken? {
        let (issuance, text) = try await attemptIssue(purpose, for: userID, address, isLimited: isLimited, context)
        switch issuance {
        case .issued: return text
        case .refused(let refusal):
            try await core.record(purpose.request, refusal: refusal.rawValue, target: userID, in: context)
            return nil
        }
    }

    /// Requests a token for a user that does not exist, so that both cases cost the same.
    func issueNothing(
        _ purpose: OneTimeTokenPurpose, _ address: EmailAddress, _ context: OperationContext
    ) async throws(AuthError) {
        _ = try await attemptIssue(
            purpose, for: UserID(core.makeID(at: context.now)), address, isLimited: true, context)
    }

    private func attemptIssue(
        _ purpose: OneTimeTokenPurpose, for userID: UserID, _ address: EmailAddress, isLimited: Bool,
        _ context: OperationContext
    ) async throws(AuthError) -> (OneTimeTokenIssuance, MailToken) {
        let (text, key) = secrets.make(for: purpose, of: userID, random: core.random)
        let token = OneTimeToken(
            digest: key.digest, purpose: purpose, userID: userID, address: address.canonical, createdAt: context.now,
            expiresAt: context.now + lifetime(of: purpose))
        let issuance = try await core.inStore { store throws(StoreError) in
            try await store.issueToken(token, isLimited: isLimited, context: context)
        }
        return (issuance, text)
    }

    private func lifetime(of purpose: OneTimeTokenPurpose) -> Duration {
        switch purpose {
        case .passwordReset: core.settings.passwordResetLifetime
        case .emailVerification: core.settings.emailVerificationLifetime
        }
    }

    /// The user of an apparently valid token; its validity is decided again when it is redeemed.
    ///
    /// Token and user are both looked up whether or not they exist.
    ///
    /// - Returns: `nil` for a token that is rejected, which is audited.
    func owner(
        of key: OneTimeTokenKey, for purpose: OneTimeTokenPurpose, _ context: OperationContext
    ) async throws(AuthError) -> User? {
        let found = try await core.inStore { (store) async throws(StoreError) -> (OneTimeToken, User)? in
            let token = try await store.oneTimeToken(key)
            let user = try await store.user(withID: key.userID)
            guard let token, let user else { return nil }
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
        try await core.record(action, refusal: refusal.rawValue, target: found?.1.id, in: context)
        return nil
    }
}
