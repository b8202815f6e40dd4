// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

extension UserCommand {
    /// `authd user delete`: removes a user for good.
    struct DeleteCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Deletes a user with sessions, tokens and password.",
            discussion: """
                This cannot be undone. The address is free again at once; the username cannot be registered for the days of \
                IDENTIFIER_REUSE_DAYS, and `authd user create` can use it. Audit events about the user are kept; \
                `authd audit erase` removes personal data from them. The command shows what goes and asks for confirmation on \
                a terminal; without a terminal it needs --yes.
                """)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The username, email address or id of the user.")
        var user: String
        @OptionGroup var confirmation: ConfirmationOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.withUser(user, invocation) { (service, user) throws(CommandFailure) in
                let sessions = try await CommandFailure.wording { () throws(AuthError) in
                    try await service.sessions.list(ofUser: user.id).count
                }
                let count = Counted.sessions(sessions)
                StandardStream.error.line(
                    "\(user.shownName) (\(user.id), \(user.email?.original ?? "no address"), role \(user.role.name), created "
                        + "\(user.createdAt.rfc3339)) goes with \(count).")
                try Confirmation.require("Delete the user?", given: confirmation.yes)
                try await UserCommand.perform(.delete, on: user, service)
                UserCommand.tell(user, "is deleted with \(count), whose tokens are rejected within a second.")
            }
        }
    }
}

/// Numbers of things in sentences.
enum Counted {
    /// As many sessions as a list has, which is cut off at a thousand.
    static func sessions(_ count: Int) -> String {
        count >= 1_000 ? "1000 sessions or more" : things(Int64(count), "session", "sessions")
    }

    static func things(_ count: Int64, _ one: String, _ many: String) -> String {
        count == 1 ? "1 \(one)" : "\(count) \(many)"
    }
}
