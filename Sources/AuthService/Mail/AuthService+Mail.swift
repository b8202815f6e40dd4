// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension AuthService {
    /// Whether mail can be sent at all.
    public var canSendMail: Bool { mailer != nil }

    /// Does all the work that was left for after the answers, once, and writes the refusals that were counted.
    ///
    /// A test calls it; a running service does so itself.
    public func completeDeferredWork() async {
        await mails.clear()
        await notices.clear()
        await writeCountedRefusals()
    }

    /// How many mails were dropped since the start, for metrics.
    public var droppedMails: DroppedMails { mailLosses.counts }

    /// Leaves work that was asked for by a caller, who is told where there is no room for it.
    func enqueue(
        _ kind: MailKind, about user: UserID? = nil, _ context: OperationContext, _ job: @escaping DeferredQueue.Job
    ) throws(AuthError) {
        guard mails.enqueue(DeferredQueue.Matter(kind: kind, user: user, context: context), job) else {
            throw .overloaded(retryAfter: .seconds(30))
        }
    }

    /// Leaves a notice of what was done, in the room that strangers' requests cannot take.
    ///
    /// A notice for which there is no room is lost, and not the deed it tells of; the operator is told.
    func enqueueNotice(
        _ kind: MailKind, about user: UserID, _ context: OperationContext, _ job: @escaping DeferredQueue.Job
    ) {
        let matter = DeferredQueue.Matter(kind: kind, user: user, context: context)
        if !notices.enqueue(matter, job) { mailLosses.note(matter, .full) }
    }

    /// Sends one mail and, where that fails, tells the operator, and after the last attempt the audit.
    func deliver(
        _ mail: OutgoingMail, about user: UserID?, _ context: OperationContext, attempt: Int
    ) async -> DeferredQueue.Disposition {
        guard let mailer else { return .done }
        do throws(MailError) {
            try await mailer.send(mail)
            return .done
        } catch {
            let isFinal: Bool
            switch error {
            case .rejected, .notConfigured: isFinal = true
            case .unavailable, .overloaded, .cancelled: isFinal = attempt + 1 >= DeferredQueue.attempts
            }
            observe(.mailFailed(error, isFinal: isFinal))
            guard isFinal else {
                return .againAs { [self] attempt in await deliver(mail, about: user, context, attempt: attempt) }
            }
            // The mail is lost either way; that the audit cannot be written is reported by `record` itself.
            try? await record(.mailFailed, refusal: "not_delivered", target: user, in: context)
            return .done
        }
    }

    /// Makes a token for an address and mails it, once, however often the mail is tried.
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

    /// Mails a token that was made.
    func mail(
        _ token: MailToken, for purpose: OneTimeTokenPurpose, to user: User, _ address: EmailAddress,
        _ context: OperationContext, attempt: Int
    ) async -> DeferredQueue.Disposition {
        let message: MailMessage =
            switch purpose {
            case .passwordReset: .passwordReset(token: token, validFor: settings.passwordResetLifetime)
            case .emailVerification:
                .emailVerification(token: token, validFor: settings.emailVerificationLifetime)
            }
        let mail = OutgoingMail(recipient: address, recipientName: user.fullName?.text, message: message)
        return await deliver(mail, about: user.id, context, attempt: attempt)
    }

    /// Stores a new one-time token.
    ///
    /// - Parameter isLimited: Whether the budget of the address applies, as it does wherever a stranger may have asked.
    /// - Returns: `nil` where the budget of the address is used up or the user does not have it any more, which is audited.
    func issue(
        _ purpose: OneTimeTokenPurpose, for userID: UserID, _ address: EmailAddress, isLimited: Bool = true,
        _ context: OperationContext
    ) async throws(AuthError) -> MailToken? {
        let (issuance, text) = try await attemptIssue(purpose, for: userID, address, isLimited: isLimited, context)
        switch issuance {
        case .issued: return text
        case .refused(let refusal):
            try await record(purpose.request, refusal: refusal.rawValue, target: userID, in: context)
            return nil
        }
    }

    /// Asks for a token for a user that does not exist, so that no token costs the same as one that is not made.
    func issueNothing(
        _ purpose: OneTimeTokenPurpose, _ address: EmailAddress, _ context: OperationContext
    ) async throws(AuthError) {
        _ = try await attemptIssue(purpose, for: UserID(makeID(at: context.now)), address, isLimited: true, context)
    }

    private func attemptIssue(
        _ purpose: OneTimeTokenPurpose, for userID: UserID, _ address: EmailAddress, isLimited: Bool,
        _ context: OperationContext
    ) async throws(AuthError) -> (OneTimeTokenIssuance, MailToken) {
        let lifetime =
            switch purpose {
            case .passwordReset: settings.passwordResetLifetime
            case .emailVerification: settings.emailVerificationLifetime
            }
        let (text, digest) = oneTimeSecrets.make(for: purpose, random: random)
        let token = OneTimeToken(
            digest: digest, purpose: purpose, userID: userID, address: address.canonical, createdAt: context.now,
            expiresAt: context.now + lifetime)
        let issuance = try await inStore { () throws(StoreError) in
            try await store.issueToken(token, isLimited: isLimited, context: context)
        }
        return (issuance, text)
    }

    /// Tells a user by mail, where that is possible, of something that was done to their account.
    func notify(_ user: User, _ message: MailMessage, _ context: OperationContext) {
        guard mailer != nil, let address = user.email else { return }
        let mail = OutgoingMail(recipient: address, recipientName: user.fullName?.text, message: message)
        enqueueNotice(MailKind(message.template), about: user.id, context) { [self] attempt in
            await deliver(mail, about: user.id, context, attempt: attempt)
        }
    }
}
