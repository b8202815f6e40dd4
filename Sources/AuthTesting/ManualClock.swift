// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthService
import Synchronization

/// A clock that stands still until it is moved.
public final class ManualClock: WallClock {
    private let instant: Mutex<Timestamp>

    /// Starts at an instant; by default at the beginning of 2026.
    public init(_ start: Timestamp = Timestamp(seconds: 1_767_225_600)) {
        instant = Mutex(start)
    }

    public var now: Timestamp { instant.withLock { $0 } }

    /// Moves the clock.
    public func advance(by step: Duration) {
        instant.withLock { $0 = $0 + step }
    }
}
