// SPDX-License-Identifier: Apache-2.0

/// What a message says: its template, and what is filled in.
public struct MailMessage: Hashable, Sendable {
    /// The words.
    public let template: MailTemplate
    /// The token that the message carries, for a template with an action.
    public let oneTimeToken: MailToken?
    /// How long the token is valid.
    public let validFor: Duration?
    /// The short code beside the token, where the action has one.
    public let code: MailedCode?
    /// Further values of the template, by the names they have there.
    public let details: [String: String]
    /// The address to open with the token, where it is not the one that the template's action has.
    public let link: MailToken?

    /// A message without a token.
    init(_ template: MailTemplate, details: [String: String] = [:]) {
        self.template = template
        self.details = details
        oneTimeToken = nil
        validFor = nil
        code = nil
        link = nil
    }

    /// A message that carries a code alone, to be typed where it was asked for.
    init(_ template: MailTemplate, code: MailedCode) {
        self.template = template
        self.code = code
        oneTimeToken = nil
        validFor = nil
        details = [:]
        link = nil
    }

    /// A message that carries a token.
    init(
        _ template: MailTemplate, token: MailToken, validFor: Duration, code: MailedCode? = nil,
        details: [String: String] = [:], link: MailToken? = nil
    ) {
        self.template = template
        self.details = details
        oneTimeToken = token
        self.validFor = validFor
        self.code = code
        self.link = link
    }
}
