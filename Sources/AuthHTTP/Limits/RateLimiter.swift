// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService
internal import Synchronization

/// Counts limited requests per class, and per source or per session or known device, in memory of bounded size.
///
/// Where several processes count the same sources, each has a lease of every bucket: below it a request is decided at
/// once, and only a request that would exceed it waits until the process has settled with the store.
final class RateLimiter: Sendable {
    // A class because the table must have one place in memory.

    /// Reports the tokens taken and reads the buckets from the store; `nil` if that failed.
    typealias Settle = @Sendable ([(name: String, use: BucketUse)]) async -> [TokenBucket]?

    private struct State {
        var queue: SettlementQueue<CheckedContinuation<Void, Never>>
        var isReportPlanned = false

        /// Whether a later report has to be planned, and marks it as planned.
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

    /// Sets up a limiter that has counted nothing.
    ///
    /// A request waits for the store for at most `patience`. `settle` is `nil` where no other process counts.
    init(
        limits: RateLimits, patience: Duration = .seconds(1), now: @escaping @Sendable () -> Timestamp,
        settle: Settle? = nil
    ) {
        self.limits = limits
        self.settle = settle
        self.patience = patience
        self.now = now
        state = Mutex(State(queue: SettlementQueue(table: RateLimitTable(limits))))
    }

    /// The decision about a request, and what its client learns of it.
    struct Verdict: Equatable {
        let outcome: TokenBucket.Outcome
        let rule: TokenBucket.Rule

        /// The rest of a shared bucket beyond one source's limit is not shown to clients.
        init(_ outcome: TokenBucket.Outcome, of claim: Claim) {
            rule = claim.rule
            switch outcome {
            case .admitted(let remaining): self.outcome = .admitted(remaining: min(remaining, claim.rule.capacity - 1))
            case .refused: self.outcome = outcome
            }
        }

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

    /// A request that counts against a limit.
    struct Claim: Hashable {
        let limitClass: LimitClass
        let claimant: RateLimitTable.Claimant
        /// The rule of one source, session or device, by which clients are told to pace themselves.
        let rule: TokenBucket.Rule
    }

    /// The decision that can be made at once.
    enum Admission: Equatable {
        case unlimited
        case decided(Verdict)
        /// ``settleAndAdmit(_:at:)`` decides.
        case mustSettle(Claim, RateLimitTable.Key)
    }

    /// The results of settling.
    var counts: SettlementCounts { state.withLock { $0.queue.counts } }

    /// Counts one request against its source, as far as that needs no waiting.
    ///
    /// - Throws: `.forbidden` if the source is unknown and unknown sources are rejected: with one bucket for all of
    ///   them, one client could shut out the others.
    func admit(_ limitClass: LimitClass, from client: ClientAddress) throws(Refusal) -> Admission {
        guard limits.isEnabled, let rule = limits.rules[limitClass] else { return .unlimited }
        guard let source = client.bucket else {
            guard limits.refusesUnknownSources else { return .unlimited }
            throw Refusal(.forbidden)
        }
        let network = LimitNetwork(sourceOf: source)
        return admit(
            Claim(
                limitClass: limitClass, claimant: .source(network),
                rule: rule.multiplied(by: limits.multipliers, for: network)))
    }

    /// Counts one request against a session or a known device, whatever its source.
    func admit(_ limitClass: LimitClass, of holder: LimitHolder) -> Admission {
        guard limits.isEnabled, let rule = limits.rules[limitClass] else { return .unlimited }
        return admit(Claim(limitClass: limitClass, claimant: .holder(holder), rule: rule))
    }

    private func admit(_ claim: Claim) -> Admission {
        guard let taking = take(claim) else { return .unlimited }
        switch taking.answer {
        case .decided(let outcome): return .decided(Verdict(outcome, of: claim))
        case .mustSettle: return .mustSettle(claim, taking.key)
        }
    }

    /// Counts one request whose lease is used up, after settling with the store.
    ///
    /// Waits no longer than the patience for each of several settlements; if the store does not answer, the process
    /// decides by what it knows.
    func settleAndAdmit(_ claim: Claim, at key: RateLimitTable.Key) async -> Verdict {
        var key = key
        // Each round another request of the bucket has a lease's worth admitted, so the rounds end when it is empty.
        for _ in 0..<16 {
            await withCheckedContinuation { wait($0, for: key) }
            guard let taking = take(claim) else { break }
            if case .decided(let outcome) = taking.answer { return Verdict(outcome, of: claim) }
            key = taking.key
        }
        return Verdict(.refused(retryAfter: claim.rule.interval), of: claim)
    }

    /// Reports all unreported tokens to the store, so that the other processes learn of them early.
    ///
    /// It runs by itself in the background, ``RateLimits/reportInterval`` after a request was admitted.
    func report() async {
        // Tokens beyond some batches wait for the next report: the store has other work.
        for _ in 0..<8 {
            let reports = state.withLock { $0.queue.begin() }
            guard !reports.isEmpty, await send(reports) else { return }
        }
    }

    private func take(_ claim: Claim) -> RateLimitTable.Taking? {
        let now = now()
        guard settle != nil else {
            return state.withLock { $0.queue.takeAlone(claim.limitClass, claim.claimant, at: now) }
        }
        let (taking, plansReport) = state.withLock { state in
            let taking = state.queue.take(claim.limitClass, claim.claimant, at: now)
            return (taking, state.planReport())
        }
        if plansReport { reportLater() }
        return taking
    }

    private func reportLater() {
        // A task of its own, so that the request that caused it is answered at once.
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
        // Not the caller's child: a client that disconnects must not cancel the settlement that others wait for, or an
        // attacker could keep the processes from learning of each other.
        Task { await send(reports) }
    }

    /// Carries out one settlement.
    ///
    /// - Returns: Whether the store answered in time.
    @discardableResult
    private func send(_ reports: [RateLimitTable.Report]) async -> Bool {
        guard let settle else { return false }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                let buckets = await settle(reports.map { ($0.key.name, $0.use) })
                self.ended(reports, with: buckets)
                return buckets != nil
            }
            group.addTask { [patience] in
                guard (try? await Task.sleep(for: patience)) != nil else { return false }
                for waiter in self.state.withLock({ $0.queue.becameOverdue() }) { waiter.resume() }
                return false
            }
            let isAnswered = await group.next() ?? false
            // Statements that the store has not begun are cancelled; for one that has begun this waits.
            group.cancelAll()
            return isAnswered
        }
    }

    private func ended(_ reports: [RateLimitTable.Report], with buckets: [TokenBucket]?) {
        let now = now()
        let (followUp, plansReport) = state.withLock { state in
            let followUp = state.queue.ended(reports, with: buckets, at: now)
            return (followUp, state.planReport())
        }
        for waiter in followUp.woken { waiter.resume() }
        if !followUp.reports.isEmpty { sendDetached(followUp.reports) }
        if plansReport { reportLater() }
    }
}

extension TokenBucket.Rule {
    /// The rule of a source in a network that may send a multiple.
    fileprivate func multiplied(by multipliers: RateMultipliers, for network: LimitNetwork) -> TokenBucket.Rule {
        let factor = multipliers.factor(for: network)
        return factor == 1 ? self : multiplied(by: factor)
    }
}
