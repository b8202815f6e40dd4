// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `OneTimeTokenStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func issueToken(
        _ token: OneTimeToken, isLimited: Bool, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance {
        try perform { (state) throws(StoreError) in
            let others = state.tokens.values.filter { $0.userID == token.userID && $0.purpose == token.purpose }
            let plan = StorePlan.issueToken(
                token, for: state.users[token.userID], beside: isLimited ? others : [], context: context)
            return try state.apply(plan, at: context.now).outcome
        }
    }

    public func oneTimeToken(withDigest digest: [UInt8]) async throws(StoreError) -> OneTimeToken? {
        try perform { $0.tokens[digest] }
    }

    public func redeemPasswordReset(
        digest: [UInt8], newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try redeem(digest, for: .passwordReset, newHash: newHash, context: context)
    }

    public func redeemEmailVerification(
        digest: [UInt8], context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try redeem(digest, for: .emailVerification, newHash: nil, context: context)
    }

    private func redeem(
        _ digest: [UInt8], for purpose: OneTimeTokenPurpose, newHash: StoredPasswordHash?, context: OperationContext
    ) throws(StoreError) -> Committed<RedemptionOutcome> {
        try perform { (state) throws(StoreError) in
            let token = state.tokens[digest]
            let plan = StorePlan.redeem(
                token, for: purpose, user: token.flatMap { state.users[$0.userID] }, newHash: newHash,
                context: context)
            return try state.apply(plan, at: context.now)
        }
    }
}
