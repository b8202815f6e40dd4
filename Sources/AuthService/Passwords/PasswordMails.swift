// SPDX-License-Identifier: Apache-2.0

/// Mails about passwords.
extension MailTemplate {
    static let passwords: [MailTemplate] = [.passwordReset, .passwordChanged]

    public static let passwordReset = MailTemplate(
        name: "password_reset",
        subject: "Reset your password at {{app}}",
        opening: "Somebody asked to reset your password at {{app}}. To choose a new one, use this code:",
        action: Action(page: .passwordReset, caption: "Choose a new password"),
        ifNotYou: "If it was not you, ignore this message: your password stays as it is.")

    public static let passwordChanged = MailTemplate(
        name: "password_changed",
        subject: "Your password at {{app}} was changed",
        opening: "Your password at {{app}} was changed, and other devices were signed out.",
        ifNotYou: "If it was not you, reset your password now and tell whoever runs {{app}}.")
}

extension MailMessage {
    /// Carries the token that sets a new password.
    public static func passwordReset(token: MailToken, validFor: Duration) -> MailMessage {
        MailMessage(.passwordReset, token: token, validFor: validFor)
    }

    /// Warns that the password was changed or reset.
    public static let passwordChanged = MailMessage(.passwordChanged)
}
