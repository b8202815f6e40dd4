// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Issues one-time tokens within the budgets of addresses, and finds the user of a presented one.
struct OneTimeTokenIssuer: Sendable {
    /// Who gets the text of a token.
    enum Handover: Hashable, Sendable {
        /// The mailbox, whose mail is written into the outbox with the token.
        case mailed
        /// The caller alone.
        case returned
    }

    let core: ServiceCore
    let secrets: OneTimeSecrets

    /// Issues a token that verifies an address and mails it; as work of a `DeferredQueue`.
    func sendVerification(
        to user: UserID, _ address: EmailAddress, _ context: OperationContext
    ) async -> DeferredQueue.Disposition {
        do throws(AuthError) {
            _ = try await issue(.emailVerification, for: user, address, .mailed, context)
            return .done
        } catch {
            return .again
        }
    }

    /// Stores a new one-time token, and with it the mail that carries it.
    ///
    /// With `isLimited`, the budget of the address applies, as it must if an attacker may have made the request.
    ///
    /// - Returns: `nil` if the budget of the address is used up or the user no longer has it, which is audited.
    func issue(
        _ purpose: OneTimeTokenPurpose, for userID: UserID, _ address: EmailAddress, _ handover: Handover,
        isLimited: Bool = true, _ context: OperationContext
    ) async throws(AuthError) -> MailToken? {
        let (issuance, text) = try await attemptIssue(
            purpose, for: userID, address, handover, isLimited: isLimited, context)
        switch issuance {
        case .issued:
            core.outbox.signals.wake(.mail)
            return text
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
            purpose, for: UserID(core.makeID(at: context.now)), address, .mailed, isLimited: true, context)
    }

    /// Makes a token for an address, and the mail that carries it; nothing is stored.
    func prepare(
        _ purpose: OneTimeTokenPurpose, for userID: UserID, _ address: EmailAddress, _ context: OperationContext
    ) -> MailedToken {
        mailed(
            secrets.make(for: purpose, of: userID, random: core.random), purpose, for: userID, address, .mailed, context
        )
    }

    private func mailed(
        _ made: OutboxToken, _ purpose: OneTimeTokenPurpose, for userID: UserID, _ address: EmailAddress,
        _ handover: Handover, _ context: OperationContext
    ) -> MailedToken {
        let token = OneTimeToken(
            digest: made.digest, purpose: purpose, userID: userID, address: address.canonical, createdAt: context.now,
            expiresAt: context.now + lifetime(of: purpose))
        switch handover {
        case .returned: return MailedToken(token, mail: nil)
        case .mailed:
            let mail = OutboxEntry(
                .mail, kind: MailKind(carrying: purpose).rawValue, about: userID, to: address.original, token: made,
                expiresAt: token.expiresAt, in: context)
            return MailedToken(token, mail: mail)
        }
    }

    private func attemptIssue(
        _ purpose: OneTimeTokenPurpose, for userID: UserID, _ address: EmailAddress, _ handover: Handover,
        isLimited: Bool, _ context: OperationContext
    ) async throws(AuthError) -> (OneTimeTokenIssuance, MailToken?) {
        let made = secrets.make(for: purpose, of: userID, random: core.random)
        let issued = mailed(made, purpose, for: userID, address, handover, context)
        let issuance = try await core.inStore { store throws(StoreError) in
            try await store.issueToken(issued, isLimited: isLimited, context: context)
        }
        return (issuance, secrets.text(of: made, for: purpose, of: userID))
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
