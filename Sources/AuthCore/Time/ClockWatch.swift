// SPDX-License-Identifier: Apache-2.0

/// Decides whether the system clock can be trusted where trusting it would delete rows: a pure value.
///
/// A clock that is weeks ahead for a minute makes everything look expired. So nothing is deleted by it until it has gone
/// on evenly for a while: after the start, after it was set, after the database's own clock contradicted it, and, for a
/// whole day, after a start at which it was far from what is stored.
public struct ClockWatch: Hashable, Sendable {
    /// The result of reading the clocks.
    public enum Observation: Hashable, Sendable {
        /// The system clock went on as the other clock did, but for what NTP corrects by running it faster or slower.
        case steady
        /// It was set by this much since the previous reading; negative: back.
        case adjusted(Duration)
    }

    /// By how much the clock may be set between two readings without being distrusted.
    public static let tolerance = Duration.seconds(60)
    /// How long after a start or a setting nothing is deleted.
    public static let settlingTime = Duration.seconds(600)
    /// How far the clock may be ahead of the newest stored event at the start, or behind it, without being distrusted for
    /// longer: a service that stood still for more than a day cannot tell a long stop from a wrong clock.
    public static let plausibleGap = Duration.seconds(86_400)
    /// How long nothing is deleted after a start at which the clock looked wrong: time for an operator to set it right.
    public static let doubtfulTime = Duration.seconds(86_400)

    private var last: ClockReading
    private var trustedFrom: BootInstant

    /// Begins to watch, at the start of a process.
    public init(at start: ClockReading) {
        last = start
        trustedFrom = start.boot + Self.settlingTime
    }

    /// Looks at the clocks.
    ///
    /// Many small settings in a row are reported one by one; only one beyond ``tolerance`` makes the clock distrusted.
    public mutating func look(_ reading: ClockReading) -> Observation {
        let adjustment = reading.adjustment(since: last)
        last = reading
        guard adjustment.magnitude > Self.tolerance else { return .steady }
        trustedFrom = max(trustedFrom, reading.boot + Self.settlingTime)
        return .adjusted(adjustment)
    }

    /// Compares the clock with the newest event in the store, once after the start.
    ///
    /// - Returns: How far the clock is ahead of it, negative: behind, where that is not plausible.
    public mutating func compare(withNewest stored: Timestamp, at reading: ClockReading) -> Duration? {
        let gap = reading.wall - stored
        // Behind, only clocks that differ explain it, which they do by seconds.
        guard gap > Self.plausibleGap || gap < .zero - Self.tolerance else { return nil }
        trustedFrom = max(trustedFrom, reading.boot + Self.doubtfulTime)
        return gap
    }

    /// Compares the clock with the database's own, which may be another machine's: before each round of deleting.
    ///
    /// - Returns: How far the clock is ahead of it, negative: behind, where that is more than ``tolerance``; the clock is not
    ///   trusted then until they have agreed for ``settlingTime``.
    public mutating func compare(withStore time: Timestamp, at reading: ClockReading) -> Duration? {
        let gap = reading.wall - time
        guard gap.magnitude > Self.tolerance else { return nil }
        trustedFrom = max(trustedFrom, reading.boot + Self.settlingTime)
        return gap
    }

    /// Whether rows that have expired by the system clock may be deleted.
    public func isTrusted(at now: BootInstant) -> Bool {
        trustedFrom <= now
    }
}

extension Duration {
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}
