// SPDX-License-Identifier: Apache-2.0

/// Brute-force protection without account lockout: delays that rise and end by themselves, and never a lock.
///
/// An attempt from a device that the user has signed in from before counts against that device's budget alone; every
/// other attempt counts against that of its source and that of all such sources together. Attempts that are rejected
/// here use nothing up, so an attacker cannot keep a user out by repeating them.
public enum SignInThrottle {
    /// The decision about an attempt.
    public enum Decision: Hashable, Sendable {
        /// Its password decides.
        case admit
        /// It is rejected whatever its password, and so are later ones until this instant.
        case refuse(until: Timestamp)
    }

    /// Failures of one source at one user that cost no delay.
    public static let freeFailuresOfSource: Int64 = 4
    /// Failures of one known device that cost no delay.
    public static let freeFailuresOfDevice: Int64 = 10
    /// The longest delay; the first is a second, and each doubles the one before.
    public static let longestDelay = Duration.seconds(900)
    /// After this time without a failure those of a source or device are forgotten.
    public static let memory = Duration.seconds(3_600)
    /// Failures at one user from all unknown devices in any hour, at most.
    public static let failuresOfUserPerHour = 100

    /// Half of ``failuresOfUserPerHour`` may come at once and half is regained within an hour, so that no hour sees more,
    /// wherever it begins.
    private static let userCapacity = failuresOfUserPerHour / 2
    private static let userInterval = memory / userCapacity

    /// Decides on the budgets that an attempt counts against.
    public static func decide(
        _ budgets: [SignInBudget.Kind: SignInBudget], at now: Timestamp
    ) -> Decision {
        let blocks = budgets.compactMap { kind, budget -> Timestamp? in
            guard budget.blockedUntil > now, budget.blockedUntil <= now + longestBlock(of: kind) else { return nil }
            return budget.blockedUntil
        }
        return blocks.max().map { .refuse(until: $0) } ?? .admit
    }

    /// The budget after one more failure of an attempt that was admitted.
    ///
    /// It counts although the budget is used up by now: concurrent attempts have all been admitted.
    public static func afterFailure(
        _ budget: SignInBudget, of kind: SignInBudget.Kind, at now: Timestamp
    ) -> SignInBudget {
        var next = isWhole(budget, at: now) ? .unused : budget
        next.failures = next.failures == .max ? .max : next.failures + 1
        switch kind {
        case .source:
            next.fullAt = now + memory
            next.blockedUntil = now + delay(after: next.failures, ofWhichFree: freeFailuresOfSource)
        case .device:
            next.fullAt = now + memory
            next.blockedUntil = now + delay(after: next.failures, ofWhichFree: freeFailuresOfDevice)
        case .user:
            next.fullAt = min(max(next.fullAt, now) + userInterval, now + memory + memory)
            next.blockedUntil = next.fullAt + userInterval - memory
        }
        return next
    }

    /// Whether an attempt of a source may go on that was counted before it was made, its budget having been read before
    /// and after that.
    ///
    /// If others were counted in between, an attempt cannot know which of them comes first; it may go on only if all of them
    /// are free.
    public static func admitsCounted(before: SignInBudget, after: SignInBudget, at now: Timestamp) -> Bool {
        let counted = isWhole(before, at: now) ? 0 : before.failures
        return after.failures <= freeFailuresOfSource || after.failures - 1 == counted
    }

    /// The budget after a sign-in with the right password; `nil` where it stays as it is.
    ///
    /// What all sources used up together is not given back: otherwise an attacker who knows one password could reset
    /// the budget for the other sources.
    public static func afterSuccess(
        _ budget: SignInBudget, of kind: SignInBudget.Kind, at now: Timestamp
    ) -> SignInBudget? {
        switch kind {
        case .source, .device: budget.failures == 0 ? nil : .unused
        case .user: nil
        }
    }

    /// Whether a budget is whole again.
    ///
    /// One that will be whole only in a far future was written by a clock that has been set back since, and is ignored.
    static func isWhole(_ budget: SignInBudget, at now: Timestamp) -> Bool {
        budget.fullAt <= now || budget.fullAt > now + memory + memory
    }

    /// A block that lies further ahead was written by a clock that has been set back since.
    private static func longestBlock(of kind: SignInBudget.Kind) -> Duration {
        switch kind {
        case .source, .device: longestDelay
        case .user: memory + userInterval
        }
    }

    private static func delay(after failures: Int64, ofWhichFree free: Int64) -> Duration {
        guard failures > free else { return .zero }
        // Ten doublings are beyond the longest delay.
        return min(.seconds(1 << min(failures - free - 1, 10)), longestDelay)
    }
}
