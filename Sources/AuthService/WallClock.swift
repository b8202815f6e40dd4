// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import Glibc

/// Where the time comes from: a parameter of everything that asks for it.
public protocol WallClock: Sendable {
    /// The present instant.
    var now: Timestamp { get }
}

/// The machine's clock in UTC.
public struct SystemClock: WallClock {
    /// Makes the clock; all of them are alike.
    public init() {}

    public var now: Timestamp {
        var time = timespec()
        // CLOCK_REALTIME always exists, so that the call cannot fail.
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}
