// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

/// `authd session`: the sessions of one user.
struct SessionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Lists and ends the sessions of a user.", discussion: SettingOptions.note,
        subcommands: [ListCommand.self, EndCommand.self])

    struct ListCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the live sessions of a user, the most recently refreshed first.",
            discussion: ListingOptions.note)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The username, email address or id of the user.")
        var user: String
        @OptionGroup var listing: ListingOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.withUser(user, invocation) { (service, user) throws(CommandFailure) in
                let sessions = try await CommandFailure.wording { () throws(AuthError) in
                    try await service.sessions.list(ofUser: user.id)
                }
                listing.show(sessions.map(Self.row), columns: Self.columns)
            }
        }

        static let columns = ["id", "created_at", "refreshed_at", "expires_at", "scope", "source", "user_agent"]

        private static func row(_ session: Session) -> Record {
            Record([
                "id": .text(session.id.description), "created_at": .text(session.createdAt.rfc3339),
                "refreshed_at": .text(session.rotation.rotatedAt.rfc3339),
                "expires_at": .text(session.expiresAt.rfc3339),
                "scope": .text(session.scope.description), "source": .optional(session.source),
                "user_agent": .optional(session.userAgent),
            ])
        }
    }

    struct EndCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "end", abstract: "Ends one session of a user, or all of them.",
            discussion: """
                Both tokens of a session are rejected within a second: the user has to sign in again. `authd session list` \
                shows the ids.
                """)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The username, email address or id of the user.")
        var user: String
        @Argument(help: "The id of the session.")
        var session: String?
        @Flag(help: "Ends all sessions of the user.")
        var all = false

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let id = try sessionID()
            try await UserCommand.withUser(user, invocation) { (service, user) throws(CommandFailure) in
                guard let id else {
                    let count = try await CommandFailure.wording { () throws(AuthError) in
                        try await service.sessions.endAll(
                            ofUser: user.id, by: .commandLine, from: ClientContext())
                    }
                    return StandardStream.output.line(
                        "\(Counted.things(Int64(count), "session", "sessions")) of \(user.shownName) ended; the tokens are "
                            + "rejected within a second.")
                }
                let isEnded = try await CommandFailure.wording { () throws(AuthError) in
                    try await service.sessions.end(id, ofUser: user.id, by: .commandLine, from: ClientContext())
                }
                guard isEnded else {
                    throw CommandFailure(.failed, "\(user.shownName) has no live session \(id).")
                }
                StandardStream.output.line(
                    "The session \(id) of \(user.shownName) ended; its tokens are rejected within a second.")
            }
        }

        /// The session that was named; `nil` for all.
        private func sessionID() throws(CommandFailure) -> SessionID? {
            switch (session, all) {
            case (nil, true): return nil
            case (let text?, false):
                guard let id = SessionID(parsing: text) else {
                    throw CommandFailure(.usage, "The second word is not the id of a session.")
                }
                return id
            case (nil, false), (_?, true): throw CommandFailure(.usage, "Give either the id of a session or --all.")
            }
        }
    }
}
