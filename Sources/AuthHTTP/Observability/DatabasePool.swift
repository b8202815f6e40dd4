// SPDX-License-Identifier: Apache-2.0

/// The connections to a database at one moment, shown at `/metrics` and `/health/database`.
public struct DatabasePool: Hashable, Sendable {
    /// Connections that are open, busy or not.
    public let open: Int
    /// Open connections that wait for an operation.
    public let idle: Int
    /// Operations that wait for a connection.
    public let waiting: Int
    /// Connections that there may be.
    public let limit: Int

    /// A pool as it is now.
    public init(open: Int, idle: Int, waiting: Int, limit: Int) {
        self.open = open
        self.idle = idle
        self.waiting = waiting
        self.limit = limit
    }
}
