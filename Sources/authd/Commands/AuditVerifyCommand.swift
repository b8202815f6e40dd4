// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

/// `authd audit verify`: whether the audit log is what was recorded.
struct AuditVerifyCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verifies the audit log and names the first event that was tampered with.",
        discussion: """
            Verifies the chain of the events and compares it with the last signed head in AUDIT_HEAD_FILE. Give it also a \
            checkpoint from the log of a daemon on another host: one that is later than the file shows what neither the \
            database nor the file can.
            """)

    @OptionGroup var settings: SettingOptions
    @Option(help: "The number of the first event to verify; earlier events are not verified.")
    var from: Int64 = 1
    @Option(help: "A line with an audit checkpoint, copied from the daemon's log.")
    var checkpoint: String?

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        guard from > 0 else { throw CommandFailure(.usage, "--from is at least 1.") }
        let against = try AuditCommand.checkpoint(checkpoint)
        try await CommandService.with(invocation) { (service) throws(CommandFailure) in
            try await AuditCommand.requireReadableHead(service)
            let report = try await CommandFailure.wording { () throws(AuthError) in
                try await service.audit.verify(from: from, against: against)
            }
            for line in Self.remarks(report) { StandardStream.output.line(line) }
            if let fault = report.fault { throw CommandFailure(.failed, Self.sentence(fault)) }
            StandardStream.output.line(
                "\(report.count) events are as recorded (payload erased from \(report.erasedCount)), "
                    + "\(report.unsealedCount) not sealed yet")
            if let kept = report.kept {
                StandardStream.output.line(
                    "last checkpoint: sequence=\(kept.head.link.sequence) segment=\(kept.head.segment)")
            }
        }
    }

    /// What is missing from the log for a reason that is recorded, a line for each.
    static func remarks(_ report: AuditReport) -> [String] {
        var lines: [String] = []
        if let cut = report.cut {
            lines.append(
                "removed: events up to \(cut.through.link.sequence), on \(cut.at.rfc3339) by \(cut.author), "
                    + "all of them from before \(cut.cutoff.rfc3339)")
        }
        for segment in report.restores {
            let found = segment.found.link.sequence
            var line = "restore accepted: on \(segment.openedAt.rfc3339) by \(segment.author), after event \(found)"
            if let expected = segment.expected {
                let last = expected.link.sequence
                if last > found {
                    line += "; events \(found + 1) to \(last) were lost"
                } else if expected.link == segment.found.link {
                    line += "; no event was lost"
                } else {
                    line += "; event \(last), and perhaps others before it, were replaced"
                }
            }
            lines.append(line)
        }
        for head in report.lost {
            lines.append("lost by a restore that was accepted: the checkpoint of event \(head.link.sequence)")
        }
        return lines
    }

    /// What is wrong, with the event.
    static func sentence(_ fault: AuditFault) -> String {
        let place = "event \(fault.sequence) (\(fault.reason.rawValue)) "
        return switch fault.reason {
        case .missing: "The audit log was tampered with: \(place)is missing."
        case .altered: "The audit log was tampered with: \(place)was altered, or replaced by another event."
        case .outOfOrder: "The audit log was tampered with: \(place)is out of order."
        case .payloadAltered:
            "The audit log was tampered with: \(place)has a different IP address, user agent or request."
        case .checkpointMismatch:
            "The audit log is another one: \(place)does not match a signed checkpoint."
        case .checkpointForged: "The checkpoint of \(place)was not signed by authd."
        case .truncated: "The audit log was truncated: \(place)and what followed it were cut off."
        case .frontTruncated:
            "The audit log was truncated: \(place)and perhaps others at its beginning are gone, and no signed record says "
                + "that they were removed."
        case .cutForged: "The record that events up to \(place)were removed was not signed by authd."
        case .segmentForged:
            "The audit log was tampered with: the key or the record of the segment that begins with \(place)was not made "
                + "by authd, or under a root key that is not given."
        case .segmentMissing: "The audit log was tampered with: the segment of \(place)is missing."
        case .headAltered: "The audit log was tampered with: its head is not the event before \(place)."
        case .headBehind:
            "The audit log ends before \(place)although that was sealed: the database was restored to an earlier state, or "
                + "its end was removed. If you restored it, run `authd audit accept-restore`."
        @unknown default: "The audit log was tampered with: \(place)is wrong."
        }
    }
}
