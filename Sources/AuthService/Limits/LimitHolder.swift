// SPDX-License-Identifier: Apache-2.0

/// A session or a known device, by whose own bucket requests are counted in place of their source's: what strangers send
/// from the same network, or from anywhere, uses up nothing of it.
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
    /// Whose it is, the same for all sessions, or all devices, of one user: together they are held to a multiple of what
    /// one may do.
    public let user: ID

    /// Describes a holder.
    public init(id: ID, user: ID) {
        self.id = id
        self.user = user
    }
}
