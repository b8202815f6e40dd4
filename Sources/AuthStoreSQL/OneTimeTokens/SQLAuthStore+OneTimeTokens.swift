// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `OneTimeTokenStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func issueToken(
        _ token: OneTimeToken, isLimited: Bool, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance {
        try await driver.perform(OneTimeTokenOperations.issue(token, isLimited: isLimited, context: context))
    }

    public func oneTimeToken(withDigest digest: [UInt8]) async throws(StoreError) -> OneTimeToken? {
        try await driver.perform(OneTimeTokenOperations.token(withDigest: digest))
    }

    public func redeemPasswordReset(
        digest: [UInt8], newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await driver.perform(
            OneTimeTokenOperations.redeem(digest, for: .passwordReset, newHash: newHash, context: context))
    }

    public func redeemEmailVerification(
        digest: [UInt8], context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await driver.perform(
            OneTimeTokenOperations.redeem(digest, for: .emailVerification, newHash: nil, context: context))
    }
}
