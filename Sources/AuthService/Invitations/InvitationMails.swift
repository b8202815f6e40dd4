// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Mails to people who are to become users.
extension MailTemplate {
    static let invitations: [MailTemplate] = [.invitation]

    /// The default words of ``MailMessage/invitation(token:validFor:code:inviter:)``.
    public static let invitation = MailTemplate(
        name: "invitation", action: .acceptInvitation, details: ["inviter"],
        english: MailWords(
            subject: "Your invitation to {{app}}",
            opening:
                "{{#inviter}}{{inviter}} invites you{{/inviter}}{{^inviter}}You are invited{{/inviter}} to {{app}}, as "
                + "the user with the address {{address}}.",
            action: .init(caption: "Accept the invitation", purpose: "To accept the invitation"),
            ifNotYou: "If you did not expect this invitation, ignore this message; nothing happens then."),
        german: MailWords(
            subject: "Ihre Einladung zu {{app}}",
            opening: "{{#inviter}}{{inviter}} lädt Sie{{/inviter}}{{^inviter}}Sie sind{{/inviter}} zu {{app}} ein"
                + "{{^inviter}}geladen{{/inviter}}, als Benutzer mit der Adresse {{address}}.",
            action: .init(caption: "Einladung annehmen", purpose: "Um die Einladung anzunehmen"),
            ifNotYou:
                "Wenn Sie diese Einladung nicht erwartet haben, ignorieren Sie diese Nachricht; dann geschieht nichts."
        ))
}

extension MailMessage {
    /// Carries the token that accepts an invitation.
    ///
    /// `inviter` is the name of the user who invites; senders leave out names that could pass for an offer or a link.
    public static func invitation(
        token: MailToken, validFor: Duration, code: MailedCode? = nil, inviter: String?
    ) -> MailMessage {
        MailMessage(
            .invitation, token: token, validFor: validFor, code: code,
            details: inviter.map { ["inviter": $0] } ?? [:])
    }
}
