// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import AuthStore

extension UserCommand {
    /// `authd user invite`: mails an invitation.
    struct InviteCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "invite", abstract: "Invites an address by mail, and prints the id of the invitation.",
            discussion: """
                The running daemon sends the mail within some seconds; its link can be used for seven days. An address that no \
                user has gets a user without a password at once, who is removed when the invitation is revoked or has expired. A \
                user who exists gets the role by accepting. `authd invitation list` shows the invitations.
                """)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The email address.")
        var address: String
        @Option(help: "The role that accepting grants, such as admin, user or guest.")
        var role: String = "user"
        @Option(help: "The full name of a new user.")
        var name: String?

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let fields = try UserFields(username: nil, email: address, fullName: name, role: role)
            guard let email = fields.email else { throw CommandFailure(.usage, "Give an email address.") }
            try InvitationCommand.requireMail(invocation)
            let draft = InvitationDraft(email: email, role: fields.role, fullName: fields.fullName)
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                let invited = try await service.invitations.invite(
                    draft, by: .commandLine, leavesMailToDaemon: true, from: ClientContext())
                StandardStream.output.line("\(invited.invitation.id)")
                StandardStream.error.line(
                    "\(email.original) is invited with the role \(fields.role.name), until \(invited.invitation.expiresAt.rfc3339)."
                )
            }
        }
    }
}
