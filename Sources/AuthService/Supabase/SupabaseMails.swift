// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// The words of the mails of Supabase's API.
extension MailTemplate {
    static let supabase: [MailTemplate] = [
        .supabaseSignup, .supabaseInvite, .supabaseMagicLink, .supabaseRecovery, .supabaseEmailChangeCurrent,
        .supabaseEmailChangeNew, .supabaseReauthentication, .administratorActed,
    ]

    /// The default words of the mail that confirms a sign-up.
    public static let supabaseSignup = MailTemplate(
        name: "supabase_signup", action: .supabase,
        english: MailWords(
            subject: "Confirm your sign-up for {{app}}",
            opening: "{{address}} was used to sign up for {{app}}. Please confirm that this is your email address.",
            action: .init(caption: "Confirm your sign-up", purpose: "To confirm your sign-up"),
            ifNotYou: "If this was not you, ignore this message; the address stays unconfirmed."),
        german: MailWords(
            subject: "Bestätigen Sie Ihre Registrierung bei {{app}}",
            opening:
                "{{address}} wurde bei {{app}} registriert. Bitte bestätigen Sie, dass dies Ihre E-Mail-Adresse ist.",
            action: .init(caption: "Registrierung bestätigen", purpose: "Um Ihre Registrierung zu bestätigen"),
            ifNotYou: "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht; die Adresse bleibt unbestätigt."))

    /// The default words of the mail that invites.
    public static let supabaseInvite = MailTemplate(
        name: "supabase_invite", action: .supabase,
        english: MailWords(
            subject: "You have been invited to {{app}}",
            opening: "An administrator of {{app}} has invited you to sign up with {{address}}.",
            action: .init(caption: "Accept the invitation", purpose: "To accept the invitation"),
            ifNotYou: "If you did not expect this invitation, ignore this message; nothing changes."),
        german: MailWords(
            subject: "Sie wurden zu {{app}} eingeladen",
            opening: "Die Verwaltung von {{app}} hat Sie eingeladen, sich mit {{address}} zu registrieren.",
            action: .init(caption: "Einladung annehmen", purpose: "Um die Einladung anzunehmen"),
            ifNotYou: "Wenn Sie das nicht erwartet haben, ignorieren Sie diese Nachricht; es ändert sich nichts."))

    /// The default words of the mail that signs in.
    public static let supabaseMagicLink = MailTemplate(
        name: "supabase_magic_link", action: .supabase, wordsOf: .signIn,
        subjects: ("Your sign-in link for {{app}}", "Ihr Anmelde-Link für {{app}}"))

    /// The default words of the mail that recovers a user.
    public static let supabaseRecovery = MailTemplate(
        name: "supabase_recovery", action: .supabase,
        english: MailWords(
            subject: "Reset your password for {{app}}",
            opening: "We received a request to reset the password of your {{app}} account.",
            action: .init(caption: "Reset your password", purpose: "To sign in and choose a new password"),
            ifNotYou:
                "If this was not you, ignore this message, and do not pass on the link or the code: your password stays as it is."
        ),
        german: MailWords(
            subject: "Setzen Sie Ihr Passwort für {{app}} zurück",
            opening: "Jemand hat darum gebeten, das Passwort Ihres Kontos bei {{app}} zurückzusetzen.",
            action: .init(
                caption: "Passwort zurücksetzen", purpose: "Um sich anzumelden und ein neues Passwort zu wählen"),
            ifNotYou:
                "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht und geben Sie Link und Code nicht weiter: Ihr Passwort "
                + "bleibt, wie es ist."))

    /// The default words of the mail to the address that is to be replaced.
    public static let supabaseEmailChangeCurrent = MailTemplate(
        name: "supabase_email_change_current", action: .supabase, details: ["new_address"],
        english: MailWords(
            subject: "Confirm that you change your {{app}} email address",
            opening:
                "{{address}} is to be replaced as the email address of your {{app}} account"
                + "{{#new_address}} by {{new_address}}{{/new_address}}. Both addresses must confirm the change.",
            action: .init(caption: "Confirm the change", purpose: "To confirm the change"),
            ifNotYou:
                "If this was not you, do not open the link and do not pass on the code: your address stays as it is. Another person "
                + "may be signed in as you, so change your password."),
        german: MailWords(
            subject: "Bestätigen Sie, dass Sie Ihre E-Mail-Adresse für {{app}} ändern",
            opening:
                "{{address}} soll als E-Mail-Adresse Ihres Kontos bei {{app}} ersetzt werden"
                + "{{#new_address}}, und zwar durch {{new_address}}{{/new_address}}. Beide Adressen müssen die Änderung "
                + "bestätigen.",
            action: .init(caption: "Änderung bestätigen", purpose: "Um die Änderung zu bestätigen"),
            ifNotYou:
                "Wenn Sie das nicht waren, öffnen Sie den Link nicht und geben Sie den Code nicht weiter: Ihre Adresse bleibt, wie sie "
                + "ist. Vielleicht ist ein anderer mit Ihrem Konto angemeldet; ändern Sie Ihr Passwort."))

    /// The default words of the mail to the address that a user is to have.
    public static let supabaseEmailChangeNew = MailTemplate(
        name: "supabase_email_change_new", action: .supabase,
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

    /// The default words of the mail with the code that proves who the user is.
    public static let supabaseReauthentication = MailTemplate(
        name: "supabase_reauthentication", action: .supabase, wordsOf: .reauthentication)

    /// The default words of ``MailMessage/administratorActed(act:)``.
    public static let administratorActed = MailTemplate(
        name: "administrator_acted", details: ["did_password", "did_link", "did_address"],
        english: MailWords(
            subject: "An administrator changed your {{app}} account",
            opening:
                "An administrator of {{app}} "
                + "{{#did_password}}set a new password for you{{/did_password}}"
                + "{{#did_link}}created a sign-in link for you{{/did_link}}"
                + "{{#did_address}}changed your email address{{/did_address}}"
                + "{{^did_password}}{{^did_link}}{{^did_address}}changed your data{{/did_address}}{{/did_link}}{{/did_password}}.",
            ifNotYou: "If you did not expect this change, contact {{app}} support now."),
        german: MailWords(
            subject: "Die Verwaltung hat Ihr Konto bei {{app}} geändert",
            opening:
                "Die Verwaltung von {{app}} hat "
                + "{{#did_password}}ein neues Passwort für Sie gesetzt{{/did_password}}"
                + "{{#did_link}}einen Anmelde-Link für Sie erstellt{{/did_link}}"
                + "{{#did_address}}Ihre E-Mail-Adresse geändert{{/did_address}}"
                + "{{^did_password}}{{^did_link}}{{^did_address}}Ihre Daten geändert{{/did_address}}{{/did_link}}{{/did_password}}.",
            ifNotYou: "Wenn Sie das nicht erwartet haben, wenden Sie sich sofort an die Betreiber von {{app}}."))
}
