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
        var values = mail.message.details
        values["app"] = appName
        values["address"] = mail.recipient.original
        values["name"] = mail.recipientName.flatMap { GreetingName($0) }?.text
        if let token = mail.message.oneTimeToken {
            values["token"] = token.revealed
            values["expiry"] = mail.message.validFor.map { ExpiryWords.words(for: $0) }
            values["link"] = mail.message.template.action.flatMap { link(to: $0.page) }?.url(carrying: token.revealed)
        }
        return templates.render(mail.message.template, values)
    }

    private func link(to page: MailTemplate.Page) -> MailLink? {
        switch page {
        case .passwordReset: resetLink
        case .emailVerification: verificationLink
        }
    }
}
