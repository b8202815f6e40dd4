// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService

/// Puts a message into words.
public struct MailComposer: Sendable {
    private let appName: String
    private let templates: MailTemplates
    private let resetLink: MailLink?
    private let verificationLink: MailLink?

    /// Sets what all messages share.
    ///
    /// - Parameters:
    ///   - appName: What the recipient knows the service as.
    ///   - templates: The words.
    ///   - resetLink: The application's page for choosing a new password; without one the message has only the code.
    ///   - verificationLink: The same for confirming an address.
    public init(
        appName: String, templates: MailTemplates, resetLink: MailLink? = nil, verificationLink: MailLink? = nil
    ) {
        self.appName = HeaderText(appName).readable
        self.templates = templates
        self.resetLink = resetLink
        self.verificationLink = verificationLink
    }

    func compose(_ mail: OutgoingMail) -> RenderedMail {
        var values = ["app": appName, "address": mail.recipient.original]
        values["name"] = mail.recipientName.flatMap { GreetingName($0) }?.text
        switch mail.message {
        case .passwordReset(let token, let validFor):
            add(token, validFor, link: resetLink, to: &values)
        case .emailVerification(let token, let validFor):
            add(token, validFor, link: verificationLink, to: &values)
        case .passwordChanged, .addressAlreadyRegistered, .usernameTaken, .addressChanged, .refreshReused:
            break
        }
        return templates.render(MailTemplateName(mail.message), values)
    }

    private func add(_ token: MailToken, _ validFor: Duration, link: MailLink?, to values: inout [String: String]) {
        values["token"] = token.revealed
        values["expiry"] = ExpiryWords.words(for: validFor)
        values["link"] = link?.url(carrying: token.revealed)
    }
}
