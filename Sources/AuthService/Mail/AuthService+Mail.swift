// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension AuthService {
    /// Whether mail can be sent at all.
    public var canSendMail: Bool { mailer != nil }

    /// Does all the work that was left for after the answers, once.
    ///
    /// A test calls it; a running service does so itself.
    public func completeDeferredWork() async {
        await desk.clear()
    }

    /// Leaves work for after the answer.
    func leave(_ job: @escaping MailDesk.Job) throws(AuthError) {
        guard desk.leave(job) else { throw .overloaded(retryAfter: .seconds(30)) }
    }

    /// Sends one mail and, where that fails, tells the operator, and after the last attempt the audit.
    func deliver(
        _ mail: OutgoingMail, about user: UserID?, _ context: OperationContext, attempt: Int
    ) async -> MailDesk.Disposition {
        guard let mailer else { return .done }
        do throws(MailError) {
            try await mailer.send(mail)
            return .done
        } catch {
            let isFinal: Bool
            switch error {
            case .rejected, .notConfigured: isFinal = true
            case .unavailable, .overloaded, .cancelled: isFinal = attempt + 1 >= MailDesk.attempts
            }
            observe(.mailFailed(error, isFinal: isFinal))
            guard isFinal else { return .again }
            // The mail is lost either way; that the audit cannot be written is reported by `record` itself.
            try? await record(.mailFailed, refusal: "not_delivered", target: user, in: context)
            return .done
        }
    }

    /// Makes a token for an address and mails it.
    func sendVerification(
        to user: User, _ address: EmailAddress, _ context: OperationContext, attempt: Int
    ) async -> MailDesk.Disposition {
        let issued: MailToken?
        do throws(AuthError) {
            issued = try await issue(.emailVerification, for: user, address, context)
        } catch {
            return .again
        }
        guard let token = issued else { return .done }
        let message = MailMessage.emailVerification(token: token, validFor: settings.emailVerificationLifetime)
        let mail = OutgoingMail(recipient: address, recipientName: user.fullName?.text, message: message)
        return await deliver(mail, about: user.id, context, attempt: attempt)
    }

    /// Stores a new one-time token; `nil` where the user no longer has the address.
    func issue(
        _ purpose: OneTimeTokenPurpose, for user: User, _ address: EmailAddress, _ context: OperationContext
    ) async throws(AuthError) -> MailToken? {
        let lifetime =
            switch purpose {
            case .passwordReset: settings.passwordResetLifetime
            case .emailVerification: settings.emailVerificationLifetime
            }
        let (text, digest) = oneTimeSecrets.make(for: purpose, random: random)
        let token = OneTimeToken(
            digest: digest, purpose: purpose, userID: user.id, address: address.canonical, createdAt: context.now,
            expiresAt: context.now + lifetime)
        let stored = try await inStore { () throws(StoreError) in
            try await store.issueToken(token, context: context)
        }
        return stored ? text : nil
    }

    /// Tells a user by mail, where that is possible, of something that was done to their account.
    func notify(_ user: User, _ message: MailMessage, _ context: OperationContext) {
        guard mailer != nil, let address = user.email else { return }
        let mail = OutgoingMail(recipient: address, recipientName: user.fullName?.text, message: message)
        // A full desk loses the notice and not the deed it tells of, which is done.
        _ = desk.leave { [self] attempt in
            await deliver(mail, about: user.id, context, attempt: attempt)
        }
    }
}
