// SPDX-License-Identifier: Apache-2.0

/// Mails about users and their addresses.
extension MailTemplate {
    static let users: [MailTemplate] = [.emailVerification, .addressAlreadyRegistered, .usernameTaken, .addressChanged]

    /// The default words of ``MailMessage/emailVerification(token:validFor:)``.
    public static let emailVerification = MailTemplate(
        name: "email_verification",
        subject: "Confirm your email address for {{app}}",
        opening: "Please confirm that this is your email address for {{app}}.",
        action: Action(page: .emailVerification, caption: "Confirm this address", purpose: "To confirm this address"),
        ifNotYou: "If this was not you, ignore this message; the address stays unconfirmed.")

    /// The default words of ``MailMessage/addressAlreadyRegistered``.
    public static let addressAlreadyRegistered = MailTemplate(
        name: "address_already_registered",
        subject: "You already have a {{app}} account",
        opening: "Someone tried to register {{address}} with {{app}}, but this address is already registered. "
            + "Nothing was changed. If you forgot your password, request a password reset.",
        ifNotYou: "If this was not you, ignore this message.",
        isSentForItself: false)

    /// The default words of ``MailMessage/usernameTaken``.
    public static let usernameTaken = MailTemplate(
        name: "username_taken",
        subject: "Choose another username for {{app}}",
        opening: "You registered {{address}} with {{app}}, but that username is taken. "
            + "Nothing was saved. Please register again with another username.",
        ifNotYou: "If this was not you, ignore this message.",
        isSentForItself: false)

    /// The default words of ``MailMessage/addressChanged``.
    public static let addressChanged = MailTemplate(
        name: "address_changed",
        subject: "Your {{app}} email address was changed",
        opening: "Your {{app}} email address was changed. We no longer send messages to {{address}}.",
        ifNotYou: "If this was not you, contact {{app}} support now: someone else may be signed in as you.")
}

extension MailMessage {
    /// Carries the token that verifies that the recipient reads this address.
    public static func emailVerification(token: MailToken, validFor: Duration) -> MailMessage {
        MailMessage(.emailVerification, token: token, validFor: validFor)
    }

    /// Notifies the owner of a registered address of an attempt to register it again.
    ///
    /// With `REGISTRATION_PRIVACY`, this mail is the only place that reveals that an address is taken.
    public static let addressAlreadyRegistered = MailMessage(.addressAlreadyRegistered)

    /// Informs a user who registered with `REGISTRATION_PRIVACY` that the chosen username is taken.
    public static let usernameTaken = MailMessage(.usernameTaken)

    /// Warns, at the old address, that the user's address was changed.
    public static let addressChanged = MailMessage(.addressChanged)
}
