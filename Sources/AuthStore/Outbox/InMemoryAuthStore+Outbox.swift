// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `OutboxStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func enqueue(
        _ entry: OutboxEntry, recording event: AuditEvent?, context: OperationContext
    ) async throws(StoreError) -> Bool {
        try perform { (state) throws(StoreError) in
            let user = entry.userID.flatMap { state.users[$0] }
            return try state.apply(.enqueue(entry, for: user, recording: event), at: context.now).outcome
        }
    }

    public func claimOutbox(
        _ lane: OutboxLane, destination: String, limit: Int, lease: OutboxLease, context: OperationContext
    ) async throws(StoreError) -> [OutboxRow] {
        try perform { $0.claimOutbox(lane, destination, limit: limit, lease: lease, at: context.now) }
    }

    public func settleOutbox(
        _ key: OutboxKey, lease: OutboxLease, _ result: OutboxResult, context: OperationContext
    ) async throws(StoreError) -> OutboxSettlement {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.settle(state.outboxRow(key), lease: lease, result, context: context)
            return try state.apply(plan, at: context.now).outcome
        }
    }

    public func outboxRows(matching query: OutboxQuery) async throws(StoreError) -> [OutboxRow] {
        try perform { state in
            let rows = state.outbox.values.filter { query.matches($0) }.sorted { $0.number < $1.number }
            return Array(rows.prefix(max(0, query.limit)))
        }
    }

    public func retryOutboxRow(_ key: OutboxKey, context: OperationContext) async throws(StoreError) -> Bool {
        try perform { (state) throws(StoreError) in
            try state.apply(.retry(state.outboxRow(key), context: context), at: context.now).outcome
        }
    }

    public func dropOutboxRow(_ key: OutboxKey, context: OperationContext) async throws(StoreError) -> Bool {
        try perform { (state) throws(StoreError) in
            try state.apply(.drop(state.outboxRow(key), context: context), at: context.now).outcome
        }
    }

    public func outboxDepths() async throws(StoreError) -> [OutboxDepth] {
        try perform { state in
            var depths: [OutboxDepth] = []
            for lane in OutboxLane.allCases {
                for rowState in OutboxRow.State.allCases {
                    let rows = state.outbox.values.filter { $0.entry.lane == lane && $0.state == rowState }
                    guard let oldest = rows.map(\.entry.createdAt).min() else { continue }
                    depths.append(
                        OutboxDepth(lane: lane, state: rowState, count: Int64(rows.count), oldest: oldest))
                }
            }
            return depths
        }
    }
}

extension InMemoryState {
    func outboxRow(_ key: OutboxKey) -> OutboxRow? {
        outbox[key.number].flatMap { $0.entry.userID == key.userID ? $0 : nil }
    }

    /// O2.
    mutating func enqueue(_ entry: OutboxEntry) {
        if entry.userID != nil {
            for row in outbox.values where row.state == .due && row.entry.isInLine(with: entry) {
                outbox[row.number]?.dueAt = min(row.dueAt, entry.createdAt)
            }
        }
        lastOutboxNumber += 1
        outbox[lastOutboxNumber] = OutboxRow(number: lastOutboxNumber, entry)
    }

    /// O4, O5.
    fileprivate mutating func claimOutbox(
        _ lane: OutboxLane, _ destination: String, limit: Int, lease: OutboxLease, at now: Timestamp
    ) -> [OutboxRow] {
        let due = outbox.values.filter {
            $0.state == .due && $0.entry.lane == lane && $0.entry.destination.utf8.elementsEqual(destination.utf8)
        }
        var first: [UserID: Int64] = [:]
        for row in due {
            if let user = row.entry.userID { first[user] = min(first[user] ?? .max, row.number) }
        }
        let free = due.filter { row in
            row.dueAt <= now && !row.isLeased(at: now)
                && row.entry.userID.map { first[$0] == row.number } ?? true
        }
        return free.sorted { ($0.dueAt, $0.number) < ($1.dueAt, $1.number) }.prefix(max(0, limit)).map { row in
            var row = row
            row.lease = lease
            row.attempts += 1
            outbox[row.number] = row
            return row
        }
    }

    /// A8, O10.
    mutating func purgeOutbox(at now: Timestamp, limit: Int) -> Int {
        let horizon = now + OutboxSchedule.farthestAhead
        for row in outbox.values where row.state == .due {
            guard row.dueAt > horizon || row.lease.map({ $0.until > horizon }) ?? false else { continue }
            outbox[row.number]?.dueAt = now
            outbox[row.number]?.lease = nil
        }
        let old = outbox.values.filter { $0.state == .dead && $0.expiresAt <= now - OutboxSchedule.deadRetention }
        let removed = old.prefix(max(0, limit))
        for row in removed { outbox[row.number] = nil }
        return removed.count
    }
}

extension OutboxEntry {
    /// Whether it is delivered in order with another entry of the same user.
    fileprivate func isInLine(with other: OutboxEntry) -> Bool {
        userID == other.userID && lane == other.lane && destination.utf8.elementsEqual(other.destination.utf8)
    }
}
