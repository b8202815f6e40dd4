// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `OneTimeTokenStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func issueToken(
        _ issued: MailedToken, isLimited: Bool, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance {
        try await driver.perform(OneTimeTokenOperations.issue(issued, isLimited: isLimited, context: context))
    }

    public func oneTimeToken(_ key: OneTimeTokenKey) async throws(StoreError) -> OneTimeToken? {
        try await driver.perform(OneTimeTokenOperations.token(key))
    }

    public func redeemPasswordReset(
        _ key: OneTimeTokenKey, newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await driver.perform(
            OneTimeTokenOperations.redeem(key, for: .passwordReset, newHash: newHash, context: context))
    }

    public func redeemEmailVerification(
        _ key: OneTimeTokenKey, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await driver.perform(
            OneTimeTokenOperations.redeem(key, for: .emailVerification, newHash: nil, context: context))
    }
}
