// SPDX-License-Identifier: Apache-2.0

/// How many sessions one user may have at once, and which of them is evicted by one more.
public struct SessionLimit: Hashable, Sendable {
    /// What happens to a sign-in that would exceed the limit.
    public enum Policy: String, Hashable, Sendable, CaseIterable {
        /// The oldest sessions are evicted.
        case dropOldest = "drop_oldest"
        /// The sign-in is rejected.
        case refuse
    }

    /// How many sessions may be alive; at least 1.
    public let perUser: Int
    /// What happens beyond the limit.
    public let policy: Policy

    /// Describes a limit; a number below 1 counts as 1.
    public init(perUser: Int, policy: Policy = .dropOldest) {
        self.perUser = max(perUser, 1)
        self.policy = policy
    }

    /// The decision about one more session.
    public enum Decision: Hashable, Sendable {
        /// It may open once these have been evicted.
        case open(evicting: [Session])
        /// It may not.
        case refuse
    }

    /// Decides on the locked rows of a user's sessions.
    ///
    /// `alive` are those that have neither ended nor expired, the one opened first in front.
    public func decide(alive: [Session]) -> Decision {
        let excess = alive.count - (perUser - 1)
        guard excess > 0 else { return .open(evicting: []) }
        switch policy {
        case .dropOldest: return .open(evicting: Array(alive.prefix(excess)))
        case .refuse: return .refuse
        }
    }
}
