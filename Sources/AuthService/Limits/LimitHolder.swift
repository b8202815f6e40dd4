// SPDX-License-Identifier: Apache-2.0

/// A session or a known device, whose requests are counted in its own bucket instead of its source's: requests of other
/// clients on the same network, or anywhere, use up nothing of it.
public struct LimitHolder: Hashable, Sendable {
    /// Names a session, a device or a user in 128 bits that clients cannot choose.
    public struct ID: Hashable, Sendable {
        /// The first 64 bits.
        public let high: UInt64
        /// The last 64 bits.
        public let low: UInt64

        /// Names a holder.
        public init(high: UInt64, low: UInt64) {
            self.high = high
            self.low = low
        }
    }

    /// The session or device.
    public let id: ID
    /// The user, the same for all sessions, or all devices, of one user: together they are limited to a multiple of
    /// one.
    public let user: ID

    /// Describes a holder.
    public init(id: ID, user: ID) {
        self.id = id
        self.user = user
    }
}
