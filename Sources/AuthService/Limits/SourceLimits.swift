// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthCrypto
import AuthStore

extension LimitService {
    /// Whether other processes may count the requests of the same sources, so that buckets must be settled with the store.
    public var areShared: Bool { core.store.isShared }

    /// Adds this process's uses to the buckets in the store, and returns the buckets.
    ///
    /// The store learns a keyed digest of each name, not the name. A call that fails may have been counted all the
    /// same.
    ///
    /// - Parameter uses: At most a few hundred; `name` identifies the bucket, in the same words in every process.
    /// - Returns: The buckets in the order of `uses`.
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func settle(
        _ uses: [(name: String, use: BucketUse)]
    ) async throws(AuthError) -> [TokenBucket] {
        let keyed = uses.map { SourceUse(key: sourceDigest.authenticationCode(for: Array($0.name.utf8)), use: $0.use) }
        let now = core.clock.now
        return try await core.inStore { store throws(StoreError) in try await store.settle(keyed, at: now) }
    }
}
