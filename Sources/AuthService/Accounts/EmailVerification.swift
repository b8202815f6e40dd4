// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// What asking for a verification mail came to.
public enum VerificationRequest: Sendable {
    /// A mail is on its way. In development, where the caller may see it, the token comes along.
    case sent(revealed: MailToken?)
    /// The address was proven before.
    case alreadyVerified
}

extension AuthService {
    /// Mails a token that proves the caller's address.
    ///
    /// - Parameter revealing: Whether the token is also returned: for development alone.
    /// - Throws: `.invalid` where the user has no address, `.mailUnavailable`, `.overloaded`, `.unavailable`, `.cancelled`.
    public func requestEmailVerification(
        for principal: Principal, from client: ClientContext, revealing: Bool = false
    ) async throws(AuthError) -> VerificationRequest {
        let user = principal.user
        guard !user.isVerified else { return .alreadyVerified }
        guard let address = user.email else { throw .invalid([FieldViolation(field: "email", .missing)]) }
        guard canSendMail else { throw .mailUnavailable }
        let context = context(client, actor: user.id)
        guard let token = try await issue(.emailVerification, for: user, address, context) else {
            throw .invalid([FieldViolation(field: "email", .missing)])
        }
        let message = MailMessage.emailVerification(token: token, validFor: settings.emailVerificationLifetime)
        let mail = OutgoingMail(recipient: address, recipientName: user.fullName?.text, message: message)
        try leave { [self] attempt in
            await deliver(mail, about: user.id, context, attempt: attempt)
        }
        return .sent(revealed: revealing ? token : nil)
    }

    /// Mails a token to an address, if it is an unproven one of a user: for those who cannot sign in before.
    ///
    /// The answer comes before anything is looked up, so that it tells nothing.
    ///
    /// - Throws: `.mailUnavailable`, `.overloaded`.
    public func requestEmailVerification(
        of address: EmailAddress, from client: ClientContext
    ) throws(AuthError) {
        guard mailer != nil else { throw .mailUnavailable }
        let context = context(client)
        try leave { [self] attempt in
            do throws(AuthError) {
                let found = try await inStore { () throws(StoreError) in
                    try await store.credential(for: .email(address))
                }
                guard let user = found?.user, let own = user.email, !user.isVerified,
                    user.mayHoldSession(at: context.now)
                else {
                    try await recordRefusedVerification(of: found?.user, context)
                    return .done
                }
                return await sendVerification(to: user, own, context, attempt: attempt)
            } catch {
                return .again
            }
        }
    }

    /// Writes down why no mail goes out; making a token writes once too, so that the next request meets the same work.
    private func recordRefusedVerification(
        of user: User?, _ context: OperationContext
    ) async throws(AuthError) {
        let refusal =
            switch user {
            case nil: SignInRefusal.unknownUser.rawValue
            case .some(let user) where !user.mayHoldSession(at: context.now): SignInRefusal.userDisabled.rawValue
            case .some: "already_verified"
            }
        try await record(.emailVerificationRequested, refusal: refusal, target: user?.id, in: context)
    }

    /// Proves an address with a mailed token.
    ///
    /// Where registration is private, a token for a new address also gives it to its user.
    ///
    /// - Throws: `.invalidOneTimeToken` for whatever is wrong with the token, `.unavailable`, `.cancelled`.
    @discardableResult
    public func confirmEmailVerification(
        _ token: String, from client: ClientContext
    ) async throws(AuthError) -> User {
        let context = context(client)
        guard let digest = oneTimeSecrets.digest(of: token, for: .emailVerification) else {
            if let user = try await confirmProposedAddress(token, context) {
                directory.apply(.userChanged(user.id), at: context.now)
                return user
            }
            try await record(.emailVerified, refusal: OneTimeTokenRefusal.unknown.rawValue, in: context)
            throw .invalidOneTimeToken
        }
        let outcome = try await inStore { () throws(StoreError) in
            try await store.redeemEmailVerification(digest: digest, context: context)
        }
        switch outcome {
        case .accepted(let user):
            directory.apply(.userChanged(user.id), at: context.now)
            return user
        case .refused:
            throw .invalidOneTimeToken
        }
    }
}
