// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import AuthStore

/// `authd audit list`: what happened, newest first.
struct AuditListCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists events of the audit log, newest first.",
        discussion: """
            An event must match every filter. `reason` is the true reason of a rejection, whatever the client was told. The \
            list continues with --before and the id of its last event.

            """ + ListingOptions.note)

    @OptionGroup var settings: SettingOptions
    @Option(help: "Only events with this action, such as sign_in or role_changed.")
    var action: String?
    @Option(help: "Only completed actions (done), or only rejections (refused).")
    var outcome: String?
    @Option(help: "Only events that this user caused: a username, an email address or an id.")
    var actor: String?
    @Option(help: "Only events that concern this user: a username, an email address or an id.")
    var target: String?
    @Option(help: "Only events at this time or later, such as 2026-03-01T12:00:00Z.")
    var from: String?
    @Option(help: "Only events before this time.")
    var to: String?
    @Option(help: "Only events before the one with this id.")
    var before: Int64?
    @Option(help: "The maximum number of events.")
    var limit: Int = 100
    @OptionGroup var listing: ListingOptions

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        var query = try filters()
        let actor = try actor.map { text throws(CommandFailure) in try UserReference(text) }
        let target = try target.map { text throws(CommandFailure) in try UserReference(text) }
        try await UserCommand.withService(invocation) { (service) throws(AuthError) in
            query.actor = try await actor?.id(in: service)
            query.target = try await target?.id(in: service)
            var events: [StoredAuditEvent] = []
            while events.count < limit {
                query.limit = min(limit - events.count, 1_000)
                let page = try await service.audit.events(matching: query)
                events += page
                guard let last = page.last, page.count == query.limit else { break }
                query.before = last.cursor
            }
            listing.show(events.map(Self.row), columns: Self.columns)
        }
    }

    /// The filters that need no database.
    private func filters() throws(CommandFailure) -> AuditQuery {
        guard limit > 0 else { throw CommandFailure(.usage, "--limit is at least 1.") }
        var query = AuditQuery(before: before)
        if let action {
            guard let known = AuditAction(rawValue: action) else {
                throw CommandFailure(
                    .usage,
                    "--action is one of \(AuditAction.allCases.map(\.rawValue).sorted().joined(separator: ", ")).")
            }
            query.action = known
        }
        switch outcome {
        case nil: break
        case "done"?: query.wasDone = true
        case "refused"?: query.wasDone = false
        case _?: throw CommandFailure(.usage, "--outcome is done or refused.")
        }
        query.from = try Self.instant("--from", from)
        query.until = try Self.instant("--to", to)
        return query
    }

    private static func instant(_ option: String, _ text: String?) throws(CommandFailure) -> Timestamp? {
        guard let text else { return nil }
        guard let instant = Timestamp(rfc3339: text) else {
            throw CommandFailure(.usage, "\(option) is not an instant such as 2026-03-01T12:00:00Z.")
        }
        return instant
    }

    static let columns = ["id", "at", "action", "outcome", "reason", "actor", "target", "source", "count"]

    /// A row; JSON has the session, the user agent and the request, too.
    private static func row(_ stored: StoredAuditEvent) -> Record {
        let event = stored.event
        return Record([
            "id": .number(stored.cursor), "at": .text(event.at.rfc3339), "action": .text(event.action.rawValue),
            "outcome": .text(event.refusal == nil ? "done" : "refused"), "reason": .optional(event.refusal),
            "actor": .optional(event.actor?.description), "target": .optional(event.target?.description),
            "source": .optional(event.source), "count": .number(event.count),
            "session_id": .optional(event.sessionID?.description), "user_agent": .optional(event.userAgent),
            "request_id": .optional(event.requestID), "sequence": .optional(stored.seal?.link.sequence),
        ])
    }
}
