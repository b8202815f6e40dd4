// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Which rows of the outbox to list; every condition that is given must hold.
public struct OutboxQuery: Hashable, Sendable {
    /// Only rows of this lane.
    public var lane: OutboxLane?
    /// Only rows in this state.
    public var state: OutboxRow.State?
    /// Only rows with a higher number.
    public var after: Int64
    /// How many rows at most.
    public var limit: Int

    /// Describes a page; the defaults give the first hundred rows.
    public init(lane: OutboxLane? = nil, state: OutboxRow.State? = nil, after: Int64 = 0, limit: Int = 100) {
        self.lane = lane
        self.state = state
        self.after = after
        self.limit = limit
    }

    /// Whether a row is of those that are listed.
    func matches(_ row: OutboxRow) -> Bool {
        row.number > after && (lane.map { $0 == row.entry.lane } ?? true) && (state.map { $0 == row.state } ?? true)
    }
}
