// SPDX-License-Identifier: Apache-2.0

/// Mails about identities at providers.
extension MailTemplate {
    static let providers: [MailTemplate] = [.identityLinked]

    /// The default words of ``MailMessage/identityLinked(provider:)``.
    public static let identityLinked = MailTemplate(
        name: "identity_linked", details: ["provider"],
        english: MailWords(
            subject: "A new way to sign in to your {{app}} account",
            opening:
                "Your {{app}} account was linked to an account at {{#provider}}{{provider}}{{/provider}}"
                + "{{^provider}}another service{{/provider}}, with which you can sign in from now on.",
            ifNotYou:
                "If this was not you, someone else may be able to sign in as you: remove that link, change your password and "
                + "contact {{app}} support now."),
        german: MailWords(
            subject: "Ein neuer Zugang zu Ihrem Konto bei {{app}}",
            opening:
                "Ihr Konto bei {{app}} wurde mit einem Konto bei {{#provider}}{{provider}}{{/provider}}"
                + "{{^provider}}einem anderen Dienst{{/provider}} verknüpft, mit dem Sie sich von nun an anmelden können.",
            ifNotYou:
                "Wenn Sie das nicht waren, kann sich vielleicht ein anderer als Sie anmelden: Entfernen Sie die Verknüpfung, ändern "
                + "Sie Ihr Passwort und wenden Sie sich sofort an die Betreiber von {{app}}."))
}

extension MailMessage {
    /// Warns that an identity at a provider of this name was linked, by which one can sign in.
    public static func identityLinked(provider: String?) -> MailMessage {
        MailMessage(.identityLinked, details: provider.map { ["provider": $0] } ?? [:])
    }
}
