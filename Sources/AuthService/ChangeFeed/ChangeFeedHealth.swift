// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How a service hears the change feed.
public struct ChangeFeedHealth: Hashable, Sendable {
    /// How long ago the feed was last heard, be it that nothing had changed; `nil` where it is not followed.
    public let silence: Duration?
    /// Access tokens that were refused unseen because the feed had been silent for too long.
    public let refusedTokens: UInt64
    /// Access tokens that were looked at although the feed had been silent for too long, as the settings wish.
    public let acceptedTokens: UInt64
}

/// Counts what became of access tokens while the feed was silent.
final class StalenessCounters: Sendable {
    // A class because atomics must have one place in memory.
    private let refused = Atomic<UInt64>(0)
    private let accepted = Atomic<UInt64>(0)

    var counts: (refused: UInt64, accepted: UInt64) {
        (refused.load(ordering: .relaxed), accepted.load(ordering: .relaxed))
    }

    func count(isAccepted: Bool) {
        if isAccepted {
            accepted.wrappingAdd(1, ordering: .relaxed)
        } else {
            refused.wrappingAdd(1, ordering: .relaxed)
        }
    }
}
