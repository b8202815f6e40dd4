// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthService

/// Puts a message into words.
public struct MailComposer: Sendable {
    private let appName: String
    private let templates: MailTemplates
    private let resetLink: MailLink?
    private let verificationLink: MailLink?
    private let pages: ActionLinks?
    private let defaultLanguage: LanguageTag

    /// Sets what all messages share.
    ///
    /// - Parameters:
    ///   - appName: What the recipient knows the service as.
    ///   - templates: The words.
    ///   - resetLink: The application's page for choosing a new password; without one the message links to the service's own
    ///     page, if there is one, and else has only the code.
    ///   - verificationLink: The same for confirming an address.
    ///   - pages: The service's own pages of mailed actions; `nil` where it serves none.
    ///   - defaultLanguage: The language of mails to recipients whose language is not known or not available.
    public init(
        appName: String, templates: MailTemplates, resetLink: MailLink? = nil, verificationLink: MailLink? = nil,
        pages: ActionLinks? = nil, defaultLanguage: LanguageTag = Language.english.tag
    ) {
        self.appName = HeaderText(appName).readable
        self.templates = templates
        self.resetLink = resetLink
        self.verificationLink = verificationLink
        self.pages = pages
        self.defaultLanguage = defaultLanguage
    }

    func compose(_ mail: OutgoingMail) -> RenderedMail {
        let template = mail.message.template
        let tag = templates.language(of: template, preferred: mail.language, default: defaultLanguage)
        return templates.render(template, values(of: mail, in: tag), in: tag)
    }

    private func values(of mail: OutgoingMail, in tag: LanguageTag) -> [String: String] {
        let language = Language(tag)
        let message = mail.message
        var values = message.details
        values["inviter"] = message.details["inviter"].flatMap { GreetingName($0) }?.text
        values["app"] = appName
        values["address"] = mail.recipient.original
        values["name"] = mail.recipientName.flatMap { GreetingName($0) }?.text
        values["language"] = tag.text
        if let origin = mail.origin {
            values["time"] = origin.time.readable(in: language)
            values["device"] = origin.place?.device(in: language ?? .english)
            values["network"] = origin.place?.network(in: language ?? .english)
        }
        if let token = message.oneTimeToken {
            values["token"] = token.revealed
            values["expiry"] = message.validFor.map { ExpiryWords.words(for: $0, in: language ?? .english) }
            values["expiry_minutes"] = message.validFor.map { ExpiryWords.minutes(of: $0) }
            values["link"] =
                message.link?.revealed
                ?? message.template.action.flatMap { link(for: $0, carrying: token.revealed) }
        }
        if let code = message.code {
            values["code"] = code.text.revealed
            values["code_expiry"] = ExpiryWords.words(for: code.validFor, in: language ?? .english)
            values["code_expiry_minutes"] = ExpiryWords.minutes(of: code.validFor)
        }
        return values
    }

    /// The application's page where it has one, else the service's own.
    private func link(for action: MailedAction, carrying token: String) -> String? {
        let application: MailLink?
        switch action {
        case .resetPassword: application = resetLink
        case .verifyAddress: application = verificationLink
        case .changeAddress, .undoAddressChange, .signIn, .acceptInvitation, .unlock, .report: application = nil
        // Its code belongs where the live session is; links of Supabase's API come with the message.
        case .reauthenticate, .supabase: return nil
        }
        return application?.url(carrying: token) ?? pages?.url(of: action, carrying: token)
    }
}
