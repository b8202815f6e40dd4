// SPDX-License-Identifier: Apache-2.0

/// Mails about users and their addresses.
extension MailTemplate {
    static let users: [MailTemplate] = [.emailVerification, .addressAlreadyRegistered, .usernameTaken, .addressChanged]

    public static let emailVerification = MailTemplate(
        name: "email_verification",
        subject: "Confirm your address for {{app}}",
        opening: "This address was given to {{app}}. To confirm that it is yours, use this code:",
        action: Action(page: .emailVerification, caption: "Confirm this address"),
        ifNotYou: "If it was not you, ignore this message: the address stays unconfirmed.")

    public static let addressAlreadyRegistered = MailTemplate(
        name: "address_already_registered",
        subject: "You are already registered with {{app}}",
        opening: "Somebody tried to register {{address}} with {{app}}, where it is registered already. "
            + "Nothing was changed. If you forgot your password, ask for a reset.",
        ifNotYou: "If it was not you, ignore this message.",
        isSentForItself: false)

    public static let usernameTaken = MailTemplate(
        name: "username_taken",
        subject: "Choose another username for {{app}}",
        opening: "You registered {{address}} with {{app}}, but the username you chose is taken. "
            + "Nothing was stored. Register again with another username.",
        ifNotYou: "If it was not you, ignore this message.",
        isSentForItself: false)

    public static let addressChanged = MailTemplate(
        name: "address_changed",
        subject: "Your address at {{app}} was changed",
        opening: "Your address at {{app}} was changed. Messages no longer go to {{address}}.",
        ifNotYou: "If it was not you, tell whoever runs {{app}} now: somebody else may be signed in as you.")
}

extension MailMessage {
    /// Carries the token that proves the recipient reads this address.
    public static func emailVerification(token: MailToken, validFor: Duration) -> MailMessage {
        MailMessage(.emailVerification, token: token, validFor: validFor)
    }

    /// Tells the owner of a registered address of an attempt to register it again.
    ///
    /// Under registration privacy this is the only place where "taken" is said.
    public static let addressAlreadyRegistered = MailMessage(.addressAlreadyRegistered)

    /// Tells a person who registered under registration privacy that the username they chose is taken.
    public static let usernameTaken = MailMessage(.usernameTaken)

    /// Warns, at the old address, that the user's address was changed.
    public static let addressChanged = MailMessage(.addressChanged)
}
