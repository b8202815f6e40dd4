// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthDelivery
import AuthService

/// `authd mail`: whether mail leaves this host.
struct MailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "Tests the delivery of mail.", discussion: SettingOptions.note,
        subcommands: [TestCommand.self])

    struct TestCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "test", abstract: "Sends a test mail with the settings of the daemon.",
            discussion: """
                Waits until the mail server has taken over the mail or refused it, and shows its words. Does not connect to \
                the database. A daemon that runs already has the settings of its own start.
                """)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The email address to send to.")
        var address: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let recipient: EmailAddress
            do throws(AuthCore.ValidationError) {
                recipient = try EmailAddress(address)
            } catch {
                throw CommandFailure(.usage, "Invalid address: \(error.message)")
            }
            let configuration = try invocation.configuration()
            let place = configuration.mail.displayName
            guard let mailer = try configuration.mail.makeMailer(appName: configuration.appName) else {
                throw CommandFailure(.configuration, "Mail is not sent, because SMTP_HOST is not set.")
            }
            defer { (mailer as? SMTPMailer)?.close() }
            do throws(MailError) {
                try await mailer.send(OutgoingMail(recipient: recipient, recipientName: nil, message: .deliveryTest))
            } catch {
                throw CommandFailure(.failed, Self.sentence(error, place: place))
            }
            switch configuration.mail.destination {
            case .smtp, .none:
                StandardStream.output.line(
                    "The mail server \(place) has taken over a test mail to \(recipient.original); look whether it arrives, and "
                        + "not as spam.")
            case .file:
                StandardStream.output.line(
                    "A test mail to \(recipient.original) is in the file \(place); nothing was sent.")
            }
        }

        static func sentence(_ error: MailError, place: String) -> String {
            switch error {
            case .notConfigured: "Mail is not sent, because SMTP_HOST is not set."
            case .rejected(let words): "The mail server \(place) rejected the mail: \(words)."
            case .postponed(let words): "The mail server \(place) postponed the mail: \(words)."
            case .clientRefused(let words):
                "The mail server \(place) refuses to serve authd: \(words). Check SMTP_USER, SMTP_PASSWORD and EMAILS_FROM_EMAIL."
            case .unconfirmed(let words):
                "The mail server \(place) may have taken the mail, and did not say so: \(words)."
            case .unavailable(let words):
                "The mail server \(place) did not take the mail: \(words). Check SMTP_HOST, SMTP_PORT and SMTP_SECURITY."
            case .overloaded: "Too much mail is waiting."
            case .cancelled: "Cancelled."
            @unknown default: "The mail was not sent."
            }
        }
    }
}
