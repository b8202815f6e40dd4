// SPDX-License-Identifier: Apache-2.0

/// Mails about sessions.
extension MailTemplate {
    static let sessions: [MailTemplate] = [.refreshReused]

    /// The default words of ``MailMessage/refreshReused``.
    public static let refreshReused = MailTemplate(
        name: "refresh_reused",
        subject: "We signed you out on one device ({{app}})",
        opening: "We signed you out on one device because its sign-in token was used twice, which can mean that "
            + "someone copied it. Sign in again on that device.",
        ifNotYou: "If this was not you, change your password. That signs out all devices.",
        canBeTurnedOff: true)
}

extension MailMessage {
    /// Warns that a session was ended because its refresh token was used twice.
    public static let refreshReused = MailMessage(.refreshReused)
}
