// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The buckets of a process and their settlement with the store: one settlement at a time, and a request that has used
/// up a lease waits for the one that settles its bucket.
///
/// A pure machine: its owner sends the reports and wakes the waiters that it names.
struct SettlementQueue<Waiter> {
    /// The outcome of a request to wait.
    enum Waiting {
        /// There is no settlement to wait for: decide again.
        case over(Waiter)
        /// The waiter is woken later.
        case later
        /// The waiter is woken later, by the settlement that is to be begun now.
        case begin([RateLimitTable.Report])
    }

    /// The actions after a settlement has ended.
    struct FollowUp {
        var woken: [Waiter] = []
        /// The next settlement; empty where there is none.
        var reports: [RateLimitTable.Report] = []
    }

    private enum Phase {
        case idle
        case underWay
        /// It takes longer than any request waits for it.
        case overdue
    }

    /// How many buckets are settled at once.
    static var batch: Int { 256 }

    private(set) var counts = SettlementCounts()
    private var table: RateLimitTable
    /// How long no settlement is begun after one failed.
    private let rest: Duration
    private var restsUntil = Timestamp(microseconds: .min)
    private var phase = Phase.idle
    private var waiters: [Waiter] = []
    private var latecomers: [(key: RateLimitTable.Key, waiter: Waiter)] = []

    init(table: RateLimitTable, rest: Duration = .seconds(1)) {
        self.table = table
        self.rest = rest
    }

    /// Whether there are tokens to report, and no settlement is in flight.
    var isReportDue: Bool {
        guard case .idle = phase else { return false }
        return table.isReportDue
    }

    /// The rule of a bucket; `nil` where its class is not limited.
    func rule(of key: RateLimitTable.Key) -> TokenBucket.Rule? { table.rule(of: key) }

    /// Counts a request if no other process counts; `nil` if its class is not limited.
    mutating func takeAlone(
        _ limitClass: LimitClass, _ claimant: RateLimitTable.Claimant, at now: Timestamp
    ) -> RateLimitTable.Taking? {
        note(table.take(limitClass, claimant, at: now, sharing: .alone))
    }

    /// Counts a request if other processes count too; while the store does not answer, this process decides by what it
    /// knows.
    mutating func take(
        _ limitClass: LimitClass, _ claimant: RateLimitTable.Claimant, at now: Timestamp
    ) -> RateLimitTable.Taking? {
        guard isStoreSilent(at: now) else { return note(table.take(limitClass, claimant, at: now, sharing: .leased)) }
        let taking = table.take(limitClass, claimant, at: now, sharing: .unsettled)
        if case .decided(.admitted) = taking?.answer { counts.unsettled &+= 1 }
        return note(taking)
    }

    private mutating func note(_ taking: RateLimitTable.Taking?) -> RateLimitTable.Taking? {
        if case .network(let network) = taking?.key.owner, network.reach != .source,
            case .decided = taking?.answer
        {
            counts.aggregated &+= 1
        }
        return taking
    }

    /// Makes a request wait for the settlement of a bucket.
    mutating func wait(_ waiter: Waiter, for key: RateLimitTable.Key, at now: Timestamp) -> Waiting {
        guard !isStoreSilent(at: now) else { return .over(waiter) }
        if case .underWay = phase {
            if table.isBeingSettled(key) { waiters.append(waiter) } else { latecomers.append((key, waiter)) }
            return .later
        }
        let reports = begin(urgent: [key])
        guard !reports.isEmpty else { return .over(waiter) }
        waiters.append(waiter)
        return .begin(reports)
    }

    /// Begins to settle unreported buckets; empty if there are none, or a settlement is in flight.
    mutating func begin(urgent: [RateLimitTable.Key] = []) -> [RateLimitTable.Report] {
        guard case .idle = phase else { return [] }
        let reports = table.beginReports(urgent: urgent, limit: Self.batch)
        if !reports.isEmpty { phase = .underWay }
        return reports
    }

    /// Takes in the result of a settlement: the buckets in the order of its reports, or `nil`.
    mutating func ended(
        _ reports: [RateLimitTable.Report], with buckets: [TokenBucket]?, at now: Timestamp
    ) -> FollowUp {
        phase = .idle
        var followUp = FollowUp(woken: waiters)
        waiters = []
        guard let buckets, buckets.count == reports.count else {
            for report in reports { table.failed(report) }
            counts.failed &+= 1
            restsUntil = now + rest
            followUp.woken += latecomers.map(\.waiter)
            latecomers = []
            return followUp
        }
        for (report, bucket) in zip(reports, buckets) { table.settled(report, bucket) }
        counts.settled &+= 1
        let waiting = latecomers
        latecomers = []
        guard !waiting.isEmpty else { return followUp }
        followUp.reports = begin(urgent: waiting.map(\.key))
        for (key, waiter) in waiting {
            switch phase {
            case .underWay where table.isBeingSettled(key): waiters.append(waiter)
            // A request that finds the batch full keeps its place in the queue.
            case .underWay where table.isUnreported(key): latecomers.append((key, waiter))
            case .idle, .underWay, .overdue: followUp.woken.append(waiter)
            }
        }
        return followUp
    }

    /// Resumes every request that waits for a settlement that takes too long.
    mutating func becameOverdue() -> [Waiter] {
        guard case .underWay = phase else { return [] }
        phase = .overdue
        defer { (waiters, latecomers) = ([], []) }
        return waiters + latecomers.map(\.waiter)
    }

    /// Whether requests do not wait for the store: it has just failed, or has not answered for too long.
    private func isStoreSilent(at now: Timestamp) -> Bool {
        if case .overdue = phase { return true }
        // A clock that was set back must not stop settling for long.
        return now < restsUntil && restsUntil - now <= rest
    }
}

/// The results of settling with the store, for metrics.
struct SettlementCounts: Hashable, Sendable {
    /// Settlements that the store answered.
    var settled: UInt64 = 0
    /// Settlements that failed or timed out.
    var failed: UInt64 = 0
    /// Requests that were admitted by what this process knew, because the store did not answer.
    var unsettled: UInt64 = 0
    /// Requests that were counted against the network around their source, as too many sources had buckets.
    var aggregated: UInt64 = 0
}
