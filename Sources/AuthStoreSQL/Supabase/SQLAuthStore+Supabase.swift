// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `SupabaseStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func signUpAnonymously(
        _ user: User, session: Session, context: OperationContext
    ) async throws(StoreError) -> Committed<Void> {
        try await driver.perform(
            try SupabaseUserOperations.signUpAnonymously(user, session: session, context: context))
    }

    public func supabaseRecord(of id: UserID, mailsSince: Timestamp) async throws(StoreError) -> SupabaseRecord? {
        try await driver.perform(SupabaseUserOperations.record(of: id, mailsSince: mailsSince))
    }

    public func issueSupabaseMail(
        _ order: SupabaseMailOrder, under terms: MailTerms, answering claim: MailRequestClaim?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<OneTimeTokenIssuance?> {
        try await driver.perform(
            SupabaseMailOperations.issue(order, under: terms, answering: claim, context: context))
    }

    public func redeemSupabase(
        _ proof: SupabasePresented, as type: SupabaseVerification, showing: SupabaseShowing?,
        opening: SupabaseOpening, isSecure: Bool, undo: @escaping @Sendable (UserID) -> AddressUndoOffer,
        limit: SessionLimit?, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseRedemptionOutcome> {
        let call = SupabaseRedeeming(
            proof, as: type, showing: showing, opening: opening, isSecure: isSecure, undo: undo, limit: limit)
        return try await driver.perform(SupabaseRedemptionOperations.redeem(call, context: context))
    }

    public func exchangeSupabaseCode(
        _ digest: [UInt8], verifierDigest: [UInt8], session: Session, limit: SessionLimit?, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseExchangeOutcome> {
        try await driver.perform(
            SupabaseRedemptionOperations.exchange(
                digest, verifierDigest: verifierDigest, session: session, limit: limit, context: context))
    }

    public func updateSupabaseUser(
        _ id: UserID, by change: SupabaseOwnChange, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseUpdateOutcome> {
        try await driver.perform(SupabaseUserOperations.update(id, by: change, context: context))
    }

    public func administerSupabaseUser(
        _ id: UserID, by update: SupabaseAdminUpdate, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseAdminOutcome> {
        try await driver.perform(SupabaseUserOperations.administer(id, by: update, context: context))
    }

    public func userCount(matching query: UserQuery) async throws(StoreError) -> Int64 {
        try await driver.perform(UserListOperations.count(query))
    }

    public func takeSupabaseBudget(
        _ budget: SupabaseBudget, at now: Timestamp
    ) async throws(StoreError) -> Timestamp? {
        try await driver.perform(SupabaseRedemptionOperations.take(budget, at: now))
    }

    public func supabaseKeys() async throws(StoreError) -> [SupabaseKey] {
        try await driver.perform(SupabaseKeyOperations.keys)
    }

    public func supabaseKey(_ id: SupabaseKeyID) async throws(StoreError) -> SupabaseKey? {
        try await driver.perform(SupabaseKeyOperations.key(id))
    }

    public func supabaseKey(digest: [UInt8]) async throws(StoreError) -> SupabaseKey? {
        try await driver.perform(SupabaseKeyOperations.key(digest: digest))
    }

    public func addSupabaseKey(_ key: SupabaseKey, context: OperationContext) async throws(StoreError) -> Bool {
        try await driver.perform(SupabaseKeyOperations.add(key, context: context))
    }

    public func revokeSupabaseKey(
        _ id: SupabaseKeyID, context: OperationContext
    ) async throws(StoreError) -> SupabaseKey? {
        try await driver.perform(SupabaseKeyOperations.revoke(id, context: context))
    }

    public func noteSupabaseKeyUse(_ id: SupabaseKeyID, at now: Timestamp) async throws(StoreError) {
        try await driver.perform(SupabaseKeyOperations.use(of: id, at: now))
    }

    public func supabaseSigningKey(orStore sealed: [UInt8]) async throws(StoreError) -> [UInt8] {
        try await driver.perform(SigningKeyOperations.supabaseKey(orStore: sealed))
    }

    public func replaceSupabaseSigningKey(_ old: [UInt8], by new: [UInt8]) async throws(StoreError) -> Bool {
        try await driver.perform(SigningKeyOperations.replaceSupabaseKey(old, by: new))
    }
}
