// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

/// `authd audit cut`: removes old events, with a signed record of it.
struct AuditCutCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "cut", abstract: "Removes old events from the audit log.",
        discussion: """
            Removes the events from before an instant, which cannot be undone, and leaves a signed record of who removed them \
            and up to which event. The log still verifies. Events are kept for AUDIT_RETENTION_MINIMUM_DAYS at least. The \
            newest events stay in any case. With AUDIT_RETENTION_DAYS the daemon removes events by itself.
            """)

    @Option(help: "The instant before which events are removed, such as 2026-01-01T00:00:00Z.")
    var before: String?
    @Option(help: "The age in days from which events are removed.")
    var olderThan: Int?

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        let cutoff = try cutoff(at: SystemClock().now)
        var failure: CommandFailure?
        try await UserCommand.withService(invocation) { (service) throws(AuthError) in
            failure = await AuditCommand.headFailure(service)
            guard failure == nil else { return }
            switch try await service.audit.cut(before: cutoff, by: CommandAuthor.name) {
            case .removed(_, nil):
                StandardStream.output.line("There are no sealed events to remove.")
            case .removed(let count, let cut?):
                StandardStream.output.line("removed\t\(count) events\tup to event \(cut.through.link.sequence)")
            case .tooRecent(let newest):
                failure = CommandFailure(
                    .failed,
                    "Events are kept for AUDIT_RETENTION_MINIMUM_DAYS: none from \(newest.rfc3339) or later can be removed."
                )
            case .refused(let fault):
                failure = CommandFailure(
                    .failed, AuditVerifyCommand.sentence(fault), "Nothing was removed from there on.")
            @unknown default: failure = CommandFailure(.failed, "Command failed.")
            }
        }
        if let failure { throw failure }
    }

    private func cutoff(at now: Timestamp) throws(CommandFailure) -> Timestamp {
        switch (before, olderThan) {
        case (let text?, nil):
            guard let instant = Timestamp(rfc3339: text) else {
                throw CommandFailure(.usage, "--before is not an instant such as 2026-01-01T00:00:00Z.")
            }
            return instant
        case (nil, let days?):
            guard (1...36_500).contains(days) else { throw CommandFailure(.usage, "--older-than is 1 to 36500 days.") }
            return now - .seconds(86_400 * days)
        case (nil, nil), (_?, _?):
            throw CommandFailure(.usage, "Give either --before or --older-than.")
        }
    }
}
