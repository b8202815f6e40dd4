// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `OneTimeTokenStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func issueToken(
        _ issued: MailedToken, isLimited: Bool, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance {
        let token = issued.token
        return try perform { (state) throws(StoreError) in
            let others = state.tokens.values.filter { $0.userID == token.userID && $0.purpose == token.purpose }
            let plan = StorePlan.issueToken(
                issued, for: state.users[token.userID], beside: isLimited ? others : [], context: context)
            return try state.apply(plan, at: context.now).outcome
        }
    }

    public func oneTimeToken(_ key: OneTimeTokenKey) async throws(StoreError) -> OneTimeToken? {
        try perform { $0.tokens[key] }
    }

    public func redeemPasswordReset(
        _ key: OneTimeTokenKey, newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try redeem(key, for: .passwordReset, newHash: newHash, context: context)
    }

    public func redeemEmailVerification(
        _ key: OneTimeTokenKey, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try redeem(key, for: .emailVerification, newHash: nil, context: context)
    }

    private func redeem(
        _ key: OneTimeTokenKey, for purpose: OneTimeTokenPurpose, newHash: StoredPasswordHash?,
        context: OperationContext
    ) throws(StoreError) -> Committed<RedemptionOutcome> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.redeem(
                state.tokens[key], for: purpose, user: state.users[key.userID], newHash: newHash, context: context)
            return try state.apply(plan, at: context.now)
        }
    }
}
