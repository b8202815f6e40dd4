// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthService
import Synchronization

/// A clock that a test advances: the system clock and the boot clock in one.
public final class ManualClock: WallClock, BootClock {
    private let reading: Mutex<ClockReading>

    /// Starts at an instant; by default at the beginning of 2026, a day after the machine was booted.
    public init(_ start: Timestamp = Timestamp(seconds: 1_767_225_600)) {
        reading = Mutex(ClockReading(wall: start, boot: BootInstant(microseconds: 86_400_000_000)))
    }

    /// The time that the test has set.
    public var now: Timestamp { reading.withLock { $0.wall } }

    /// One day at the start, plus the time that the test has advanced.
    public var sinceBoot: BootInstant { reading.withLock { $0.boot } }

    /// Advances time, on both clocks.
    ///
    /// Time does not go back: a negative step sets the system clock back.
    public func advance(by step: Duration) {
        reading.withLock { $0 = ClockReading(wall: $0.wall + step, boot: $0.boot + max(step, .zero)) }
    }

    /// Sets the system clock ahead, or back by a negative step, as an operator or NTP does: no time passes.
    public func set(ahead step: Duration) {
        reading.withLock { $0 = ClockReading(wall: $0.wall + step, boot: $0.boot) }
    }
}
