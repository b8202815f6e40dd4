// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The change feed: what this process takes in of it, and what followers elsewhere read.
public struct ChangeFeedService: Sendable {
    let core: ServiceCore
    let clocks: ClockChecks
    let keys: TokenKeys
    let principals: PrincipalCache
    let staleness: StalenessCounters
    let tail = ChangeTail()

    /// Reads what other processes wrote to the change feed and takes it in, once.
    ///
    /// A running service does so by itself.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func readChanges() async throws(AuthError) {
        try await core.inStore { _ throws(StoreError) in while try await readFeed() {} }
    }

    /// Whether the change feed is being heard, so that revocations elsewhere are known here within the stated bound.
    public var isFresh: Bool {
        !core.directory.isStale(patience: core.settings.feedPatience)
    }

    /// How the change feed is being heard, for metrics.
    public var health: ChangeFeedHealth {
        let tokens = staleness.counts
        return ChangeFeedHealth(
            silence: core.directory.silence, refusedTokens: tokens.refused, acceptedTokens: tokens.accepted)
    }
}
