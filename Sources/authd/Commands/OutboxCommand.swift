// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import AuthStore

/// `authd outbox`: what is still to be delivered, and what was given up.
struct OutboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "Lists mails and events that were not delivered yet; retries or drops them.",
        discussion: SettingOptions.note, subcommands: [ListCommand.self, RetryCommand.self, DropCommand.self])

    struct ListCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the rows of the outbox, the oldest first.",
            discussion: """
                A row in the state due waits for its next delivery; a row in the state dead was given up and is kept for 30 days. \
                No row holds a link or a token. The list continues with --after and the id of its last row.

                """ + ListingOptions.note)

        @OptionGroup var settings: SettingOptions
        @OptionGroup var filter: OutboxFilter
        @Option(help: "Only rows after the one with this id.")
        var after: Int64 = 0
        @Option(help: "The maximum number of rows.")
        var limit: Int = 100
        @OptionGroup var listing: ListingOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            guard limit > 0 else { throw CommandFailure(.usage, "--limit is at least 1.") }
            var query = try filter.query()
            query.after = after
            query.limit = limit
            try await UserCommand.withService(invocation) { [query] (service) throws(AuthError) in
                listing.show(try await service.outbox.list(matching: query).map(Self.row), columns: Self.columns)
            }
        }

        static let columns = ["id", "lane", "kind", "state", "attempts", "created_at", "due_at", "user", "failure"]

        /// A row; JSON has the recipient, the subscription and the end of the tries, too.
        private static func row(_ row: OutboxRow) -> Record {
            Record([
                "id": .number(row.number), "lane": .text(row.entry.lane.rawValue), "kind": .text(row.entry.kind),
                "state": .text(row.state.rawValue), "attempts": .number(row.attempts),
                "created_at": .text(row.entry.createdAt.rfc3339), "due_at": .text(row.dueAt.rfc3339),
                "user": .optional(row.entry.userID?.description), "failure": .optional(row.failure),
                "recipient": .optional(row.entry.recipient), "subscription": .text(row.entry.destination),
                "expires_at": .text(row.expiresAt.rfc3339), "request_id": .optional(row.entry.requestID),
            ])
        }
    }

    struct RetryCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry", abstract: "Has rows that were given up, or wait, delivered now.",
            discussion: """
                The daemon tries again within some seconds, and then for another day. A mail whose link has expired or was used is \
                not sent. Rows that are being delivered are left alone. `authd outbox list` shows the ids.
                """)

        @OptionGroup var settings: SettingOptions
        @OptionGroup var chosen: OutboxChoice

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let choice = try chosen.query()
            try await CommandService.with(invocation) { (service) throws(CommandFailure) in
                let rows = try await OutboxCommand.rows(choice, in: service)
                var count: Int64 = 0
                for row in rows {
                    let isDone = try await CommandFailure.wording { () throws(AuthError) in
                        try await service.outbox.retry(row.key, from: ClientContext())
                    }
                    if isDone { count += 1 }
                }
                StandardStream.output.line(
                    "\(Counted.things(count, "row is", "rows are")) due now\(OutboxCommand.rest(of: rows, count)).")
            }
        }
    }

    struct DropCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop", abstract: "Deletes rows, which are then never delivered.",
            discussion: """
                Each row is audited as not delivered. The command says how many there are and asks for confirmation on a terminal; \
                without a terminal it needs --yes. Rows that are being delivered are left alone.
                """)

        @OptionGroup var settings: SettingOptions
        @OptionGroup var chosen: OutboxChoice
        @OptionGroup var confirmation: ConfirmationOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let choice = try chosen.query()
            try await CommandService.with(invocation) { (service) throws(CommandFailure) in
                let rows = try await OutboxCommand.rows(choice, in: service)
                let found = Counted.things(Int64(rows.count), "row", "rows")
                StandardStream.error.line("\(found) would be deleted and never delivered.")
                try Confirmation.require("Delete \(found)?", given: confirmation.yes)
                var count: Int64 = 0
                for row in rows {
                    let isDone = try await CommandFailure.wording { () throws(AuthError) in
                        try await service.outbox.drop(row.key, from: ClientContext())
                    }
                    if isDone { count += 1 }
                }
                StandardStream.output.line(
                    "\(Counted.things(count, "row is", "rows are")) deleted\(OutboxCommand.rest(of: rows, count)).")
            }
        }
    }
}

extension OutboxCommand {
    /// The rows that an operator has chosen: one by its id, or all that match.
    ///
    /// - Throws: `.failed` where there is no row with the id, or the store fails.
    fileprivate static func rows(
        _ choice: (id: Int64?, query: OutboxQuery), in service: AuthService
    ) async throws(CommandFailure) -> [OutboxRow] {
        var query = choice.query
        var rows: [OutboxRow] = []
        repeat {
            let page = try await CommandFailure.wording { [query] () throws(AuthError) in
                try await service.outbox.list(matching: query)
            }
            rows += page
            guard choice.id == nil, page.count == query.limit, let last = page.last else { break }
            query.after = last.number
        } while true
        guard let id = choice.id else { return rows }
        guard let row = rows.first, row.number == id else { throw CommandFailure(.failed, "There is no row \(id).") }
        return [row]
    }

    fileprivate static func rest(of rows: [OutboxRow], _ count: Int64) -> String {
        let left = Int64(rows.count) - count
        return left == 0 ? "" : "; \(Counted.things(left, "row is", "rows are")) being delivered or gone"
    }
}

/// Which rows of the outbox a command is about.
struct OutboxFilter: ParsableArguments {
    @Option(help: "Only rows of this lane: notice, mail or event.")
    var lane: String?
    @Option(help: "Only rows in this state: due or dead.")
    var state: String?

    func query() throws(CommandFailure) -> OutboxQuery {
        var query = OutboxQuery()
        if let lane {
            guard let known = OutboxLane(rawValue: lane) else {
                throw CommandFailure(.usage, "--lane is notice, mail or event.")
            }
            query.lane = known
        }
        if let state {
            guard let known = OutboxRow.State(rawValue: state) else {
                throw CommandFailure(.usage, "--state is due or dead.")
            }
            query.state = known
        }
        return query
    }
}

/// One row of the outbox, or all of some kind.
struct OutboxChoice: ParsableArguments {
    @Argument(help: "The id of the row.")
    var id: Int64?
    @Flag(help: "Takes all rows that match --lane and --state.")
    var all = false
    @OptionGroup var filter: OutboxFilter

    /// - Returns: The id that was named, or `nil` for all; and what to list for it.
    func query() throws(CommandFailure) -> (id: Int64?, query: OutboxQuery) {
        var query = try filter.query()
        switch (id, all) {
        case (let id?, false):
            guard filter.lane == nil, filter.state == nil else {
                throw CommandFailure(.usage, "--lane and --state go with --all.")
            }
            guard id > 0 else { throw CommandFailure(.usage, "The id of a row is at least 1.") }
            return (id, OutboxQuery(after: id - 1, limit: 1))
        case (nil, true):
            query.limit = 500
            return (nil, query)
        case (nil, false), (_?, true):
            throw CommandFailure(.usage, "Give either the id of a row or --all.")
        }
    }
}
