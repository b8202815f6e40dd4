// SPDX-License-Identifier: Apache-2.0

/// How many connections a pool may have, and for how long.
public struct PoolLimits: Hashable, Sendable {
    /// Connections that stay open once they were needed; at least 1.
    public var size: Int
    /// Connections beyond `size` for a burst, which close when they have been idle for a while.
    public var overflow: Int
    /// How long an operation waits for a connection.
    public var timeout: Duration
    /// The age at which a connection is replaced.
    public var recycle: Duration
    /// How many operations may wait at once; further ones fail at once.
    public var queueLength: Int

    /// Sets limits; a number outside its range counts as the nearest one inside, and there are at most 10,000 of each kind.
    public init(
        size: Int = 5, overflow: Int = 10, timeout: Duration = .seconds(30), recycle: Duration = .seconds(3600),
        queueLength: Int = 10_000
    ) {
        self.size = min(max(1, size), 10_000)
        self.overflow = min(max(0, overflow), 10_000)
        self.timeout = max(.zero, timeout)
        self.recycle = max(.seconds(1), recycle)
        self.queueLength = max(1, queueLength)
    }
}

/// The state of a pool at one moment.
public struct PoolCounts: Hashable, Sendable {
    /// Connections that run an operation.
    public var inUse = 0
    /// Connections that wait for one.
    public var idle = 0
    /// Connections being opened.
    public var opening = 0
    /// Operations that wait for a connection.
    public var waiting = 0

    /// Connections that are open, busy or not.
    public var open: Int { inUse + idle }

    /// A pool without connections or operations.
    public init() {}
}
