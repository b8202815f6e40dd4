// SPDX-License-Identifier: Apache-2.0

/// Both clocks as they were read at one moment.
public struct ClockReading: Hashable, Sendable {
    /// What the system clock shows, which can be set.
    public let wall: Timestamp
    /// What the clock shows that cannot be set.
    public let boot: BootInstant

    /// Puts two readings together.
    public init(wall: Timestamp, boot: BootInstant) {
        self.wall = wall
        self.boot = boot
    }

    /// How far the system clock was set ahead between `earlier` and this reading; negative where it was set back.
    public func adjustment(since earlier: ClockReading) -> Duration {
        (wall - earlier.wall) - (boot - earlier.boot)
    }
}
