// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The change feed: the entries that this process applies, and those that followers read.
public struct ChangeFeedService: Sendable {
    let core: ServiceCore
    let clocks: ClockChecks
    let keys: TokenKeys
    let principals: PrincipalCache
    let staleness: StalenessCounters
    let tail = ChangeTail()

    /// Reads the changes of other processes from the change feed and applies them, once.
    ///
    /// A running service does so in the background.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func readChanges() async throws(AuthError) {
        try await core.inStore { _ throws(StoreError) in while try await readFeed() {} }
    }

    /// Whether the change feed is current, so that revocations of other processes are known here within the stated
    /// bound; false at once where the feed's history has changed, until this process has caught up.
    public var isFresh: Bool {
        !core.directory.isStale(patience: core.settings.feedPatience)
    }

    /// How current this process's view of the change feed is, for metrics.
    public var health: ChangeFeedHealth {
        let tokens = staleness.counts
        return ChangeFeedHealth(
            silence: core.directory.silence, refusedTokens: tokens.refused, acceptedTokens: tokens.accepted,
            historyChanges: core.directory.historyChanges)
    }
}
