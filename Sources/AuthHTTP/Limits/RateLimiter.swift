// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import Synchronization

/// Counts limited requests per source and class, in memory of bounded size.
final class RateLimiter: Sendable {
    // A class because the table must have one place in memory.
    private let limits: RateLimits
    private let table: Mutex<RateLimitTable>

    init(limits: RateLimits) {
        self.limits = limits
        self.table = Mutex(RateLimitTable())
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

    /// Counts one request; `nil` if its class is not limited.
    ///
    /// - Throws: `.forbidden` if the source is unknown and unknown sources are refused: a bucket for all of them together
    ///   would let one shut out the others.
    func admit(_ limitClass: LimitClass, from client: ClientAddress, at now: Timestamp) throws(Refusal) -> Verdict? {
        guard limits.isEnabled, let rule = limits.rules[limitClass] else { return nil }
        guard let source = client.bucket else {
            guard limits.refusesUnknownSources else { return nil }
            throw Refusal(.forbidden)
        }
        let key = RateLimitTable.Key(limitClass: limitClass, source: source)
        return Verdict(outcome: table.withLock { $0.take(key, at: now, under: rule) }, rule: rule)
    }
}
