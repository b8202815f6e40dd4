// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthDelivery
import AuthHTTP
import AuthService

extension UserCommand {
    /// `authd user reset-password`: gives a user a new start without mail.
    struct ResetPasswordCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-password",
            abstract: "Prints a one-time code, and a link with it, for setting a new password.",
            discussion: """
                The user must be enabled and have an email address. The first line is the code, which is accepted at POST \
                /auth/password/reset/confirm; the second one is the link, if PASSWORD_RESET_URL is set. Keep both secret: \
                they give control of the user.
                """)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The username, email address or id of the user.")
        var user: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let configuration = try invocation.configuration()
            try await UserCommand.withUser(user, invocation) { (service, user) throws(CommandFailure) in
                guard user.email != nil else {
                    throw CommandFailure(
                        .failed,
                        "\(user.shownName) has no email address, without which there is no reset of a password.")
                }
                try UserCommand.requireSignIn(user, at: service.now)
                let token = try await CommandFailure.wording { () throws(AuthError) in
                    try await service.passwords.startReset(
                        of: user, by: .commandLine, mailing: false, from: ClientContext())
                }
                guard let token else { return }
                StandardStream.output.line(token.revealed)
                let link = configuration.mail.passwordResetLink?.url(carrying: token.revealed)
                if let link { StandardStream.output.line(link) }
                let place = (configuration.http.publicURL ?? "") + "/auth/password/reset/confirm"
                let end = service.now + service.settings.passwordResetLifetime
                StandardStream.error.line(
                    "\(user.shownName) can set a new password, once and until \(end.rfc3339), "
                        + (link == nil
                            ? "with the code at POST \(place)." : "with the link, or with the code at POST \(place).")
                        + " All sessions end then. Keep it secret: it gives control of the user.")
            }
        }
    }
}
