// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import Synchronization

/// Counts limited requests per source and class, in memory of bounded size.
///
/// Where several processes count the same sources, each has a lease of every bucket: below it a request is decided here
/// and now, and only the one that would go beyond it waits until the store was told and asked.
final class RateLimiter: Sendable {
    // A class because the table must have one place in memory.

    /// Tells the store what was taken and asks how the buckets stand; `nil` where that failed.
    typealias Settle = @Sendable ([(name: String, use: BucketUse)]) async -> [TokenBucket]?

    private struct State {
        var queue: SettlementQueue<CheckedContinuation<Void, Never>>
        var isReportPlanned = false

        /// Whether a report is to be made later that nobody has planned yet.
        mutating func planReport() -> Bool {
            guard !isReportPlanned, queue.isReportDue else { return false }
            isReportPlanned = true
            return true
        }
    }

    private let limits: RateLimits
    private let settle: Settle?
    private let patience: Duration
    private let now: @Sendable () -> Timestamp
    private let state: Mutex<State>

    /// - Parameters:
    ///   - patience: How long a request waits for the store.
    ///   - settle: `nil` where no other process counts.
    init(
        limits: RateLimits, patience: Duration = .seconds(1), now: @escaping @Sendable () -> Timestamp,
        settle: Settle? = nil
    ) {
        self.limits = limits
        self.settle = settle
        self.patience = patience
        self.now = now
        state = Mutex(State(queue: SettlementQueue(rules: limits.rules)))
    }

    /// What a source may do, and what it is told about it.
    struct Verdict: Equatable {
        let outcome: TokenBucket.Outcome
        let rule: TokenBucket.Rule

        /// What clients need to pace themselves: the bucket's size, what is left, and seconds until more.
        var fields: [(name: String, value: String)] {
            let remaining: Int
            let reset: Duration
            switch outcome {
            case .admitted(let left): (remaining, reset) = (left, rule.interval * (rule.capacity - left))
            case .refused(let delay): (remaining, reset) = (0, delay)
            }
            return [
                ("ratelimit-limit", "\(rule.capacity)"), ("ratelimit-remaining", "\(remaining)"),
                ("ratelimit-reset", "\(reset.secondsRoundedUp)"),
            ]
        }
    }

    /// What is known of a request at once.
    enum Admission: Equatable {
        case unlimited
        case decided(Verdict)
        /// ``settleAndAdmit(_:under:)`` decides.
        case mustSettle(RateLimitTable.Key, TokenBucket.Rule)
    }

    /// How settling went.
    var counts: SettlementCounts { state.withLock { $0.queue.counts } }

    /// Counts one request, as far as that needs no waiting.
    ///
    /// - Throws: `.forbidden` if the source is unknown and unknown sources are refused: a bucket for all of them together
    ///   would let one shut out the others.
    func admit(_ limitClass: LimitClass, from client: ClientAddress) throws(Refusal) -> Admission {
        guard limits.isEnabled, let rule = limits.rules[limitClass] else { return .unlimited }
        guard let source = client.bucket else {
            guard limits.refusesUnknownSources else { return .unlimited }
            throw Refusal(.forbidden)
        }
        let key = RateLimitTable.Key(limitClass: limitClass, source: source)
        switch take(key, under: rule) {
        case .decided(let outcome): return .decided(Verdict(outcome: outcome, rule: rule))
        case .mustSettle: return .mustSettle(key, rule)
        }
    }

    /// Counts one request whose lease is used up, once the store was told and asked.
    ///
    /// Waits no longer than the patience for each of several settlements; a store that does not answer leaves the
    /// decision to what is known here.
    func settleAndAdmit(_ key: RateLimitTable.Key, under rule: TokenBucket.Rule) async -> Verdict {
        // Each round somebody has a lease's worth admitted, so that the rounds end when the bucket is empty.
        for _ in 0..<16 {
            await withCheckedContinuation { wait($0, for: key) }
            if case .decided(let outcome) = take(key, under: rule) { return Verdict(outcome: outcome, rule: rule) }
        }
        return Verdict(outcome: .refused(retryAfter: rule.interval), rule: rule)
    }

    /// Tells the store of everything that it does not know, so that the other processes learn of it early.
    ///
    /// It happens by itself in the background, ``RateLimits/reportInterval`` after something was admitted.
    func report() async {
        // What is beyond some batches waits for the next time: the store has other work.
        for _ in 0..<8 {
            let reports = state.withLock { $0.queue.begin() }
            guard !reports.isEmpty else { return }
            await send(reports)
        }
    }

    private func take(_ key: RateLimitTable.Key, under rule: TokenBucket.Rule) -> SharedBucket.Answer {
        let now = now()
        guard settle != nil else { return state.withLock { $0.queue.takeAlone(key, at: now, under: rule) } }
        let (answer, plansReport) = state.withLock { state in
            let answer = state.queue.take(key, at: now, under: rule)
            return (answer, state.planReport())
        }
        if plansReport { reportLater() }
        return answer
    }

    private func reportLater() {
        // A task of its own: whoever caused it is answered at once.
        Task {
            // It is not cancelled.
            try? await Task.sleep(for: limits.reportInterval)
            state.withLock { $0.isReportPlanned = false }
            await report()
        }
    }

    private func wait(_ continuation: CheckedContinuation<Void, Never>, for key: RateLimitTable.Key) {
        let now = now()
        switch state.withLock({ $0.queue.wait(continuation, for: key, at: now) }) {
        case .over(let continuation): continuation.resume()
        case .later: break
        case .begin(let reports): sendDetached(reports)
        }
    }

    private func sendDetached(_ reports: [RateLimitTable.Report]) {
        // Not the caller's child: a client that hangs up must not cancel the settlement that others wait for, which
        // would let it keep the processes from knowing of each other.
        Task { await send(reports) }
    }

    /// Carries out one settlement.
    private func send(_ reports: [RateLimitTable.Report]) async {
        guard let settle else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                self.ended(reports, with: await settle(reports.map { ($0.key.name, $0.use) }))
            }
            group.addTask { [patience] in
                guard (try? await Task.sleep(for: patience)) != nil else { return }
                for waiter in self.state.withLock({ $0.queue.becameOverdue() }) { waiter.resume() }
            }
            await group.next()
            // What the store has not begun by now is given up; what it has begun is waited for.
            group.cancelAll()
        }
    }

    private func ended(_ reports: [RateLimitTable.Report], with buckets: [TokenBucket]?) {
        let now = now()
        let (sequel, plansReport) = state.withLock { state in
            let sequel = state.queue.ended(reports, with: buckets, at: now)
            return (sequel, state.planReport())
        }
        for waiter in sequel.woken { waiter.resume() }
        if !sequel.reports.isEmpty { sendDetached(sequel.reports) }
        if plansReport { reportLater() }
    }
}
