// SPDX-License-Identifier: Apache-2.0

/// Decides when a published key set is fetched again. All times are in seconds.
///
/// Invariant: between two fetches lies at least the cooldown, whatever is asked and however the fetches end.
public struct RemoteKeyFreshness: Hashable, Sendable {
    /// The bounds within which the publisher's wishes are followed.
    public struct Limits: Hashable, Sendable {
        /// The least time between two fetches.
        public var cooldown: Int64
        /// How long a set is fresh if its publisher does not say.
        public var defaultLifetime: Int64
        /// The longest time for which a set is fresh, whatever its publisher says: a revoked key lives at most as long.
        public var maximumLifetime: Int64
        /// How long a set that is no longer fresh is used while no newer one can be fetched; then every token is refused.
        public var staleness: Int64

        /// Sets all four; negative times count as none.
        public init(
            cooldown: Int64 = 30, defaultLifetime: Int64 = 600, maximumLifetime: Int64 = 86_400, staleness: Int64 = 3_600
        ) {
            self.cooldown = max(cooldown, 0)
            self.defaultLifetime = max(defaultLifetime, 0)
            self.maximumLifetime = max(maximumLifetime, 0)
            self.staleness = max(staleness, 0)
        }
    }

    /// What to do about a wish for newer keys.
    public enum Action: Hashable, Sendable {
        /// Fetch now, and tell the result to ``finished(fetchStartedAt:lifetime:)``.
        case fetch
        /// Wait for the fetch that is under way.
        case join
        /// Go on with the keys at hand.
        case proceed
    }

    private let limits: Limits
    private var lastAttempt: Int64?
    private var isFetching = false
    private var freshUntil: Int64?

    /// Starts with no set.
    public init(limits: Limits) {
        self.limits = limits
    }

    /// Takes a wish for newer keys; `.fetch` has begun the fetch.
    public mutating func wanted(_ reason: KeyRefreshReason, at nowSeconds: Int64) -> Action {
        let isFresh = freshUntil.map { nowSeconds < $0 } ?? false
        switch reason {
        case .age where isFresh: return .proceed
        case .age where isFetching: return isUsable(at: nowSeconds) ? .proceed : .join
        case .unknownKey where isFetching: return .join
        case .age, .unknownKey: break
        }
        // A clock that was set back must not stop fetching for as long as it was wrong.
        if let lastAttempt, lastAttempt <= nowSeconds, nowSeconds < lastAttempt.addingSaturating(limits.cooldown) {
            return .proceed
        }
        lastAttempt = nowSeconds
        isFetching = true
        return .fetch
    }

    /// Takes the end of the fetch that started then.
    ///
    /// - Parameter lifetime: How long the fetched set is fresh by its publisher's word, `.some(nil)` if there is none;
    ///   `nil` if the fetch failed.
    public mutating func finished(fetchStartedAt start: Int64, lifetime: Int64??) {
        isFetching = false
        guard let lifetime else { return }
        let granted = min(max(lifetime ?? limits.defaultLifetime, 0), limits.maximumLifetime)
        freshUntil = start.addingSaturating(granted)
    }

    /// Whether the set that was fetched last may still be used.
    public func isUsable(at nowSeconds: Int64) -> Bool {
        freshUntil.map { nowSeconds < $0.addingSaturating(limits.staleness) } ?? false
    }
}
