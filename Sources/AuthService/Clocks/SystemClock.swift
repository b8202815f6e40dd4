// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthSystem
import AuthTokens

/// The host's clocks: the one in UTC, and the one that cannot be set.
public struct SystemClock: WallClock, BootClock {
    /// Makes the clock; all instances are alike.
    public init() {}

    /// `CLOCK_REALTIME`, which an operator or NTP may set.
    public var now: Timestamp { Timestamp(microseconds: WallTime.microseconds) }

    /// The time since the host was booted, sleep included.
    public var sinceBoot: BootInstant { .system() }
}
