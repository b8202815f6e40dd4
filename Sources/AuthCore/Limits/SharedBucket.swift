// SPDX-License-Identifier: Apache-2.0

/// One process's view of a bucket that several processes take from: the bucket as the store last told, and what this
/// process has taken since.
///
/// A process may take a lease's worth without telling anybody; then it must settle with the store before it takes more.
/// Whoever settled last knows all that was reported, and each of the others has at most a lease unreported. So `n`
/// processes together admit at most `(n - 1) * lease` more than one bucket would, in any stretch of time: what was
/// taken beyond the last token is owed, and regained before anything else is admitted. One process alone is held to
/// exactly what a ``TokenBucket`` would give.
///
/// The clocks of the processes are taken to agree.
public struct SharedBucket: Hashable, Sendable {
    /// Who else takes from the bucket.
    public enum Sharing: Hashable, Sendable {
        /// Nobody.
        case alone
        /// Others, and the store can be asked.
        case leased
        /// Others, but the store does not answer: what this process knows decides.
        case unsettled
    }

    /// What becomes of an act.
    public enum Answer: Hashable, Sendable {
        /// It is admitted or refused.
        case decided(TokenBucket.Outcome)
        /// The lease is used up; nothing was taken.
        case mustSettle
    }

    private var view = TokenBucket()
    /// What was taken and stands in no report, and from when on the first of it counts.
    private var unreported: Int32 = 0
    private var unreportedSince = Timestamp(microseconds: 0)
    /// The same of the report that is under way.
    private var underWay: Int32 = 0
    private var underWaySince = Timestamp(microseconds: 0)

    /// A bucket about which the store was never asked: full, as far as this process knows.
    public init() {}

    /// Whether something was taken that no report has.
    public var isUnreported: Bool { unreported > 0 }

    /// Whether a report is under way.
    public var isBeingSettled: Bool { underWay > 0 }

    /// Whether forgetting the bucket changes nothing.
    public func isForgettable(at now: Timestamp) -> Bool {
        unreported == 0 && underWay == 0 && view.isFull(at: now)
    }

    /// Takes a token if the view has one and the lease allows it.
    ///
    /// An empty view refuses without asking the store: others can only have taken more.
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

    /// What is to be reported, if anything is and no report is under way; from then on it counts as under way.
    ///
    /// Until it is ``settled(_:)`` it is held against the lease, as nobody else may know of it.
    public mutating func beginReport(under rule: TokenBucket.Rule) -> BucketUse? {
        guard unreported > 0, underWay == 0 else { return nil }
        (underWay, underWaySince) = (unreported, unreportedSince)
        unreported = 0
        return BucketUse(rule: rule, count: Int(underWay), from: underWaySince, until: view.fullAt)
    }

    /// Takes over the bucket as the store has it with the report that was under way.
    public mutating func settled(_ stored: TokenBucket) {
        underWay = 0
        guard unreported > 0 else {
            view = stored
            return
        }
        // What was taken meanwhile comes on top.
        let taken = max(view.fullAt - unreportedSince, .zero)
        unreportedSince = max(unreportedSince, stored.fullAt)
        view = TokenBucket(fullAt: unreportedSince + taken)
    }

    /// Takes a report back that may not have arrived.
    ///
    /// Where it had arrived after all, it counts twice: stricter for once, and never more lenient.
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
    /// How many acts one process may admit before it tells the others: a quarter of the capacity, and at least one.
    public var lease: Int { max(1, capacity / 4) }

    /// How far beyond its last token a shared bucket can be: as many leases as 33 processes can owe.
    ///
    /// More processes than that are forgiven what they owe beyond it.
    var deepestDebt: Duration { interval * lease * 32 }
}
