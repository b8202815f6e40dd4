// SPDX-License-Identifier: Apache-2.0

/// Names a row of the outbox: whose it is, and its number.
public struct OutboxKey: Hashable, Sendable {
    /// The user of the row; `nil` for a row without a user.
    public let userID: UserID?
    /// The number, which no other row has or had; of one user's rows the later one has the higher number.
    public let number: Int64

    /// Names a row.
    public init(userID: UserID?, number: Int64) {
        self.userID = userID
        self.number = number
    }
}

/// An entry of the outbox and how its delivery stands.
public struct OutboxRow: Hashable, Sendable {
    /// How far a row has come; a delivered one is deleted.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// To be delivered.
        case due
        /// Given up: kept for a time in which an operator may have it tried again.
        case dead
    }

    /// Its number.
    public let number: Int64
    /// What is to be delivered.
    public let entry: OutboxEntry
    /// How often a delivery was begun.
    public var attempts: Int64
    /// When the next delivery may begin; of a dead row when it was given up.
    public var dueAt: Timestamp
    /// The process that is delivering it; `nil` where none does.
    public var lease: OutboxLease?
    /// How far it has come.
    public var state: State
    /// Why the last delivery failed.
    public var failure: String?
    /// After this instant no failed delivery is tried again.
    public var expiresAt: Timestamp

    /// Describes a row as stored.
    public init(
        number: Int64, entry: OutboxEntry, attempts: Int64, dueAt: Timestamp, lease: OutboxLease?, state: State,
        failure: String?, expiresAt: Timestamp
    ) {
        self.number = number
        self.entry = entry
        self.attempts = attempts
        self.dueAt = dueAt
        self.lease = lease
        self.state = state
        self.failure = failure
        self.expiresAt = expiresAt
    }

    /// A row that was just written.
    public init(number: Int64, _ entry: OutboxEntry) {
        self.init(
            number: number, entry: entry, attempts: 0, dueAt: entry.createdAt, lease: nil, state: .due, failure: nil,
            expiresAt: entry.expiresAt)
    }

    /// What names it.
    public var key: OutboxKey { OutboxKey(userID: entry.userID, number: number) }
}

/// The right to deliver a row, which one process holds at a time.
public struct OutboxLease: Hashable, Sendable {
    /// How long a process may take for a delivery: the row of a process that has not settled it by then is taken over.
    public static let duration = Duration.seconds(180)

    /// Random octets that tell one claim from every other.
    public let id: [UInt8]
    /// When another process may take the row over.
    public let until: Timestamp

    /// Describes a lease.
    public init(id: [UInt8], until: Timestamp) {
        self.id = id
        self.until = until
    }
}
