// SPDX-License-Identifier: Apache-2.0

/// When a delivery that failed is tried again, and when it is given up.
public enum OutboxSchedule {
    /// For how long a delivery is tried, from its cause on.
    public static let longestDelivery = Duration.seconds(86_400)
    /// How long a row that was given up is kept, counted from the end of the time in which it could be tried.
    public static let deadRetention = Duration.seconds(30 * 86_400)
    /// No row waits longer for its next delivery, and none is leased for longer: a row that does was written by a clock that
    /// was ahead.
    public static let farthestAhead = Duration.seconds(7_200)

    private static let delays: [Duration] = [
        .seconds(2), .seconds(8), .seconds(32), .seconds(120), .seconds(600), .seconds(1_800), .seconds(3_600),
    ]

    /// What becomes of a row whose delivery failed.
    public enum Decision: Hashable, Sendable {
        /// It is tried again at this instant.
        case again(at: Timestamp)
        /// It is given up.
        case dead
    }

    /// Decides after the delivery number `attempts`, counted from 1.
    ///
    /// The delays are 2 s, 8 s, 32 s, 2 min, 10 min, 30 min, and then an hour each, until `expiresAt`. A row whose delivery cannot
    /// succeed is given up at once. One that failed because nothing can be delivered for now is due again at once, behind those
    /// that are due already; the process that delivers makes a pause.
    public static func decide(
        after failure: OutboxFailure, attempts: Int64, expiresAt: Timestamp, at now: Timestamp
    ) -> Decision {
        let next: Timestamp
        switch failure.extent {
        case .row: return .dead
        case .delivery: next = now + delay(after: attempts)
        case .nextHop: next = now
        }
        return next < expiresAt ? .again(at: next) : .dead
    }

    private static func delay(after attempts: Int64) -> Duration {
        let index = Int(clamping: max(1, attempts)) - 1
        return index < delays.count ? delays[index] : .seconds(3_600)
    }
}
