// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthService

/// The buckets of sessions or known devices in one class of requests.
///
/// Their number is bounded by evicting one that is not full when all places are taken. For sources an attacker could
/// exploit that; a holder has a token with authd's MAC, and an attacker who wants one bucket evicted needs as many
/// other holders as there are places, each of which takes a sign-in. So no request is rejected because of other
/// holders.
struct HolderBuckets {
    private var holders: BucketPlaces<LimitHolder.ID>
    /// The use of all sessions, or all devices, of one user together, in this process alone.
    private var users: BucketPlaces<LimitHolder.ID>

    init(capacity: Int) {
        holders = BucketPlaces(capacity: capacity)
        users = BucketPlaces(capacity: capacity)
    }

    /// The number of holders that have a bucket.
    var count: Int { holders.count }

    /// The outcome of counting a request.
    struct Taking {
        let answer: SharedBucket.Answer
        /// Whether the bucket has unreported tokens, and had none before.
        let becameDue: Bool
        /// The holder whose bucket was evicted.
        let evicted: LimitHolder.ID?
    }

    /// Counts a request of a holder at its own bucket and, where that admits it, at its user's.
    ///
    /// A session with too many requests is rejected by its own bucket, and so uses up nothing of its user's.
    mutating func take(
        _ holder: LimitHolder, at now: Timestamp, sharing: SharedBucket.Sharing, under rule: TokenBucket.Rule
    ) -> Taking {
        let (position, evicted) = Self.place(holder.id, in: &holders, at: now)
        guard let position else {
            // A table holds at least one.
            return Taking(
                answer: .decided(.refused(retryAfter: rule.interval)), becameDue: false, evicted: evicted)
        }
        let wasDue = holders[position].isUnreported
        var answer = holders[position].take(at: now, under: rule, sharing: sharing)
        let becameDue = !wasDue && holders[position].isUnreported
        if case .decided(.admitted(let remaining)) = answer {
            answer = .decided(takeOfUser(holder.user, at: now, under: rule, atMost: remaining))
        }
        return Taking(answer: answer, becameDue: becameDue, evicted: evicted)
    }

    /// The bucket of a holder, where it has one.
    func bucket(of holder: LimitHolder.ID) -> SharedBucket? {
        holders.position(of: holder).map { holders[$0] }
    }

    /// Changes a bucket, where the holder has one.
    mutating func withBucket<Result>(
        of holder: LimitHolder.ID, _ change: (inout SharedBucket) -> Result?
    ) -> Result? {
        holders.position(of: holder).flatMap { change(&holders[$0]) }
    }

    private mutating func takeOfUser(
        _ user: LimitHolder.ID, at now: Timestamp, under rule: TokenBucket.Rule, atMost remaining: Int
    ) -> TokenBucket.Outcome {
        guard let position = Self.place(user, in: &users, at: now).position else {
            return .admitted(remaining: remaining)
        }
        let rule = rule.multiplied(by: RateLimits.userFactor)
        switch users[position].take(at: now, under: rule, sharing: .alone) {
        case .decided(.admitted(let left)): return .admitted(remaining: min(remaining, left))
        case .decided(.refused(let delay)): return .refused(retryAfter: delay)
        case .mustSettle: return .admitted(remaining: remaining)
        }
    }

    private static func place(
        _ id: LimitHolder.ID, in places: inout BucketPlaces<LimitHolder.ID>, at now: Timestamp
    ) -> (position: Int?, evicted: LimitHolder.ID?) {
        if let position = places.position(of: id) { return (position, nil) }
        for _ in 0..<BucketPlaces<LimitHolder.ID>.steps { _ = places.step(at: now) }
        let evicted = places.isFull ? places.evict() : nil
        return (places.add(id), evicted)
    }

    /// The memory of tables that are full, in bytes.
    static func byteBound(capacity: Int) -> Int {
        2 * BucketPlaces<LimitHolder.ID>.byteBound(capacity: capacity)
    }
}
