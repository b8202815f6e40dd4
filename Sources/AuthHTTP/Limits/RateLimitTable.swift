// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthService

/// All buckets of a process in bounded memory: for each class those of sources and networks, and those of sessions or
/// known devices.
///
/// A bucket of a source leaves the table only when it is full and the store knows of all tokens taken from it, because
/// then no count is lost. If the oldest were evicted instead, an attacker with many addresses could evict, and so
/// refill, the bucket of the one that matters. Classes are separate: a flood of one class leaves the places of the
/// others as they are.
struct RateLimitTable {
    /// The source, session or device that a request is counted against.
    enum Claimant: Hashable {
        case source(LimitNetwork)
        case holder(LimitHolder)
    }

    /// One bucket.
    struct Key: Hashable {
        /// The owner of a bucket.
        enum Owner: Hashable {
            case network(LimitNetwork)
            case holder(LimitHolder.ID)
        }

        let limitClass: LimitClass
        let owner: Owner

        /// The same in every process.
        var name: String {
            switch owner {
            case .network(let network): "\(limitClass.rawValue) \(network)"
            case .holder(let id): "\(limitClass.rawValue) holder \(UUIDv7(high: id.high, low: id.low))"
            }
        }
    }

    /// The report to the store about one bucket.
    struct Report {
        let key: Key
        let use: BucketUse
    }

    /// The outcome of counting a request.
    struct Taking: Equatable {
        /// The bucket that counted it.
        let key: Key
        let answer: SharedBucket.Answer
    }

    /// How many buckets each class may have.
    struct Sizes {
        var networks = NetworkBuckets.Sizes()
        var holders = 16_384

        /// The memory of a table whose every place is taken, in bytes, without unreported tokens.
        var byteBound: Int {
            let classes = LimitClass.allCases.filter { $0 != .none }
            return classes.count * NetworkBuckets.byteBound(networks)
                + classes.count { $0.hasHolders } * HolderBuckets.byteBound(capacity: holders)
        }
    }

    private struct Buckets {
        var networks: NetworkBuckets
        var holders: HolderBuckets
    }

    private let limits: RateLimits
    /// By ``LimitClass/ordinal``.
    private var classes: [Buckets]
    private let rules: [TokenBucket.Rule?]
    /// The buckets with tokens that are in no report.
    private var due: Set<Key> = []

    init(_ limits: RateLimits, sizes: Sizes = Sizes()) {
        self.limits = limits
        classes = LimitClass.allCases.map { _ in
            Buckets(networks: NetworkBuckets(sizes.networks), holders: HolderBuckets(capacity: sizes.holders))
        }
        rules = LimitClass.allCases.map { limits.rules[$0] }
    }

    /// The number of sources that have a bucket of their own in a class.
    func sourceCount(_ limitClass: LimitClass) -> Int { classes[limitClass.ordinal].networks.sourceCount }

    /// The number of sessions or devices that have a bucket in a class.
    func holderCount(_ limitClass: LimitClass) -> Int { classes[limitClass.ordinal].holders.count }

    /// Whether there are tokens to report.
    var isReportDue: Bool { !due.isEmpty }

    /// The rule of a bucket; `nil` where the class is not limited.
    func rule(of key: Key) -> TokenBucket.Rule? {
        guard let rule = rules[key.limitClass.ordinal] else { return nil }
        switch key.owner {
        case .network(let network): return Self.rule(rule, of: network, limits.multipliers)
        case .holder: return rule
        }
    }

    /// Counts a request; `nil` where its class is not limited.
    mutating func take(
        _ limitClass: LimitClass, _ claimant: Claimant, at now: Timestamp, sharing: SharedBucket.Sharing
    ) -> Taking? {
        guard let rule = rules[limitClass.ordinal] else { return nil }
        switch claimant {
        case .source(let source):
            let multipliers = limits.multipliers
            let taking = classes[limitClass.ordinal].networks.take(source, at: now, sharing: sharing) {
                Self.rule(rule, of: $0, multipliers)
            }
            let key = Key(limitClass: limitClass, owner: .network(taking.network))
            if let evicted = taking.evicted { forget(Key(limitClass: limitClass, owner: .network(evicted))) }
            if taking.becameDue { due.insert(key) }
            return Taking(key: key, answer: taking.answer)
        case .holder(let holder):
            let taking = classes[limitClass.ordinal].holders.take(holder, at: now, sharing: sharing, under: rule)
            let key = Key(limitClass: limitClass, owner: .holder(holder.id))
            if let evicted = taking.evicted { forget(Key(limitClass: limitClass, owner: .holder(evicted))) }
            if taking.becameDue { due.insert(key) }
            return Taking(key: key, answer: taking.answer)
        }
    }

    /// Whether a report about the bucket is in flight.
    func isBeingSettled(_ key: Key) -> Bool { bucket(of: key)?.isBeingSettled ?? false }

    /// Whether the bucket has tokens that no report has.
    func isUnreported(_ key: Key) -> Bool { bucket(of: key)?.isUnreported ?? false }

    /// Begins reports about some buckets and, as far as there is room, about any others that are due.
    mutating func beginReports(urgent: [Key], limit: Int) -> [Report] {
        var reports: [Report] = []
        // The ones that are due are copied out first, as they leave the set on the way.
        for key in urgent + Array(due.prefix(limit)) {
            guard reports.count < limit else { break }
            guard let rule = rule(of: key), let use = withBucket(key, { $0.beginReport(under: rule) }) else { continue }
            due.remove(key)
            reports.append(Report(key: key, use: use))
        }
        return reports
    }

    /// Takes over the store's bucket, with what was reported.
    mutating func settled(_ report: Report, _ stored: TokenBucket) {
        _ = withBucket(report.key) { bucket -> Void? in bucket.settled(stored) }
    }

    /// Takes back a report that may not have arrived.
    mutating func failed(_ report: Report) {
        let isDue = withBucket(report.key) { bucket -> Bool? in
            bucket.reportFailed()
            return bucket.isUnreported
        }
        if isDue == true { due.insert(report.key) }
    }

    private func bucket(of key: Key) -> SharedBucket? {
        switch key.owner {
        case .network(let network): classes[key.limitClass.ordinal].networks.bucket(of: network)
        case .holder(let id): classes[key.limitClass.ordinal].holders.bucket(of: id)
        }
    }

    private mutating func withBucket<Result>(_ key: Key, _ change: (inout SharedBucket) -> Result?) -> Result? {
        switch key.owner {
        case .network(let network): classes[key.limitClass.ordinal].networks.withBucket(of: network, change)
        case .holder(let id): classes[key.limitClass.ordinal].holders.withBucket(of: id, change)
        }
    }

    /// Unreported tokens of the bucket are dropped with it.
    private mutating func forget(_ key: Key) {
        due.remove(key)
    }

    private static func rule(
        _ rule: TokenBucket.Rule, of network: LimitNetwork, _ multipliers: RateMultipliers
    ) -> TokenBucket.Rule {
        let factor = network.reach.factor * multipliers.factor(for: network)
        return factor == 1 ? rule : rule.multiplied(by: factor)
    }
}

extension LimitClass {
    /// Its place among all classes.
    var ordinal: Int {
        switch self {
        case .none: 0
        case .signIn: 1
        case .register: 2
        case .refresh: 3
        case .mail: 4
        case .redeem: 5
        case .page: 6
        case .write: 7
        case .read: 8
        }
    }

    /// Whether some of its requests are counted by session or device.
    var hasHolders: Bool { self == .signIn || self == .refresh }
}
