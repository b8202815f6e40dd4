// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Whether the clock of this host can be right: it is compared with the database's, or else with the newest event there.
enum ClockExamination {
    /// What hosts may differ by.
    private static let tolerance = Duration.seconds(5)
    private static let remedy = "let NTP keep the clocks of all hosts (`timedatectl`)."

    /// What the database's clock means that was read between two instants of this host's.
    static func finding(store: Timestamp, between before: Timestamp, and after: Timestamp) -> DoctorFinding {
        let gap = store < before ? before - store : store > after ? store - after : .zero
        guard gap > tolerance else { return DoctorFinding(.ok, "clock", "It agrees with the database's.") }
        let direction = store < before ? "ahead of" : "behind"
        return DoctorFinding(
            .fault, "clock", "It is \(gap.components.seconds) seconds \(direction) the database's: \(remedy)")
    }

    /// What the newest event means where the database has no clock of its own.
    static func finding(newestEvent: Timestamp?, now: Timestamp) -> DoctorFinding {
        guard let newestEvent, newestEvent > now + tolerance else {
            return DoctorFinding(.ok, "clock", "No event in the database is from the future.")
        }
        return DoctorFinding(
            .fault, "clock",
            "The newest event in the database is from \(newestEvent.rfc3339), which has not come here: \(remedy)")
    }
}
