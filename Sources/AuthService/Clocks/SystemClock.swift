// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthTokens
import Glibc

/// The host's clocks: the one in UTC, and the one that cannot be set.
public struct SystemClock: WallClock, BootClock {
    /// Makes the clock; all instances are alike.
    public init() {}

    /// `CLOCK_REALTIME`, which an operator or NTP may set.
    public var now: Timestamp {
        var time = timespec()
        // CLOCK_REALTIME always exists, so that the call cannot fail.
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    /// The time since the host was booted, sleep included.
    public var sinceBoot: BootInstant { .system() }
}
