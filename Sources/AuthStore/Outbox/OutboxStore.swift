// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// What must be delivered: mails and events, written in the transaction of their cause.
///
/// **O1.** An operation whose context names notices or subscriptions writes their entries in its own transaction, after
/// everything else has been decided: what is rejected or changes nothing writes none.
/// **O2.** Writing takes no lock that two users share. Entries of one user, lane and destination are delivered in the order in
/// which they were written, since whatever writes them holds the lock of the user's row. A new one makes earlier ones that wait
/// for their next attempt due at once.
/// **O9.** Deleting a user removes the user's mails and notices and keeps the events, which tell of the deletion in order.
public protocol OutboxStore: Sendable {
    /// Writes an entry that no other operation writes, and records `event` with it.
    ///
    /// **O3.** Done only if the user of the entry still exists, under the lock of the user's row. An entry without a user is
    /// always written.
    /// - Returns: Whether it was written; if not, the event was not recorded either.
    func enqueue(
        _ entry: OutboxEntry, recording event: AuditEvent?, context: OperationContext
    ) async throws(StoreError) -> Bool

    /// Leases at most `limit` rows of one lane and destination that are due at `context.now`, those first that have been due for
    /// longest.
    ///
    /// **O4.** Of the rows of a user only the first that is not dead can be leased, and only where no other process holds it; rows
    /// without a user are independent of each other. Of any number of concurrent calls one gets a row, and none waits for another.
    /// **O5.** A lease that has run out at `context.now` counts for nothing. Each lease counts as an attempt.
    func claimOutbox(
        _ lane: OutboxLane, destination: String, limit: Int, lease: OutboxLease, context: OperationContext
    ) async throws(StoreError) -> [OutboxRow]

    /// Writes down what became of a delivery.
    ///
    /// **O6.** Changes nothing where the lease of the row is not `lease` any more: another process has taken it over.
    /// **O7.** What was delivered or is moot is deleted. What failed is decided by `OutboxSchedule.decide`; a row that is given up
    /// is audited in the same transaction, and holds up none behind it. A failure of the next hop does not count as an attempt.
    func settleOutbox(
        _ key: OutboxKey, lease: OutboxLease, _ result: OutboxResult, context: OperationContext
    ) async throws(StoreError) -> OutboxSettlement

    /// A page of rows, the lowest number first; for an operator.
    func outboxRows(matching query: OutboxQuery) async throws(StoreError) -> [OutboxRow]

    /// Has a row tried again from now on, for as long as a new one, be it dead or waiting.
    ///
    /// **O8.** A row that is being delivered is left alone, by this and by ``dropOutboxRow(_:context:)``; so a row is never
    /// delivered twice because of an operator.
    /// - Returns: Whether there is such a row, and no process is delivering it.
    func retryOutboxRow(_ key: OutboxKey, context: OperationContext) async throws(StoreError) -> Bool

    /// Deletes a row, which is audited as not delivered.
    ///
    /// - Returns: Whether there was such a row, and no process was delivering it.
    func dropOutboxRow(_ key: OutboxKey, context: OperationContext) async throws(StoreError) -> Bool

    /// How many rows there are of each lane and state, and since when; lanes without rows are left out.
    ///
    /// Reads every row: for metrics and for an operator.
    func outboxDepths() async throws(StoreError) -> [OutboxDepth]
}

/// What settling a delivery came to.
public enum OutboxSettlement: Hashable, Sendable {
    /// The row is gone.
    case removed
    /// It is tried again at this instant.
    case postponed(until: Timestamp)
    /// It was given up.
    case dead
    /// Another process has taken the row over, or it was deleted: nothing was changed.
    case superseded
}

/// How many rows of one lane are in one state.
public struct OutboxDepth: Hashable, Sendable {
    /// The lane.
    public let lane: OutboxLane
    /// The state.
    public let state: OutboxRow.State
    /// How many rows.
    public let count: Int64
    /// When the oldest of them was written.
    public let oldest: Timestamp

    /// Describes a depth.
    public init(lane: OutboxLane, state: OutboxRow.State, count: Int64, oldest: Timestamp) {
        self.lane = lane
        self.state = state
        self.count = count
        self.oldest = oldest
    }
}
