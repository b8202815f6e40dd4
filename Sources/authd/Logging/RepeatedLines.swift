// SPDX-License-Identifier: Apache-2.0

/// Keeps a fault that lasts from filling the log: of lines about the same fault one a minute is written, with how many were
/// left out since.
struct RepeatedLines {
    /// How long a line speaks for those that follow.
    static let interval = Duration.seconds(60)
    /// How many faults are told apart; those beyond share one line.
    static let limit = 64

    private struct Fault {
        var wroteAt: ContinuousClock.Instant
        var omitted = 0
    }

    private var faults: [String: Fault] = [:]

    /// Says whether a line is written now, and how many about the same fault were not since the last one; `nil` where it
    /// is not.
    mutating func omitted(before fault: String, at now: ContinuousClock.Instant) -> Int? {
        var fault = fault
        if faults[fault] == nil, faults.count >= Self.limit {
            faults = faults.filter { now - $0.value.wroteAt < Self.interval }
            if faults.count >= Self.limit { fault = "others" }
        }
        guard let known = faults[fault], now - known.wroteAt < Self.interval else {
            let omitted = faults[fault]?.omitted ?? 0
            faults[fault] = Fault(wroteAt: now)
            return omitted
        }
        faults[fault]?.omitted += 1
        return nil
    }
}
