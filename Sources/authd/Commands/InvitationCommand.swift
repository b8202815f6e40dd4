// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import AuthStore

/// `authd invitation`: what has become of invitations.
struct InvitationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invitation", abstract: "Lists, revokes and resends invitations; `authd user invite` makes them.",
        discussion: SettingOptions.note, subcommands: [ListCommand.self, RevokeCommand.self, ResendCommand.self])

    struct ListCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists invitations, the newest first.",
            discussion: """
                Accepted, revoked and expired invitations are listed for 30 days after they would have expired. No row holds a \
                link. The list continues with --before and the id of its last row.

                """ + ListingOptions.note)

        @OptionGroup var settings: SettingOptions
        @Flag(help: "Only invitations that can still be accepted.")
        var open = false
        @Option(help: "Only invitations made before the one with this id.")
        var before: String?
        @Option(help: "The maximum number of rows.")
        var limit: Int = 100
        @OptionGroup var listing: ListingOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            guard limit > 0 else { throw CommandFailure(.usage, "--limit is at least 1.") }
            var query = InvitationQuery(limit: limit)
            if let before { query.before = try InvitationCommand.id(before) }
            try await UserCommand.withService(invocation) { [query] (service) throws(AuthError) in
                var query = query
                let now = service.now
                if open { query.openAt = now }
                let found = try await service.invitations.list(matching: query)
                listing.show(found.map { Self.row($0, at: now) }, columns: Self.columns)
            }
        }

        static let columns = ["id", "email", "role", "state", "created_at", "expires_at", "invited_by"]

        /// A row; JSON has the user and the time of the newest mail, too.
        private static func row(_ invited: InvitedUser, at now: Timestamp) -> Record {
            let invitation = invited.invitation
            return Record([
                "id": .text(invitation.id.description), "email": .optional(invited.user.email?.original),
                "role": .text(invitation.role.name), "state": .text(invitation.stateWord(at: now)),
                "created_at": .text(invitation.createdAt.rfc3339), "expires_at": .text(invitation.expiresAt.rfc3339),
                "invited_by": .optional(invitation.inviter?.description),
                "user": .text(invitation.userID.description), "sent_at": .text(invitation.sentAt.rfc3339),
            ])
        }
    }

    struct RevokeCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "Revokes an invitation: its links are void.",
            discussion: """
                A user whom the invitation made and who has not accepted it is removed. `authd invitation list` shows the ids.
                """)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The id of the invitation.")
        var id: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let id = try InvitationCommand.id(id)
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                try await service.invitations.revoke(id, by: .commandLine, from: ClientContext())
                StandardStream.output.line("The invitation is revoked.")
            }
        }
    }

    struct ResendCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "resend", abstract: "Mails another link of an invitation, for seven days.",
            discussion: """
                Earlier links stay valid. At most once a minute. The running daemon sends the mail within some seconds. \
                `authd invitation list` shows the ids.
                """)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The id of the invitation.")
        var id: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let id = try InvitationCommand.id(id)
            try InvitationCommand.requireMail(invocation)
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                let invited = try await service.invitations.resend(
                    id, by: .commandLine, leavesMailToDaemon: true, from: ClientContext())
                StandardStream.output.line(
                    "The invitation is sent again, and can be accepted until \(invited.invitation.expiresAt.rfc3339).")
            }
        }
    }
}

extension InvitationCommand {
    fileprivate static func id(_ text: String) throws(CommandFailure) -> InvitationID {
        guard let id = InvitationID(parsing: text) else {
            throw CommandFailure(.usage, "\(SettingReader.quoted(text)) is not the id of an invitation.")
        }
        return id
    }

    /// Checks that the daemon can send what a command leaves to it.
    static func requireMail(_ invocation: Invocation) throws(CommandFailure) {
        guard try invocation.configuration().mail.sends else { throw CommandFailure(AuthError.mailUnavailable) }
    }
}
