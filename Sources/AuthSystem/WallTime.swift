// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The host's system clock, which an operator or NTP may set.
package enum WallTime {
    /// Microseconds since 1970-01-01 in UTC, by `CLOCK_REALTIME`.
    package static var microseconds: Int64 {
        var time = timespec()
        // CLOCK_REALTIME always exists, so that the call cannot fail.
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
