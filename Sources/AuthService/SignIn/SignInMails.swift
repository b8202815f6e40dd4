// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Mails with which a user signs in.
extension MailTemplate {
    static let signIns: [MailTemplate] = [.signIn, .unlock, .reauthentication]

    /// The default words of ``MailMessage/signIn(token:validFor:code:)``.
    public static let signIn = MailTemplate(
        name: "sign_in", action: .signIn,
        english: MailWords(
            subject: "Sign in to {{app}}",
            opening: "We received a request to sign in to your {{app}} account without a password.",
            action: .init(caption: "Sign in", purpose: "To sign in"),
            ifNotYou:
                "If this was not you, ignore this message, and do not pass on the link or the code: with them another person could "
                + "sign in as you."),
        german: MailWords(
            subject: "Bei {{app}} anmelden",
            opening: "Jemand hat darum gebeten, sich ohne Passwort bei Ihrem Konto von {{app}} anzumelden.",
            action: .init(caption: "Anmelden", purpose: "Um sich anzumelden"),
            ifNotYou:
                "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht und geben Sie Link und Code nicht weiter: Andere könnten "
                + "sich damit in Ihrem Namen anmelden."))

    /// The default words of ``MailMessage/unlock(token:validFor:code:)``.
    public static let unlock = MailTemplate(
        name: "unlock", action: .unlock,
        english: MailWords(
            subject: "Continue signing in to {{app}}",
            opening:
                "Too many sign-ins to your {{app}} account have failed, so for now we refuse sign-ins from devices that we do not "
                + "know. Devices on which you have signed in before are not affected. With this message you can make "
                + "the device that you are using known, and then sign in as usual.",
            action: .init(caption: "Make this device known", purpose: "To make this device known"),
            ifNotYou: "If this was not you, ignore this message; nothing changes, and no session is opened."),
        german: MailWords(
            subject: "Anmeldung bei {{app}} fortsetzen",
            opening:
                "Zu viele Anmeldungen bei Ihrem Konto von {{app}} sind fehlgeschlagen. Deshalb lehnen wir Anmeldungen von "
                + "unbekannten Geräten vorläufig ab. Geräte, auf denen Sie schon angemeldet waren, sind nicht betroffen. Mit dieser "
                + "Nachricht können Sie das Gerät bekannt machen, das Sie gerade benutzen, und sich dann wie gewohnt anmelden.",
            action: .init(caption: "Dieses Gerät bekannt machen", purpose: "Um dieses Gerät bekannt zu machen"),
            ifNotYou:
                "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht; es ändert sich nichts, und niemand wird angemeldet."
        ))
}

extension MailMessage {
    /// Carries the token that signs in.
    public static func signIn(
        token: MailToken, validFor: Duration, code: MailedCode? = nil
    ) -> MailMessage {
        MailMessage(.signIn, token: token, validFor: validFor, code: code)
    }

    /// Carries the token that makes a device known while sign-ins from unknown ones are refused.
    public static func unlock(
        token: MailToken, validFor: Duration, code: MailedCode? = nil
    ) -> MailMessage {
        MailMessage(.unlock, token: token, validFor: validFor, code: code)
    }
}
