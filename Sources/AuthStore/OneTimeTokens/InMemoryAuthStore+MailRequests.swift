// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// A request for a mail, and how answering it stands.
struct MailRequestRow: Sendable {
    let request: MailRequest
    var dueAt: Timestamp
    var attempts: Int64 = 0
    var lease: OutboxLease?
}

// `OneTimeTokenStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func requestMail(
        _ request: MailRequest, quota: MailRequestQuota, context: OperationContext
    ) async throws(StoreError) -> MailRequestOutcome {
        try perform { state in
            let waiting = state.mailRequests.values.filter { $0.request.standing == request.standing }
            let held = waiting.count { $0.request.holder.utf8.elementsEqual(request.holder.utf8) }
            guard held < quota.perHolder, waiting.count < quota.perStanding else { return .full }
            state.lastMailRequestNumber += 1
            state.mailRequests[state.lastMailRequestNumber] = MailRequestRow(request: request, dueAt: context.now)
            return .written
        }
    }

    public func claimMailRequests(
        limit: Int, lease: OutboxLease, context: OperationContext
    ) async throws(StoreError) -> [WaitingMailRequest] {
        try perform { state in
            let free = state.mailRequests.filter { _, row in
                row.dueAt <= context.now && row.lease.map { $0.until <= context.now } ?? true
            }
            let first = free.sorted { MailRequestPlace($0) < MailRequestPlace($1) }.prefix(max(0, limit))
            return first.map { number, row in
                state.mailRequests[number]?.lease = lease
                state.mailRequests[number]?.attempts += 1
                return WaitingMailRequest(number: number, request: row.request, attempts: row.attempts + 1)
            }
        }
    }

    public func postponeMailRequest(
        _ number: Int64, lease: OutboxLease, until due: Timestamp, context: OperationContext
    ) async throws(StoreError) {
        try perform { state in
            guard state.mailRequests[number]?.lease?.id == lease.id else { return }
            state.mailRequests[number]?.dueAt = due
            state.mailRequests[number]?.lease = nil
        }
    }

    public func endMailRequest(
        _ claim: MailRequestClaim, flow: MailedFlow, mail: OutboxEntry?, event: AuditEvent?, context: OperationContext
    ) async throws(StoreError) {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.endMailRequest(
                state.answered(claim), flow: flow, mail: mail, to: mail?.userID.flatMap { state.users[$0] },
                event: event)
            _ = try state.apply(plan, at: context.now)
        }
    }
}

extension InMemoryState {
    /// A claim and the row that it is about.
    func answered(_ claim: MailRequestClaim) -> AnsweredRequest {
        AnsweredRequest(claim, lease: mailRequests[claim.number]?.lease?.id)
    }

    /// A8, O10.
    mutating func purgeMailedFlows(at now: Timestamp, limit: Int) -> Int {
        let horizon = now + OutboxSchedule.farthestAhead
        for (number, row) in mailRequests {
            guard row.dueAt > horizon || row.lease.map({ $0.until > horizon }) ?? false else { continue }
            mailRequests[number]?.dueAt = now
            mailRequests[number]?.lease = nil
        }
        let over = flows.values.filter { $0.keptUntil <= now }.prefix(max(0, limit))
        for flow in over { flows[flow.id] = nil }
        let full = mailBudgets.filter { $0.value.isFull(at: now) }.keys.prefix(max(0, limit))
        for key in full { mailBudgets[key] = nil }
        return over.count + full.count
    }
}

/// Where a request stands in line: those of known clients first, then the one that has been due for longest.
private struct MailRequestPlace: Comparable {
    let rank: Int
    let dueAt: Timestamp
    let number: Int64

    init(_ entry: (key: Int64, value: MailRequestRow)) {
        switch entry.value.request.standing {
        case .known: rank = 0
        case .stranger: rank = 1
        }
        dueAt = entry.value.dueAt
        number = entry.key
    }

    static func < (left: MailRequestPlace, right: MailRequestPlace) -> Bool {
        (left.rank, left.dueAt, left.number) < (right.rank, right.dueAt, right.number)
    }
}
