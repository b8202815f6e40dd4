// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import AuthStore

/// `authd audit cut`: removes old events, with a signed record of it.
struct AuditCutCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "cut", abstract: "Removes old events from the audit log.",
        discussion: """
            Removes the events from before an instant, which cannot be undone, and leaves a signed record of who removed them \
            and up to which event. The log still verifies. Events are kept for AUDIT_RETENTION_MINIMUM_DAYS at least. The \
            newest events stay in any case. With AUDIT_RETENTION_DAYS the daemon removes events by itself. The command shows how \
            many events go and asks for confirmation on a terminal; without a terminal it needs --yes.
            """)

    @OptionGroup var settings: SettingOptions
    @Option(help: "The instant before which events are removed, such as 2026-01-01T00:00:00Z.")
    var before: String?
    @Option(help: "The age in days from which events are removed.")
    var olderThan: Int?
    @OptionGroup var confirmation: ConfirmationOptions

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        let cutoff = try cutoff(at: SystemClock().now)
        try await CommandService.with(invocation) { (service) throws(CommandFailure) in
            try await AuditCommand.requireReadableHead(service)
            let newest = service.now - service.settings.auditRetention.minimum
            let count = cutoff <= newest ? try await Self.count(before: cutoff, service) : 0
            if count > 0 {
                let shown = count > Self.countLimit ? "more than \(Self.countLimit)" : "\(count)"
                StandardStream.error.line(
                    "The audit log has \(shown) events from before \(cutoff.rfc3339), which will be removed for good, but for "
                        + "the newest of the log and any that is not sealed yet.")
                try Confirmation.require("Remove them?", given: confirmation.yes)
            }
            let removal = try await CommandFailure.wording { () throws(AuthError) in
                try await service.audit.cut(before: cutoff, by: CommandAuthor.name)
            }
            switch removal {
            case .removed(_, nil):
                StandardStream.output.line("There are no sealed events to remove.")
            case .removed(let count, let cut?):
                StandardStream.output.line("removed\t\(count) events\tup to event \(cut.through.link.sequence)")
            case .tooRecent(let newest):
                throw CommandFailure(
                    .failed,
                    "Events are kept for AUDIT_RETENTION_MINIMUM_DAYS: none from \(newest.rfc3339) or later can be removed."
                )
            case .refused(let fault):
                throw CommandFailure(
                    .failed, AuditVerifyCommand.sentence(fault), "Nothing was removed from there on.")
            @unknown default: throw CommandFailure(.failed, "Command failed.")
            }
        }
    }

    /// The number up to which events are counted, page by page.
    private static let countLimit = 100_000

    private static func count(before cutoff: Timestamp, _ service: AuthService) async throws(CommandFailure) -> Int {
        var query = AuditQuery(until: cutoff, limit: 1_000)
        var count = 0
        while count <= countLimit {
            let asked = query
            let page = try await CommandFailure.wording { () throws(AuthError) in
                try await service.audit.events(matching: asked)
            }
            count += page.count
            guard let last = page.last, page.count == query.limit else { break }
            query.before = last.cursor
        }
        return count
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
