// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The time since some fixed moment, which nobody sets.
enum MonotonicClock {
    /// In nanoseconds; a call costs a few dozen of them.
    static var nanoseconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec)
    }
}
