// SPDX-License-Identifier: Apache-2.0

/// Mails about sessions.
extension MailTemplate {
    static let sessions: [MailTemplate] = [.refreshReused]

    public static let refreshReused = MailTemplate(
        name: "refresh_reused",
        subject: "One of your devices was signed out of {{app}}",
        opening: "Something that only one of your devices should have was used twice at {{app}}, so somebody "
            + "else may have a copy. The session that it belongs to was ended; sign in again where you miss it.",
        ifNotYou: "If it was not you, change your password: that signs out every device.")
}

extension MailMessage {
    /// Warns that a session was ended because its refresh token was used by two.
    public static let refreshReused = MailMessage(.refreshReused)
}
