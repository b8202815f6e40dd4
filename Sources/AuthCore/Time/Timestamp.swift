// SPDX-License-Identifier: Apache-2.0

/// An instant as microseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Arithmetic saturates at the ends of the range, so that a lifetime read from a configuration or a row can never trap.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since the epoch; negative before 1970.
    public var microseconds: Int64

    /// Makes an instant from microseconds since the epoch.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Makes an instant from whole seconds since the epoch, saturating outside ±292,000 years.
    public init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        microseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// Whole seconds since the epoch, rounded down: what RFC 7519 calls a NumericDate.
    public var seconds: Int64 {
        let quotient = microseconds / 1_000_000
        return microseconds < 0 && microseconds % 1_000_000 != 0 ? quotient - 1 : quotient
    }

    /// Whether a moment comes before another.
    public static func < (earlier: Timestamp, later: Timestamp) -> Bool {
        earlier.microseconds < later.microseconds
    }

    /// The instant `lifetime` later, or the end of time where that cannot be represented.
    public static func + (start: Timestamp, lifetime: Duration) -> Timestamp {
        let (sum, overflow) = start.microseconds.addingReportingOverflow(lifetime.microseconds)
        return Timestamp(microseconds: overflow ? (lifetime.microseconds < 0 ? .min : .max) : sum)
    }

    /// The instant `lifetime` earlier, or the beginning of time where that cannot be represented.
    public static func - (end: Timestamp, lifetime: Duration) -> Timestamp {
        let (difference, overflow) = end.microseconds.subtractingReportingOverflow(lifetime.microseconds)
        return Timestamp(microseconds: overflow ? (lifetime.microseconds < 0 ? .max : .min) : difference)
    }

    /// The time that passed from `start` to `end`; negative where `end` is earlier.
    public static func - (end: Timestamp, start: Timestamp) -> Duration {
        let (difference, overflow) = end.microseconds.subtractingReportingOverflow(start.microseconds)
        return .microseconds(overflow ? (end < start ? Int64.min : Int64.max) : difference)
    }
}

extension Duration {
    /// Whole microseconds, rounded toward zero and saturating.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }

    /// Whole seconds, rounded up: what `Retry-After` and `expires_in` want.
    package var secondsRoundedUp: Int64 {
        let (seconds, attoseconds) = components
        return attoseconds > 0 && seconds < .max ? seconds + 1 : seconds
    }
}
