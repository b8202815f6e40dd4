// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// The outcome of requesting a verification mail.
public enum VerificationRequest: Sendable {
    /// A mail is on its way. In development, the token is included if the caller may see it.
    case sent(revealed: MailToken?)
    /// The address was verified before.
    case alreadyVerified
}

extension UserService {
    /// Mails a token that verifies the caller's address, unless `OneTimeTokenBudget` forbids another one: those already
    /// mailed are valid.
    ///
    /// With `revealing`, the token is also returned: for development alone.
    ///
    /// - Throws: `.invalid` where the user has no address, `.mailUnavailable`, `.unavailable`, `.cancelled`.
    public func requestEmailVerification(
        for principal: Principal, from client: ClientContext, revealing: Bool = false
    ) async throws(AuthError) -> VerificationRequest {
        let user = principal.user
        guard !user.isVerified else { return .alreadyVerified }
        guard let address = user.email else { throw .invalid([FieldViolation(field: "email", .missing)]) }
        guard mail.canSend else { throw .mailUnavailable }
        let context = core.context(client, actor: user.id)
        let token = try await tokens.issue(.emailVerification, for: user.id, address, .mailed, context)
        return .sent(revealed: revealing ? token : nil)
    }

    /// Mails a token to an address, if it is an unverified one of a user: for users who cannot sign in before.
    ///
    /// To prevent user enumeration, the answer comes before anything is looked up.
    ///
    /// - Throws: `.mailUnavailable`, `.overloaded`.
    public func requestEmailVerification(
        of address: EmailAddress, from client: ClientContext
    ) throws(AuthError) {
        guard mail.canSend else { throw .mailUnavailable }
        let context = core.context(client)
        try mail.enqueue(.emailVerification, context) { [self] _ in
            do throws(AuthError) {
                let found = try await core.credential(for: .email(address))
                guard let user = found?.user, let own = user.email, !user.isVerified,
                    user.mayHoldSession(at: context.now)
                else {
                    try await tokens.issueNothing(.emailVerification, address, context)
                    try await recordRefusedVerification(of: found?.user, context)
                    return .done
                }
                return await tokens.sendVerification(to: user.id, own, context)
            } catch {
                return .again
            }
        }
    }

    /// Records why no mail is sent.
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

    /// Verifies an address with a mailed token.
    ///
    /// With `REGISTRATION_PRIVACY`, a token for a new address also assigns it to its user.
    ///
    /// - Throws: `.invalidOneTimeToken` for every fault of the token, `.unavailable`, `.cancelled`.
    @discardableResult
    public func confirmEmailVerification(
        _ token: String, from client: ClientContext
    ) async throws(AuthError) -> User {
        let context = core.context(client)
        let token = TypedText.trimmed(token)
        guard let key = tokens.secrets.key(of: token, for: .emailVerification) else {
            if let user = try await confirmProposedAddress(token, context) { return user }
            try await core.record(.emailVerified, refusal: OneTimeTokenRefusal.unknown.rawValue, in: context)
            throw .invalidOneTimeToken
        }
        // Looked up first, so that a rejection writes no more than its share.
        guard try await tokens.owner(of: key, for: .emailVerification, context) != nil else {
            throw .invalidOneTimeToken
        }
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.redeemEmailVerification(key, context: context)
        }
        switch outcome {
        case .accepted(let user):
            return user
        case .refused:
            throw .invalidOneTimeToken
        }
    }

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
        guard let verified = try await verifyNow(address, of: user.id, context) else { throw .userNotFound }
        return verified
    }

    /// Issues a token for a user's address and redeems it at once, which verifies the address.
    ///
    /// - Returns: `nil` where the user no longer has the address or may not sign in any more.
    func verifyNow(
        _ address: EmailAddress, of id: UserID, _ context: OperationContext
    ) async throws(AuthError) -> User? {
        let issued = try await tokens.issue(
            .emailVerification, for: id, address, .returned, isLimited: false, context)
        guard let issued, let key = tokens.secrets.key(of: issued.revealed, for: .emailVerification) else {
            return nil
        }
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.redeemEmailVerification(key, context: context)
        }
        switch outcome {
        case .accepted(let user): return user
        case .refused: return nil
        }
    }
}
