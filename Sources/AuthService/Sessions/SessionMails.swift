// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Mails about sessions.
extension MailTemplate {
    static let sessions: [MailTemplate] = [.refreshReused, .newDevice]

    /// The default words of ``MailMessage/refreshReused``.
    public static let refreshReused = MailTemplate(
        name: "refresh_reused",
        subject: "We signed you out on one device ({{app}})",
        opening: "We signed you out on one device because its sign-in token was used twice, which can mean that "
            + "someone copied it. Sign in again on that device.",
        ifNotYou: "If this was not you, change your password. That signs out all devices.",
        canBeTurnedOff: true)

    /// The default words of ``MailMessage/newDevice(_:at:)``.
    public static let newDevice = MailTemplate(
        name: "new_device",
        subject: "New sign-in at {{app}}",
        opening: "You signed in at {{app}} from a device or network that we had not seen before: {{device}}, from "
            + "{{network}}, at {{time}}.",
        ifNotYou: "If this was not you, change your password now. That signs out all devices.",
        canBeTurnedOff: true)
}

extension MailMessage {
    /// Warns that a session was ended because its refresh token was used twice.
    public static let refreshReused = MailMessage(.refreshReused)

    /// Tells of a sign-in from a device that is new to the user; holds nothing that acts.
    public static func newDevice(_ place: SignInPlace, at instant: Timestamp) -> MailMessage {
        MailMessage(
            .newDevice,
            details: ["device": place.device, "network": place.network, "time": instant.rfc3339])
    }
}
