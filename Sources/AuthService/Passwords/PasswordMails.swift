// SPDX-License-Identifier: Apache-2.0

/// Mails about passwords.
extension MailTemplate {
    static let passwords: [MailTemplate] = [.passwordReset, .passwordChanged]

    /// The default words of ``MailMessage/passwordReset(token:validFor:)``.
    public static let passwordReset = MailTemplate(
        name: "password_reset",
        subject: "Reset your {{app}} password",
        opening: "We received a request to reset your {{app}} password.",
        action: Action(page: .passwordReset, caption: "Choose a new password", purpose: "To choose a new password"),
        ifNotYou: "If this was not you, ignore this message; your password stays the same.")

    /// The default words of ``MailMessage/passwordChanged``.
    public static let passwordChanged = MailTemplate(
        name: "password_changed",
        subject: "Your {{app}} password was changed",
        opening:
            "Your {{app}} password was changed. All devices were signed out; if the password was changed on a device "
            + "that was signed in, that one stays signed in.",
        ifNotYou: "If this was not you, reset your password now and contact {{app}} support.")
}

extension MailMessage {
    /// Carries the token that sets a new password.
    public static func passwordReset(token: MailToken, validFor: Duration) -> MailMessage {
        MailMessage(.passwordReset, token: token, validFor: validFor)
    }

    /// Warns that the password was changed or reset.
    public static let passwordChanged = MailMessage(.passwordChanged)
}
