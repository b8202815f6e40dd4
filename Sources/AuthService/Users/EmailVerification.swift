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

extension UserService {
    /// Mails a token that proves the caller's address, unless `OneTimeTokenBudget` says that it has had enough of them: those
    /// that were mailed are good.
    ///
    /// - Parameter revealing: Whether the token is also returned: for development alone.
    /// - Throws: `.invalid` where the user has no address, `.mailUnavailable`, `.overloaded`, `.unavailable`, `.cancelled`.
    public func requestEmailVerification(
        for principal: Principal, from client: ClientContext, revealing: Bool = false
    ) async throws(AuthError) -> VerificationRequest {
        let user = principal.user
        guard !user.isVerified else { return .alreadyVerified }
        guard let address = user.email else { throw .invalid([FieldViolation(field: "email", .missing)]) }
        guard mail.canSend else { throw .mailUnavailable }
        let context = core.context(client, actor: user.id)
        guard revealing else {
            try mail.enqueue(.emailVerification, about: user.id, context) { [self] attempt in
                await tokens.sendVerification(to: user, address, context, attempt: attempt)
            }
            return .sent(revealed: nil)
        }
        guard let token = try await tokens.issue(.emailVerification, for: user.id, address, context) else {
            return .sent(revealed: nil)
        }
        try mail.enqueue(.emailVerification, about: user.id, context) { [self] attempt in
            await tokens.mail(token, for: .emailVerification, to: user, address, context, attempt: attempt)
        }
        return .sent(revealed: token)
    }

    /// Mails a token to an address, if it is an unproven one of a user: for those who cannot sign in before.
    ///
    /// The answer comes before anything is looked up, so that it tells nothing.
    ///
    /// - Throws: `.mailUnavailable`, `.overloaded`.
    public func requestEmailVerification(
        of address: EmailAddress, from client: ClientContext
    ) throws(AuthError) {
        guard mail.canSend else { throw .mailUnavailable }
        let context = core.context(client)
        try mail.enqueue(.emailVerification, context) { [self] attempt in
            do throws(AuthError) {
                let found = try await core.inStore { store throws(StoreError) in
                    try await store.credential(for: .email(address))
                }
                guard let user = found?.user, let own = user.email, !user.isVerified,
                    user.mayHoldSession(at: context.now)
                else {
                    try await tokens.issueNothing(.emailVerification, address, context)
                    try await recordRefusedVerification(of: found?.user, context)
                    return .done
                }
                return await tokens.sendVerification(to: user, own, context, attempt: attempt)
            } catch {
                return .again
            }
        }
    }

    /// Writes down why no mail goes out.
    private func recordRefusedVerification(
        of user: User?, _ context: OperationContext
    ) async throws(AuthError) {
        let refusal =
            switch user {
            case nil: SignInRefusal.unknownUser.rawValue
            case .some(let user) where !user.mayHoldSession(at: context.now): SignInRefusal.userDisabled.rawValue
            case .some: "already_verified"
            }
        try await core.record(.emailVerificationRequested, refusal: refusal, target: user?.id, in: context)
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
        let context = core.context(client)
        let token = TypedText.trimmed(token)
        guard let digest = tokens.secrets.digest(of: token, for: .emailVerification) else {
            if let user = try await confirmProposedAddress(token, context) { return user }
            try await core.record(.emailVerified, refusal: OneTimeTokenRefusal.unknown.rawValue, in: context)
            throw .invalidOneTimeToken
        }
        // Looked up first, so that what is refused writes no more than its share.
        guard try await tokens.owner(ofTokenWithDigest: digest, for: .emailVerification, context) != nil else {
            throw .invalidOneTimeToken
        }
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.redeemEmailVerification(digest: digest, context: context)
        }
        switch outcome {
        case .accepted(let user):
            return user
        case .refused:
            throw .invalidOneTimeToken
        }
    }
}
