// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// All that the service must be able to do to what is stored, each operation indivisible.
///
/// For implementers. Clauses are numbered; `StoreConformance` in `AuthTesting` has a check for each, and a store that
/// passes them all may stand under the service.
///
/// - **A1.** An operation is done wholly or not at all, also when the caller is cancelled or the process dies. Whatever
///   it returns, or any other operation observes, survives a crash of process and machine: the answer follows the fsync
///   (a store in memory survives nothing, and says so in its name).
/// - **A2.** Rules are decided by `AuthCore` inside the transaction, on rows that no other transaction can change meanwhile.
/// - **A3.** Operations that invalidate what another process may have cached append to the change feed in the same
///   transaction; refreshing appends nothing, and neither does signing in unless another session gives way.
/// - **A4.** Each writing operation that succeeds writes its audit event in the same transaction. A refusal that is
///   decided in the store writes its event too.
/// - **A5.** Every value comes back as it was given, times to the microsecond, text to the code point.
/// - **A6.** `context.now` is the only clock of what is stored; a store never asks another one for it.
/// - **A7.** No bound value and no secret stands in an error or its diagnostic.
/// - **A9.** Whatever raises a user's epoch raises it to `UserEpoch.next(at:)` of the locked row and `context.now`. So it
///   does not repeat after a backup was restored, and a token from the lost time does not outlive the next raise.
public protocol AuthStore:
    UserStore, SessionStore, OneTimeTokenStore, SignInLimitStore, SourceLimitStore, SigningKeyStore,
    ChangeFeed, AuditStore
{
    /// Asks the database for a sign of life, within the store's own statement timeout.
    ///
    /// - Throws: `.unavailable`, or `.corrupt` where the schema is not the one that this version knows.
    func checkHealth() async throws(StoreError)

    /// The time by the store's own clock; `nil` where it has none but the process's.
    ///
    /// A second opinion, before something is deleted by the first. **A10.** Nothing that is stored depends on it.
    func storeTime() async throws(StoreError) -> Timestamp?

    /// Removes at most `limit` rows of each kind that no operation can need any more: sessions and tokens that are
    /// over, budgets that are whole at `now`, buckets that have been full for `BucketUse.longestDelay` by then, sessions
    /// that ended and feed entries that were written before `horizon`.
    ///
    /// **A8.** A session is kept at least until `horizon` has passed its end, so that a late reuse is still recognised.
    /// - Returns: How many rows were removed in all; 0 means that nothing is left to do.
    func purge(expiredAt now: Timestamp, endedBefore horizon: Timestamp, limit: Int) async throws(StoreError) -> Int

    /// Finishes what is under way, within the store's own bound, and releases every resource. Later calls throw
    /// `.unavailable`.
    func close() async
}
