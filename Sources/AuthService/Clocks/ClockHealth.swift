// SPDX-License-Identifier: Apache-2.0

/// What a service has detected about the clocks, for metrics.
public struct ClockHealth: Hashable, Sendable {
    /// How often the system clock was set by more than a minute since the start.
    public internal(set) var jumps: UInt64
    /// Access tokens of this issuer that were rejected because they are from the future: clocks of processes differ.
    public internal(set) var futureTokens: UInt64
    /// Whether expired rows are deleted: not for ten minutes after a start, a jump, or a time at which the database's clock
    /// differed, nor for a day after a start at which the clock was far from the newest event in the store.
    public internal(set) var isTrusted: Bool
}
