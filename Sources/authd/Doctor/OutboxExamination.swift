// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Whether mails and events are delivered.
enum OutboxExamination {
    /// How long a row may wait before it is worth a look: longer than three failed deliveries take.
    static let patience = Duration.seconds(600)

    /// What the depths of the outbox say; `canSend` is whether these settings name a mail server.
    static func finding(_ depths: [OutboxDepth], canSend: Bool, now: Timestamp) -> DoctorFinding {
        let due = depths.filter { $0.state == .due }
        let dead = depths.filter { $0.state == .dead }.reduce(0) { $0 + $1.count }
        let mails = due.filter { $0.lane != .event }.reduce(0) { $0 + $1.count }
        if !canSend, mails > 0 {
            return DoctorFinding(
                .warning, "outbox",
                "\(Counted.things(mails, "mail waits", "mails wait")), and SMTP_HOST is not set: set it, or drop them with "
                    + "`authd outbox drop --all`.")
        }
        if let oldest = due.map(\.oldest).min(), now - oldest > patience {
            let count = due.reduce(0) { $0 + $1.count }
            return DoctorFinding(
                .warning, "outbox",
                "\(Counted.things(count, "row waits", "rows wait")), the oldest since \(oldest.rfc3339): `authd outbox list` "
                    + "says why.")
        }
        if dead > 0 {
            return DoctorFinding(
                .warning, "outbox",
                "\(Counted.things(dead, "row was", "rows were")) given up: `authd outbox list --state dead` says why, and "
                    + "`authd outbox retry` has one tried again.")
        }
        return DoctorFinding(.ok, "outbox", "Nothing waits longer than it should, and nothing was given up.")
    }
}
