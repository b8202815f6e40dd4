// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The operations of the service on its storage, each indivisible.
///
/// For implementers. Clauses are numbered; `StoreConformance` in `AuthTesting` has a check for each, and the service
/// can use a store that passes them all. A8 and A10 stand at the methods that they are about.
///
/// - **A1.** An operation is done completely or not at all, also when the caller is cancelled or the process dies. Its
///   result, and anything that another operation observes of it, survives a crash of process and host: the answer
///   follows the fsync (an in-memory store keeps nothing when the process ends).
/// - **A2.** Rules are decided by `AuthCore` inside the transaction, on rows that no other transaction can change meanwhile.
/// - **A3.** Operations that invalidate what another process may have cached append to the change feed in the same
///   transaction; refreshing appends nothing, and neither does signing in unless another session is evicted.
/// - **A4.** Each writing operation that succeeds writes its audit event in the same transaction. A rejection that is
///   decided in the store writes its event too.
/// - **A5.** Every value is stored unchanged, times to the microsecond, text to the code point.
/// - **A6.** `context.now` is the only clock of what is stored; a store never asks another one for it.
/// - **A7.** No bound value and no secret is part of an error or its diagnostic.
/// - **A9.** Every operation that raises a user's epoch raises it to `UserEpoch.next(at:)` of the locked row and
///   `context.now`. So it does not repeat after a backup was restored, and a token that was issued after the
///   backup was made becomes invalid at the next raise.
public protocol AuthStore:
    UserStore, AddressChangeStore, SessionStore, OneTimeTokenStore, SignInLimitStore, SourceLimitStore, SigningKeyStore,
    RoleStore, InvitationStore, ProviderStore, SupabaseStore, ChangeFeed, AuditStore, OutboxStore
{
    /// Checks that the database answers, within the store's own statement timeout.
    ///
    /// - Throws: `.unavailable`, or `.corrupt` where the schema is not the one that this version knows.
    func checkHealth() async throws(StoreError)

    /// Why the schema is not the one that this version knows; `nil` where it is, and for a store without one, as by default.
    ///
    /// Asked before anything else when a service starts, so that it may say what to do.
    func schemaFault() async throws(StoreError) -> SchemaFault?

    /// The time by the store's own clock; `nil` where it has none but the process's.
    ///
    /// Compared with the process's clock before rows are deleted. **A10.** Nothing that is stored depends on it.
    func storeTime() async throws(StoreError) -> Timestamp?

    /// Removes at most `limit` rows of each kind that no operation can need any more: expired sessions, tokens, changes of address and
    /// reservations of identifiers, flows that are not kept any longer, budgets that are whole at `now`, buckets that have been full for `BucketUse.longestDelay` by
    /// then, sessions that ended and feed entries that were written before `horizon`, but for those that `ChangeFeed` keeps.
    ///
    /// An invitation is removed once its `keptUntil` has passed by `now`; so is what a sign-in by a provider leaves: values that were
    /// spent, callbacks that were not taken, and codes. Of Supabase's API, codes are removed an hour after their end, confirmations of an
    /// address at their end, budgets when they are whole, and keys ``SupabaseRetention/ofKeys`` after their end or revocation.
    ///
    /// **A8.** A session is kept at least until `horizon` has passed its end, so that a late reuse is still recognised.
    /// **O10.** A row of the outbox that was given up is removed once `OutboxSchedule.deadRetention` has passed its end by `now`,
    /// and one that is due further ahead than `OutboxSchedule.farthestAhead`, as a wrong clock leaves it, is due at once; so is a
    /// request for a mail. No request is removed: it ends when it is answered or given up.
    /// - Returns: How many rows were removed in all; 0 means that nothing is left to do.
    func purge(expiredAt now: Timestamp, endedBefore horizon: Timestamp, limit: Int) async throws(StoreError) -> Int

    /// How many rows belong to no user, and how many names and addresses of users do not lead to them: 0, unless another
    /// program wrote to the database.
    ///
    /// **A11.** Names are found in a table of their own, which no foreign key ties to the users, so every operation that
    /// makes, renames or deletes a user keeps it true. Reads everything: for tests, and for an operator who suspects
    /// damage.
    func orphanCount() async throws(StoreError) -> Int

    /// Finishes operations in flight, within the store's own bound, and releases every resource. Later calls throw
    /// `.unavailable`.
    func close() async
}

extension AuthStore {
    /// `nil`: the store has no schema.
    public func schemaFault() async throws(StoreError) -> SchemaFault? { nil }
}
