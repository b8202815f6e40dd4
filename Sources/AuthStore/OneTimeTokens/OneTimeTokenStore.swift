// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Tokens that are mailed and can be redeemed once.
public protocol OneTimeTokenStore: Sendable {
    /// Stores a token if its user still has the address that it is for, and the budget of that address allows.
    ///
    /// **T1.** The decision is `OneTimeTokenBudget.refusal` on the stored tokens of the same user and purpose, under
    /// the user's lock, so that concurrent requests do not exceed the budget. Refused: nothing is written, the audit
    /// included.
    /// **T5.** A token that may still be redeemed is never removed for a new one. Those for an address that the user no
    /// longer has are removed, and those that have expired and no longer count, so that requests do not make the table
    /// grow.
    ///
    /// Without `isLimited`, the budget does not apply: for an administrator, and where the address has just been
    /// verified, so that no attacker can have requested the token.
    /// **T6.** The mail that carries the token is written into the outbox in the same transaction, if there is one.
    func issueToken(
        _ issued: MailedToken, isLimited: Bool, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance

    /// The token with this key, unless it was redeemed; to reject unknown tokens before a password is hashed.
    func oneTimeToken(_ key: OneTimeTokenKey) async throws(StoreError) -> OneTimeToken?

    /// Redeems a token of the purpose `.passwordReset` and sets the password.
    ///
    /// **T2.** The decision is `OneTimeToken.redeem` on locked rows, the user's before the token's. Of concurrent calls
    /// with one token, one is accepted. A key of a user who does not exist is refused like that of a token that does not,
    /// at the same cost.
    /// **T3.** Accepted: the hash is stored, the epoch raised, every session ends (`.passwordChanged`), every one-time
    /// token of the user is void, all in one transaction. Refused: only the audit event is written.
    func redeemPasswordReset(
        _ key: OneTimeTokenKey, newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome>

    /// Redeems a token of the purpose `.emailVerification`.
    ///
    /// **T4.** As T2. Accepted: the address is verified, and the user's other tokens of this purpose are void.
    func redeemEmailVerification(
        _ key: OneTimeTokenKey, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome>
}

extension OneTimeTokenStore {
    /// Stores a token that an unauthenticated client may have requested, and mails nothing.
    public func issueToken(
        _ token: OneTimeToken, isLimited: Bool = true, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance {
        try await issueToken(MailedToken(token, mail: nil), isLimited: isLimited, context: context)
    }
}

/// A one-time token and the mail that carries it.
public struct MailedToken: Hashable, Sendable {
    /// The token.
    public let token: OneTimeToken
    /// The mail; `nil` for a token that is handed over in another way.
    public let mail: OutboxEntry?

    /// Describes a token to be issued.
    public init(_ token: OneTimeToken, mail: OutboxEntry?) {
        self.token = token
        self.mail = mail
    }
}

/// The outcome of redeeming a one-time token.
public enum RedemptionOutcome: Hashable, Sendable {
    /// Done; this is the user now.
    case accepted(User)
    /// Nothing was changed.
    case refused(OneTimeTokenRefusal)
}
