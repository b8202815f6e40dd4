// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Decides when a published key set is fetched again.
///
/// Invariant: between two fetches lies at least the cooldown, whatever is asked and however the fetches end.
public struct RemoteKeyFreshness: Hashable, Sendable {
    /// The bounds within which the publisher's wishes are followed.
    public struct Limits: Hashable, Sendable {
        /// The least time between two fetches.
        public var cooldown: Duration
        /// How long a set is fresh if its publisher does not say.
        public var defaultLifetime: Duration
        /// The longest time for which a set is fresh, whatever its publisher says: a revoked key lives at most as long.
        public var maximumLifetime: Duration
        /// How long a set that is no longer fresh is used while no newer one can be fetched; then every token is refused.
        public var staleness: Duration

        /// Sets all four; negative times count as none.
        public init(
            cooldown: Duration = .seconds(30), defaultLifetime: Duration = .seconds(600),
            maximumLifetime: Duration = .seconds(86_400), staleness: Duration = .seconds(3_600)
        ) {
            self.cooldown = max(cooldown, .zero)
            self.defaultLifetime = max(defaultLifetime, .zero)
            self.maximumLifetime = max(maximumLifetime, .zero)
            self.staleness = max(staleness, .zero)
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
    private var lastAttempt: BootInstant?
    private var isFetching = false
    private var freshUntil: BootInstant?
    /// When the publisher last said that its keys changed.
    private var changedAt: BootInstant?

    /// For how long after a change another process of the publisher may still answer with the keys of before.
    private static let settlingTime = Duration.seconds(5)

    /// Starts with no set.
    public init(limits: Limits) {
        self.limits = limits
    }

    /// Records a request for newer keys; if the result is `.fetch`, the fetch counts as begun.
    public mutating func wanted(_ reason: KeyRefreshReason, at now: BootInstant) -> Action {
        if reason == .changed {
            changedAt = now
            // Where the cooldown stands against a fetch now, the keys' age asks for one after it.
            freshUntil = freshUntil.map { min($0, now) }
        }
        let isFresh = freshUntil.map { now < $0 } ?? false
        switch reason {
        case .age where isFresh: return .proceed
        case .age where isFetching: return isUsable(at: now) ? .proceed : .join
        case .unknownKey where isFetching, .changed where isFetching: return .join
        case .age, .unknownKey, .changed: break
        }
        if let lastAttempt, now < lastAttempt + limits.cooldown { return .proceed }
        lastAttempt = now
        isFetching = true
        return .fetch
    }

    /// Takes the end of the fetch that started then.
    ///
    /// `lifetime` is how long the fetched set is fresh by its publisher's word, `.some(nil)` if there is none, and `nil` if
    /// the fetch failed.
    public mutating func finished(fetchStartedAt start: BootInstant, lifetime: Duration??) {
        isFetching = false
        guard let lifetime else { return }
        var granted = min(max(lifetime ?? limits.defaultLifetime, .zero), limits.maximumLifetime)
        // What was fetched before a change, or just after it, may be the keys of before: it is fetched once more.
        if let changedAt, start < changedAt + Self.settlingTime { granted = min(granted, limits.cooldown) }
        freshUntil = start + granted
    }

    /// Whether the set that was fetched last may still be used.
    public func isUsable(at now: BootInstant) -> Bool {
        freshUntil.map { now < $0 + limits.staleness } ?? false
    }
}
