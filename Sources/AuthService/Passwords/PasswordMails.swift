// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Mails about passwords.
extension MailTemplate {
    static let passwords: [MailTemplate] = [.passwordReset, .passwordChanged, .credentialsVoided]

    /// The default words of ``MailMessage/passwordReset(token:validFor:code:)``.
    public static let passwordReset = MailTemplate(
        name: "password_reset", action: .resetPassword,
        english: MailWords(
            subject: "Reset your {{app}} password",
            opening: "We received a request to reset your {{app}} password.",
            action: .init(caption: "Choose a new password", purpose: "To choose a new password"),
            ifNotYou: "If this was not you, ignore this message; your password stays the same."),
        german: MailWords(
            subject: "Ihr Passwort für {{app}} zurücksetzen",
            opening: "Jemand hat darum gebeten, Ihr Passwort für {{app}} zurückzusetzen.",
            action: .init(caption: "Neues Passwort wählen", purpose: "Um ein neues Passwort zu wählen"),
            ifNotYou: "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht; Ihr Passwort bleibt, wie es ist."))

    /// The default words of ``MailMessage/passwordChanged``.
    public static let passwordChanged = MailTemplate(
        name: "password_changed",
        english: MailWords(
            subject: "Your {{app}} password was changed",
            opening:
                "Your {{app}} password was changed. All devices were signed out; if the password was changed on a device "
                + "that was signed in, that one stays signed in.",
            ifNotYou: "If this was not you, reset your password now and contact {{app}} support."),
        german: MailWords(
            subject: "Ihr Passwort für {{app}} wurde geändert",
            opening:
                "Ihr Passwort für {{app}} wurde geändert. Alle Geräte wurden abgemeldet; wurde das Passwort auf einem "
                + "angemeldeten Gerät geändert, bleibt dieses angemeldet.",
            ifNotYou:
                "Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort zurück und wenden Sie sich an die Betreiber von {{app}}."
        ))

    /// The default words of ``MailMessage/credentialsVoided``.
    public static let credentialsVoided = MailTemplate(
        name: "credentials_voided",
        english: MailWords(
            subject: "We removed older ways to sign in to your {{app}} account",
            opening:
                "You have shown that {{address}} is your address. Your {{app}} account had a password, or another way to "
                + "sign in, that was set up without this proof, so we removed it and ended its sessions. Other people "
                + "who knew it can no longer sign in with it. If you had set it up yourself, choose a new password.",
            ifNotYou:
                "If this was not you, someone else may read your mail: change the password of your mailbox, then reset "
                + "your {{app}} password."),
        german: MailWords(
            subject: "Wir haben ältere Zugänge zu Ihrem Konto bei {{app}} entfernt",
            opening:
                "Sie haben gezeigt, dass {{address}} Ihre Adresse ist. Ihr Konto bei {{app}} hatte ein Passwort oder einen "
                + "anderen Zugang, der ohne diesen Nachweis eingerichtet worden war. Wir haben ihn deshalb entfernt und seine "
                + "Sitzungen beendet; auch andere, die ihn kannten, können sich damit nicht mehr anmelden. Wenn Sie ihn selbst "
                + "eingerichtet hatten, wählen Sie ein neues Passwort.",
            ifNotYou:
                "Wenn Sie das nicht waren, liest vielleicht ein anderer Ihre Post: Ändern Sie das Passwort Ihres Postfachs und "
                + "setzen Sie danach Ihr Passwort für {{app}} zurück."))
}

extension MailMessage {
    /// Carries the token that sets a new password.
    public static func passwordReset(
        token: MailToken, validFor: Duration, code: MailedCode? = nil
    ) -> MailMessage {
        MailMessage(.passwordReset, token: token, validFor: validFor, code: code)
    }

    /// Warns that the password was changed or reset.
    public static let passwordChanged = MailMessage(.passwordChanged)

    /// Reports that a proof of the mailbox removed what had been set up without one: passwords, sessions, factors,
    /// identities and keys.
    public static let credentialsVoided = MailMessage(.credentialsVoided)
}
