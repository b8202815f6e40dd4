// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// The mail with which a user proves again, in a live session, who they are.
extension MailTemplate {
    /// The default words of ``MailMessage/reauthentication(code:)``.
    public static let reauthentication = MailTemplate(
        name: "reauthentication", action: .reauthenticate,
        english: MailWords(
            subject: "Confirm that it is you: {{app}}",
            opening:
                "A device on which you are signed in to {{app}} asks you to confirm who you are, before an important change "
                + "to your account.",
            action: .init(caption: "Confirm that it is you", purpose: "To confirm that it is you"),
            ifNotYou:
                "If this was not you, another person is signed in to your account. Do not pass the code on, whatever the reason "
                + "given, sign out all devices and change your {{app}} password."),
        german: MailWords(
            subject: "Bestätigen Sie, dass Sie es sind: {{app}}",
            opening:
                "Sie sind bei {{app}} auf einem Gerät angemeldet, das Sie um eine Bestätigung bittet, wie sie eine wichtige "
                + "Änderung an Ihrem Konto verlangt.",
            action: .init(caption: "Identität bestätigen", purpose: "Um zu bestätigen, dass Sie es sind"),
            ifNotYou:
                "Wenn Sie das nicht waren, ist eine andere Person bei Ihrem Konto angemeldet. Geben Sie den Code nicht weiter, "
                + "welcher Grund auch genannt wird, melden Sie alle Geräte ab und ändern Sie Ihr Passwort für {{app}}.")
    )
}

extension MailMessage {
    /// Carries the code that proves who the user is, to be typed in the session that asked for it.
    public static func reauthentication(code: MailedCode) -> MailMessage {
        MailMessage(.reauthentication, code: code)
    }
}
