// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The buckets by which requests of one source are limited, shared by all processes on one store.
public protocol SourceLimitStore: Sendable {
    /// Whether other processes may work on the same store at the same time.
    ///
    /// Where it is false, one process owns all buckets and does not settle.
    var isShared: Bool { get }

    /// Adds a process's uses to the buckets, and returns the buckets.
    ///
    /// A caller passes at most a few hundred at once.
    ///
    /// **B1.** Each bucket becomes what `BucketUse.applied` says, on its locked row; one that is not there is full. Answers
    /// are in the order of `uses`; a key that is named twice counts twice.
    /// **B2.** Of concurrent calls each counts, whatever the order of their keys.
    /// **B3.** Writes no audit event and appends nothing to the change feed.
    func settle(_ uses: [SourceUse], at now: Timestamp) async throws(StoreError) -> [TokenBucket]
}
