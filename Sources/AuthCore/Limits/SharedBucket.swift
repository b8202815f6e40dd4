// SPDX-License-Identifier: Apache-2.0

/// One process's view of a bucket that several processes take from: the bucket as last read from the store, and what
/// this process has taken since.
///
/// A process may take a lease's worth without telling the store; then it must settle before it takes more. The process
/// that settled last knows all that was reported, and each of the others has at most a lease unreported. So `n`
/// processes together admit at most `(n - 1) * lease` more than one bucket would, in any stretch of time: tokens taken
/// beyond the last one are owed, and regained before another request is admitted. One process alone is held to exactly
/// what a ``TokenBucket`` would give.
///
/// The clocks of the processes are assumed to agree.
public struct SharedBucket: Hashable, Sendable {
    /// Which processes take from the bucket.
    public enum Sharing: Hashable, Sendable {
        /// This process alone.
        case alone
        /// Several, and the store can be asked.
        case leased
        /// Several, but the store does not answer: this process decides by what it knows.
        case unsettled
    }

    /// The outcome for one request.
    public enum Answer: Hashable, Sendable {
        /// It is admitted or rejected.
        case decided(TokenBucket.Outcome)
        /// The lease is used up; nothing was taken.
        case mustSettle
    }

    private var view = TokenBucket()
    /// The tokens that were taken and are in no report, and from when on the first of them counts.
    private var unreported: Int32 = 0
    private var unreportedSince = Timestamp(microseconds: 0)
    /// The same of the report that is in flight.
    private var underWay: Int32 = 0
    private var underWaySince = Timestamp(microseconds: 0)

    /// A bucket about which the store was never asked: full, as far as this process knows.
    public init() {}

    /// Whether tokens were taken that no report has.
    public var isUnreported: Bool { unreported > 0 }

    /// Whether a report is in flight.
    public var isBeingSettled: Bool { underWay > 0 }

    /// Whether forgetting the bucket changes nothing.
    public func isForgettable(at now: Timestamp) -> Bool {
        unreported == 0 && underWay == 0 && view.isFull(at: now)
    }

    /// Takes a token if the view has one and the lease allows it.
    ///
    /// An empty view rejects without asking the store: others can only have taken more.
    public mutating func take(
        at now: Timestamp, under rule: TokenBucket.Rule, sharing: Sharing
    ) -> Answer {
        var next = view
        let outcome = next.take(at: now, under: rule, debt: sharing == .alone ? .zero : rule.deepestDebt)
        guard case .admitted = outcome else {
            view = next
            return .decided(outcome)
        }
        switch sharing {
        case .alone: break
        case .leased where Int(unreported) + Int(underWay) >= rule.lease: return .mustSettle
        case .leased, .unsettled:
            if unreported == 0 { unreportedSince = next.fullAt - rule.interval }
            unreported = Self.sum(unreported, 1)
        }
        view = next
        return .decided(outcome)
    }

    /// The next report, if there are unreported tokens and no report is in flight; from then on it counts as in flight.
    ///
    /// Until it is ``settled(_:)`` it counts against the lease, as no other process may know of it.
    public mutating func beginReport(under rule: TokenBucket.Rule) -> BucketUse? {
        guard unreported > 0, underWay == 0 else { return nil }
        (underWay, underWaySince) = (unreported, unreportedSince)
        unreported = 0
        return BucketUse(rule: rule, count: Int(underWay), from: underWaySince, until: view.fullAt)
    }

    /// Takes over the bucket as the store has it after the report that was in flight.
    public mutating func settled(_ stored: TokenBucket) {
        underWay = 0
        guard unreported > 0 else {
            view = stored
            return
        }
        // Tokens taken meanwhile come on top.
        let taken = max(view.fullAt - unreportedSince, .zero)
        unreportedSince = max(unreportedSince, stored.fullAt)
        view = TokenBucket(fullAt: unreportedSince + taken)
    }

    /// Takes back a report that may not have arrived.
    ///
    /// If it had arrived after all, it counts twice: stricter for once, and never more lenient.
    public mutating func reportFailed() {
        guard underWay > 0 else { return }
        unreportedSince = underWaySince
        unreported = Self.sum(unreported, underWay)
        underWay = 0
    }

    private static func sum(_ left: Int32, _ right: Int32) -> Int32 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}

extension TokenBucket.Rule {
    /// How many requests one process may admit before it tells the others: a quarter of the capacity, and at least one.
    public var lease: Int { max(1, capacity / 4) }

    /// How far beyond its last token a shared bucket can be: as many leases as 33 processes can owe.
    ///
    /// More processes than that are forgiven what they owe beyond it.
    var deepestDebt: Duration { interval * lease * 32 }
}
