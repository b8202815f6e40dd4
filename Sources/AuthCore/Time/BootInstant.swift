// SPDX-License-Identifier: Apache-2.0

/// An instant on a clock that cannot be set: microseconds since some moment before the process began, such as the boot
/// of the machine, time asleep included.
///
/// Durations are measured between two of these. A ``Timestamp`` is what is stored and told to others; an operator or NTP
/// may set the clock that it comes from at any time, so that the difference of two of them is not the time that passed.
/// The two types do not mix. Instants of two machines, or of two boots, have nothing to do with each other: none is ever
/// stored.
///
/// Arithmetic saturates at the ends of the range.
public struct BootInstant: Hashable, Comparable, Sendable {
    /// Microseconds since the clock's own beginning.
    public let microseconds: Int64

    /// Makes an instant from what such a clock shows.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Whether a moment comes before another of the same boot.
    public static func < (earlier: BootInstant, later: BootInstant) -> Bool {
        earlier.microseconds < later.microseconds
    }

    /// The instant `duration` later.
    public static func + (start: BootInstant, duration: Duration) -> BootInstant {
        let (sum, overflow) = start.microseconds.addingReportingOverflow(duration.microseconds)
        return BootInstant(microseconds: overflow ? (duration.microseconds < 0 ? .min : .max) : sum)
    }

    /// The instant `duration` earlier.
    public static func - (end: BootInstant, duration: Duration) -> BootInstant {
        let (difference, overflow) = end.microseconds.subtractingReportingOverflow(duration.microseconds)
        return BootInstant(microseconds: overflow ? (duration.microseconds < 0 ? .max : .min) : difference)
    }

    /// The time that passed from `start` to `end`; negative where `end` is earlier.
    public static func - (end: BootInstant, start: BootInstant) -> Duration {
        let (difference, overflow) = end.microseconds.subtractingReportingOverflow(start.microseconds)
        return .microseconds(overflow ? (end < start ? Int64.min : Int64.max) : difference)
    }
}
