// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

/// `authd audit`: whether the audit log is what was recorded, and erasing what it knows of a person.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Verifies the audit log and erases personal data from it.",
        subcommands: [VerifyCommand.self, EraseCommand.self])

    struct VerifyCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Verifies the audit log and names the first event that was tampered with.",
            discussion: """
                Verifies the hash chain and compares it with the signed checkpoints in the database. Give it also a \
                checkpoint from a log that is kept elsewhere: without it, truncation of the audit log together with its \
                checkpoints goes undetected.
                """)

        @Option(help: "The number of the first event to verify; earlier events are not verified.")
        var from: Int64 = 1
        @Option(help: "A line with an audit checkpoint, copied from the daemon's log.")
        var checkpoint: String?

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            guard from > 0 else { throw CommandFailure(.usage, "--from is at least 1.") }
            var known: AuditCheckpoint?
            if let checkpoint {
                known = CheckpointLine.checkpoint(in: checkpoint)
                guard known != nil else {
                    throw CommandFailure(.usage, "--checkpoint has no sequence, digest and signature.")
                }
            }
            let against = known
            var found: AuditReport?
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                found = try await service.audit.verify(from: from, against: against)
            }
            guard let report = found else { return }
            if let fault = report.fault { throw CommandFailure(.failed, Self.sentence(fault)) }
            StandardStream.output.line(
                "\(report.count) events are as recorded (payload erased from \(report.erasedCount)), "
                    + "\(report.unsealedCount) not sealed yet")
            if let checkpoint = report.checkpoint {
                StandardStream.output.line(
                    "last checkpoint: sequence=\(checkpoint.link.sequence) at=\(checkpoint.at.rfc3339)")
            }
        }

        private static func sentence(_ fault: AuditFault) -> String {
            let place = "The audit log was tampered with: event \(fault.sequence) (\(fault.reason.rawValue)) "
            switch fault.reason {
            case .missing: return place + "is missing."
            case .altered: return place + "was altered, or replaced by another event."
            case .outOfOrder: return place + "is out of order."
            case .payloadAltered: return place + "has a different IP address, user agent or request."
            case .checkpointMismatch: return place + "does not match a signed checkpoint: the chain was recomputed."
            case .checkpointForged: return place + "has a checkpoint that none of the root keys signed."
            case .truncated: return place + "and what followed it were cut off."
            @unknown default: return place + "is wrong."
            }
        }
    }

    struct EraseCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "erase",
            abstract: "Erases IP addresses, user agents and request ids from a user's events.",
            discussion: """
                Erases them from the events that the user caused, and from events about the user whose actor is unknown. This \
                cannot be undone. The events and their times are kept, and the log still verifies. Name a deleted user by id.
                """)

        @Option(help: "The username, email address or id of the user.")
        var user: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let reference = try UserReference(user)
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                let id: UserID
                switch reference {
                case .id(let given): id = given
                case .identifier: id = try await reference.user(in: service).id
                }
                let count = try await service.audit.erasePayload(of: id, by: .commandLine, from: ClientContext())
                StandardStream.output.line("erased from \(count) events")
            }
        }
    }
}
