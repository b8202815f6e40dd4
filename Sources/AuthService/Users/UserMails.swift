// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Mails about users and their addresses.
extension MailTemplate {
    static let users: [MailTemplate] = [
        .emailVerification, .addressAlreadyRegistered, .usernameTaken, .addressChange, .addressChanged, .addressUndo,
    ]

    /// The default words of ``MailMessage/emailVerification(token:validFor:code:)``.
    public static let emailVerification = MailTemplate(
        name: "email_verification", action: .verifyAddress,
        english: MailWords(
            subject: "Confirm your email address for {{app}}",
            opening: "Please confirm that this is your email address for {{app}}.",
            action: .init(caption: "Confirm this address", purpose: "To confirm this address"),
            ifNotYou: "If this was not you, ignore this message; the address stays unconfirmed."),
        german: MailWords(
            subject: "Bestätigen Sie Ihre E-Mail-Adresse für {{app}}",
            opening: "Bitte bestätigen Sie, dass dies Ihre E-Mail-Adresse für {{app}} ist.",
            action: .init(caption: "Adresse bestätigen", purpose: "Um diese Adresse zu bestätigen"),
            ifNotYou: "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht; die Adresse bleibt unbestätigt."))

    /// The default words of ``MailMessage/addressAlreadyRegistered``.
    public static let addressAlreadyRegistered = MailTemplate(
        name: "address_already_registered", isSentForItself: false,
        english: MailWords(
            subject: "You already have a {{app}} account",
            opening: "Someone tried to register {{address}} with {{app}}, but this address is already registered. "
                + "Nothing was changed. If you forgot your password, request a password reset.",
            ifNotYou: "If this was not you, ignore this message."),
        german: MailWords(
            subject: "Sie haben bereits ein Konto bei {{app}}",
            opening: "Jemand wollte {{address}} bei {{app}} registrieren, aber diese Adresse ist bereits registriert. "
                + "Es wurde nichts geändert. Wenn Sie Ihr Passwort vergessen haben, lassen Sie es zurücksetzen.",
            ifNotYou: "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht."))

    /// The default words of ``MailMessage/usernameTaken``.
    public static let usernameTaken = MailTemplate(
        name: "username_taken", isSentForItself: false,
        english: MailWords(
            subject: "Choose another username for {{app}}",
            opening: "You registered {{address}} with {{app}}, but that username is taken. "
                + "Nothing was saved. Please register again with another username.",
            ifNotYou: "If this was not you, ignore this message."),
        german: MailWords(
            subject: "Wählen Sie einen anderen Benutzernamen für {{app}}",
            opening: "Sie haben {{address}} bei {{app}} registriert, aber dieser Benutzername ist vergeben. "
                + "Es wurde nichts gespeichert. Bitte registrieren Sie sich noch einmal mit einem anderen Benutzernamen.",
            ifNotYou: "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht."))

    /// The default words of ``MailMessage/addressChange(token:validFor:code:)``.
    public static let addressChange = MailTemplate(
        name: "address_change", action: .changeAddress,
        english: MailWords(
            subject: "Confirm your new email address for {{app}}",
            opening: "{{address}} is to become the email address of a {{app}} account.",
            action: .init(caption: "Confirm this new address", purpose: "To confirm this new address"),
            ifNotYou: "If this was not you, ignore this message; nothing changes."),
        german: MailWords(
            subject: "Bestätigen Sie Ihre neue E-Mail-Adresse für {{app}}",
            opening: "{{address}} soll die E-Mail-Adresse eines Kontos bei {{app}} werden.",
            action: .init(caption: "Neue Adresse bestätigen", purpose: "Um diese neue Adresse zu bestätigen"),
            ifNotYou: "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht; es ändert sich nichts."))

    /// The default words of ``MailMessage/addressChanged``.
    public static let addressChanged = MailTemplate(
        name: "address_changed",
        english: MailWords(
            subject: "Your {{app}} email address was changed",
            opening: "Your {{app}} email address was changed. We no longer send messages to {{address}}.",
            ifNotYou: "If this was not you, contact {{app}} support now: someone else may be signed in as you."),
        german: MailWords(
            subject: "Ihre E-Mail-Adresse für {{app}} wurde geändert",
            opening:
                "Ihre E-Mail-Adresse für {{app}} wurde geändert. An {{address}} senden wir keine Nachrichten mehr.",
            ifNotYou:
                "Wenn Sie das nicht waren, wenden Sie sich sofort an die Betreiber von {{app}}: Vielleicht ist ein anderer "
                + "mit Ihrem Konto angemeldet."))

    /// The default words of ``MailMessage/addressUndo(token:validFor:code:)``.
    public static let addressUndo = MailTemplate(
        name: "address_undo", action: .undoAddressChange,
        english: MailWords(
            subject: "Your {{app}} email address was changed: was this you?",
            opening:
                "Your {{app}} email address was changed, and {{address}} is your address there no longer. If this was you, "
                + "you need not do anything.",
            action: .init(caption: "Undo the change", purpose: "To undo the change"),
            ifNotYou:
                "If this was not you, undo the change now: that restores your address and what was replaced after the change, "
                + "and signs out all devices."),
        german: MailWords(
            subject: "Ihre E-Mail-Adresse für {{app}} wurde geändert: Waren Sie das?",
            opening:
                "Ihre E-Mail-Adresse für {{app}} wurde geändert; {{address}} ist dort nicht mehr Ihre Adresse. Wenn Sie das "
                + "waren, brauchen Sie nichts zu tun.",
            action: .init(caption: "Änderung rückgängig machen", purpose: "Um die Änderung rückgängig zu machen"),
            ifNotYou:
                "Wenn Sie das nicht waren, machen Sie die Änderung sofort rückgängig: Das stellt Ihre Adresse und alles wieder "
                + "her, was nach der Änderung ersetzt wurde, und meldet alle Geräte ab."))
}

extension MailMessage {
    /// Carries the token that verifies that the recipient reads this address.
    public static func emailVerification(
        token: MailToken, validFor: Duration, code: MailedCode? = nil
    ) -> MailMessage {
        MailMessage(.emailVerification, token: token, validFor: validFor, code: code)
    }

    /// Notifies the owner of a registered address of an attempt to register it again.
    ///
    /// With `REGISTRATION_PRIVACY`, this mail is the only place that reveals that an address is taken.
    public static let addressAlreadyRegistered = MailMessage(.addressAlreadyRegistered)

    /// Informs a user who registered with `REGISTRATION_PRIVACY` that the chosen username is taken.
    public static let usernameTaken = MailMessage(.usernameTaken)

    /// Carries, to an address that a user wants to have, the token that confirms it.
    public static func addressChange(
        token: MailToken, validFor: Duration, code: MailedCode? = nil
    ) -> MailMessage {
        MailMessage(.addressChange, token: token, validFor: validFor, code: code)
    }

    /// Warns, at the old address, that the user's address was changed.
    public static let addressChanged = MailMessage(.addressChanged)

    /// The same, and carries the token that restores the old address.
    public static func addressUndo(
        token: MailToken, validFor: Duration, code: MailedCode? = nil
    ) -> MailMessage {
        MailMessage(.addressUndo, token: token, validFor: validFor, code: code)
    }
}
