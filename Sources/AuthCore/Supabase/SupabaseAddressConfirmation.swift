// SPDX-License-Identifier: Apache-2.0

/// That one of the two mailboxes has confirmed a change of address, which the other one still has to.
public struct SupabaseAddressConfirmation: Hashable, Sendable {
    /// Which mailbox confirmed; raw values are stored.
    public enum Side: String, Hashable, Sendable, CaseIterable {
        /// That of the address that the user has.
        case current
        /// That of the address that the user asks for.
        case new
    }

    /// Whose address is to change.
    public let userID: UserID
    /// The canonical form of the new address.
    public let address: String
    /// Which mailbox confirmed.
    public let side: Side
    /// From when on it counts no more.
    public let expiresAt: Timestamp

    /// Describes a confirmation as stored.
    public init(userID: UserID, address: String, side: Side, expiresAt: Timestamp) {
        self.userID = userID
        self.address = address
        self.side = side
        self.expiresAt = expiresAt
    }

    /// Whether it is what the other mailbox needs, to give the user this address at `now`.
    func completes(_ side: Side, for address: EmailAddress, of userID: UserID, at now: Timestamp) -> Bool {
        self.side != side && self.userID == userID && self.address.hasSameOctets(as: address.canonical)
            && now < expiresAt
    }
}
