// SPDX-License-Identifier: Apache-2.0

/// Mails about sessions.
extension MailTemplate {
    static let sessions: [MailTemplate] = [.refreshReused, .newDevice]

    /// The default words of ``MailMessage/refreshReused``.
    public static let refreshReused = MailTemplate(
        name: "refresh_reused", canBeTurnedOff: true,
        english: MailWords(
            subject: "We signed you out on one device ({{app}})",
            opening:
                "As a precaution, we signed you out on one device, because its saved sign-in was used in two places. That "
                + "can happen if you copied a browser profile or restored a backup, or if someone stole the saved sign-in. You "
                + "can sign in again on that device.",
            ifNotYou: "If this was not you, change your password. That signs out all devices."),
        german: MailWords(
            subject: "Wir haben Sie auf einem Gerät abgemeldet ({{app}})",
            opening:
                "Vorsichtshalber haben wir Sie auf einem Gerät abgemeldet, weil dessen gespeicherte Anmeldung an zwei Stellen "
                + "benutzt wurde. Das kann vorkommen, wenn Sie ein Browserprofil kopiert oder eine Sicherung zurückgespielt haben, "
                + "oder wenn die gespeicherte Anmeldung gestohlen wurde. Sie können sich auf dem Gerät wieder anmelden.",
            ifNotYou: "Wenn Sie das nicht waren, ändern Sie Ihr Passwort. Das meldet alle Geräte ab."))

    /// The default words of ``MailMessage/newDevice``.
    public static let newDevice = MailTemplate(
        name: "new_device", canBeTurnedOff: true,
        english: MailWords(
            subject: "New sign-in to your {{app}} account",
            opening:
                "Your account was used to sign in to {{app}}, on a device or from a network that we have not seen recently.",
            ifNotYou: "If this was not you, change your password now. That signs out all devices."),
        german: MailWords(
            subject: "Neue Anmeldung bei Ihrem Konto von {{app}}",
            opening:
                "Mit Ihrem Konto hat sich jemand bei {{app}} angemeldet, auf einem Gerät oder aus einem Netz, das wir in letzter "
                + "Zeit nicht gesehen haben.",
            ifNotYou: "Wenn Sie das nicht waren, ändern Sie sofort Ihr Passwort. Das meldet alle Geräte ab."))
}

extension MailMessage {
    /// Warns that a session was ended because its refresh token was used twice.
    public static let refreshReused = MailMessage(.refreshReused)

    /// Notifies of a sign-in on a device that is new to the user, which is the mail's origin; contains no token and no link.
    public static let newDevice = MailMessage(.newDevice)
}
