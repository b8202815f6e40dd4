// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Synchronization

/// Clocks that stand until they are moved.
final class TestClock: Sendable {
    private static let start = ClockReading(wall: TestClaims.now, boot: BootInstant(microseconds: 5_000_000))
    private let reading = Mutex(TestClock.start)

    var now: Timestamp { reading.withLock { $0.wall } }

    var sinceBoot: BootInstant { reading.withLock { $0.boot } }

    /// Lets time pass, on both clocks.
    func advance(by step: Duration) {
        reading.withLock { $0 = ClockReading(wall: $0.wall + step, boot: $0.boot + step) }
    }

    /// Lets time pass until so long after the start.
    func pass(to time: Duration) {
        reading.withLock { $0 = ClockReading(wall: Self.start.wall + time, boot: Self.start.boot + time) }
    }

    /// Sets the system clock, while no time passes.
    func set(ahead step: Duration) {
        reading.withLock { $0 = ClockReading(wall: $0.wall + step, boot: $0.boot) }
    }
}
