// SPDX-License-Identifier: Apache-2.0

public import AuthCore

extension ForwardingAuthStore {
    /// Forwarded.
    public func signUpAnonymously(
        _ user: User, session: Session, context: OperationContext
    ) async throws(StoreError) -> Committed<Void> {
        try await base.signUpAnonymously(user, session: session, context: context)
    }

    /// Forwarded.
    public func supabaseRecord(of id: UserID, mailsSince: Timestamp) async throws(StoreError) -> SupabaseRecord? {
        try await base.supabaseRecord(of: id, mailsSince: mailsSince)
    }

    /// Forwarded.
    public func issueSupabaseMail(
        _ order: SupabaseMailOrder, under terms: MailTerms, answering claim: MailRequestClaim?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<OneTimeTokenIssuance?> {
        try await base.issueSupabaseMail(order, under: terms, answering: claim, context: context)
    }

    /// Forwarded.
    public func redeemSupabase(
        _ proof: SupabasePresented, as type: SupabaseVerification, showing: SupabaseShowing?,
        opening: SupabaseOpening, isSecure: Bool, undo: @escaping @Sendable (UserID) -> AddressUndoOffer,
        limit: SessionLimit?, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseRedemptionOutcome> {
        try await base.redeemSupabase(
            proof, as: type, showing: showing, opening: opening, isSecure: isSecure, undo: undo, limit: limit,
            context: context)
    }

    /// Forwarded.
    public func exchangeSupabaseCode(
        _ digest: [UInt8], verifierDigest: [UInt8], session: Session, limit: SessionLimit?, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseExchangeOutcome> {
        try await base.exchangeSupabaseCode(
            digest, verifierDigest: verifierDigest, session: session, limit: limit, context: context)
    }

    /// Forwarded.
    public func updateSupabaseUser(
        _ id: UserID, by change: SupabaseOwnChange, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseUpdateOutcome> {
        try await base.updateSupabaseUser(id, by: change, context: context)
    }

    /// Forwarded.
    public func administerSupabaseUser(
        _ id: UserID, by update: SupabaseAdminUpdate, context: OperationContext
    ) async throws(StoreError) -> Committed<SupabaseAdminOutcome> {
        try await base.administerSupabaseUser(id, by: update, context: context)
    }

    /// Forwarded.
    public func userCount(matching query: UserQuery) async throws(StoreError) -> Int64 {
        try await base.userCount(matching: query)
    }

    /// Forwarded.
    public func takeSupabaseBudget(
        _ budget: SupabaseBudget, at now: Timestamp
    ) async throws(StoreError) -> Timestamp? {
        try await base.takeSupabaseBudget(budget, at: now)
    }

    /// Forwarded.
    public func supabaseKeys() async throws(StoreError) -> [SupabaseKey] {
        try await base.supabaseKeys()
    }

    /// Forwarded.
    public func supabaseKey(_ id: SupabaseKeyID) async throws(StoreError) -> SupabaseKey? {
        try await base.supabaseKey(id)
    }

    /// Forwarded.
    public func supabaseKey(digest: [UInt8]) async throws(StoreError) -> SupabaseKey? {
        try await base.supabaseKey(digest: digest)
    }

    /// Forwarded.
    public func addSupabaseKey(_ key: SupabaseKey, context: OperationContext) async throws(StoreError) -> Bool {
        try await base.addSupabaseKey(key, context: context)
    }

    /// Forwarded.
    public func revokeSupabaseKey(
        _ id: SupabaseKeyID, context: OperationContext
    ) async throws(StoreError) -> SupabaseKey? {
        try await base.revokeSupabaseKey(id, context: context)
    }

    /// Forwarded.
    public func noteSupabaseKeyUse(_ id: SupabaseKeyID, at now: Timestamp) async throws(StoreError) {
        try await base.noteSupabaseKeyUse(id, at: now)
    }

    /// Forwarded.
    public func supabaseSigningKey(orStore sealed: [UInt8]) async throws(StoreError) -> [UInt8] {
        try await base.supabaseSigningKey(orStore: sealed)
    }

    /// Forwarded.
    public func replaceSupabaseSigningKey(_ old: [UInt8], by new: [UInt8]) async throws(StoreError) -> Bool {
        try await base.replaceSupabaseSigningKey(old, by: new)
    }
}
