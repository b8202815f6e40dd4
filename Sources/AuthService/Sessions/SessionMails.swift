// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Mails about sessions.
extension MailTemplate {
    static let sessions: [MailTemplate] = [.refreshReused, .newDevice]

    /// The default words of ``MailMessage/refreshReused``.
    public static let refreshReused = MailTemplate(
        name: "refresh_reused",
        subject: "We signed you out on one device ({{app}})",
        opening:
            "As a precaution, we signed you out on one device, because its saved sign-in was used in two places. That "
            + "can happen if you copied a browser profile or restored a backup, or if someone stole the saved sign-in. You "
            + "can sign in again on that device.",
        ifNotYou: "If this was not you, change your password. That signs out all devices.",
        canBeTurnedOff: true)

    /// The default words of ``MailMessage/newDevice(_:at:)``.
    public static let newDevice = MailTemplate(
        name: "new_device",
        subject: "New sign-in to your {{app}} account",
        opening:
            "Your account was used to sign in to {{app}}, on a device or from a network that we have not seen recently.",
        facts: ["Device: {{device}}", "Network: {{network}}", "Time: {{time}}"],
        ifNotYou: "If this was not you, change your password now. That signs out all devices.",
        canBeTurnedOff: true)
}

extension MailMessage {
    /// Warns that a session was ended because its refresh token was used twice.
    public static let refreshReused = MailMessage(.refreshReused)

    /// Notifies of a sign-in on a device that is new to the user; contains no token and no link.
    public static func newDevice(_ place: SignInPlace, at instant: Timestamp) -> MailMessage {
        MailMessage(
            .newDevice,
            details: ["device": place.device, "network": network(place), "time": instant.readable])
    }

    /// The addresses of a network with an `x` for what they do not share: `IP address 192.0.2.x`, `IP address 2001:db8:1:x`.
    private static func network(_ place: SignInPlace) -> String {
        let (ipv4End, ipv6End) = (".0/24", "::/48")
        let text = place.network
        if text.hasSuffix(ipv4End) { return "IP address \(text.dropLast(ipv4End.count)).x" }  // own text
        if text.hasSuffix(ipv6End) { return "IP address \(text.dropLast(ipv6End.count)):x" }  // own text
        return "IP address in \(text)"
    }
}
