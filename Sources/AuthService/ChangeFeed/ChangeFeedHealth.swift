// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How current a service's view of the change feed is.
public struct ChangeFeedHealth: Hashable, Sendable {
    /// How long ago the feed was last read, even without new entries; `nil` if it is not followed.
    public let silence: Duration?
    /// Access tokens that were rejected unchecked because the feed had been silent for too long.
    public let refusedTokens: UInt64
    /// Access tokens that were checked although the feed had been silent for too long, according to the settings.
    public let acceptedTokens: UInt64
    /// How often the feed no longer had the entry that this process had read last.
    ///
    /// The database was restored, or a fail-over lost commits; each time the process began anew.
    public let historyChanges: UInt64
}

/// Counts access tokens that were presented while the feed was silent.
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
