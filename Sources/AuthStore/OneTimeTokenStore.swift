// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Tokens that are mailed and redeemed once.
public protocol OneTimeTokenStore: Sendable {
    /// Stores a token if its user still has the address that it is for.
    ///
    /// **T1.** Several tokens of one purpose may be alive; beyond five per user and purpose the oldest are removed, so
    /// that no table grows by asking.
    /// - Returns: Whether it was stored.
    func issueToken(_ token: OneTimeToken, context: OperationContext) async throws(StoreError) -> Bool

    /// The token with this digest, spent ones excepted; to find junk before a password is hashed for it.
    func oneTimeToken(withDigest digest: [UInt8]) async throws(StoreError) -> OneTimeToken?

    /// Redeems a token of the purpose `.passwordReset` and sets the password.
    ///
    /// **T2.** The decision is `OneTimeToken.redeem` on locked rows. Of concurrent calls with one token, one is
    /// accepted.
    /// **T3.** Accepted: the hash is stored, the epoch raised, every session ends (`.passwordChanged`), every one-time
    /// token of the user is void, all in one transaction. Refused: only the audit event is written.
    func redeemPasswordReset(
        digest: [UInt8], newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> RedemptionOutcome

    /// Redeems a token of the purpose `.emailVerification`.
    ///
    /// **T4.** As T2. Accepted: the address is proven, and the user's other tokens of this purpose are void.
    func redeemEmailVerification(
        digest: [UInt8], context: OperationContext
    ) async throws(StoreError) -> RedemptionOutcome
}

/// What redeeming a one-time token came to.
public enum RedemptionOutcome: Hashable, Sendable {
    /// Done; the user is now so.
    case accepted(User)
    /// Nothing was changed.
    case refused(OneTimeTokenRefusal)
}
