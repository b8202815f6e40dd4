// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// What the pages of one action say in one language; `{app}` and `{address}` are filled in.
struct ActionWords {
    /// The title and heading of the page with the form.
    let title: String
    /// The action, as it is named among what was asked for.
    let act: String
    /// What the button does, before it is pressed.
    let introduction: String
    let button: String
    let doneTitle: String
    let done: String

    static func of(_ action: MailedAction, in language: Language) -> ActionWords {
        switch language {
        case .english: english(action)
        case .german: german(action)
        }
    }

    private static func english(_ action: MailedAction) -> ActionWords {
        switch action {
        case .verifyAddress:
            ActionWords(
                title: "Confirm your address", act: "Confirm an email address",
                introduction: "Confirm that {address} is your address for {app}.", button: "Confirm this address",
                doneTitle: "Your address is confirmed", done: "{address} is confirmed as your address for {app}.")
        case .resetPassword:
            ActionWords(
                title: "Choose a new password", act: "Reset the password",
                introduction: "Choose a new password for {app}. All of your devices are signed out then.",
                button: "Set the new password", doneTitle: "Your password is set",
                done:
                    "Your new password is set, and all of your devices were signed out. Sign in with the new password.")
        case .changeAddress:
            ActionWords(
                title: "Confirm your new address", act: "Change the email address",
                introduction:
                    "{address} becomes the address of your account when you confirm it. Until then the old one stays.",
                button: "Confirm the new address", doneTitle: "Your address was changed",
                done: "{address} is your address for {app} from now on.")
        case .undoAddressChange:
            ActionWords(
                title: "Undo the change of your address", act: "Change of the email address",
                introduction:
                    "This restores {address} as your address and what was replaced after the change, such as your password, and "
                    + "signs out all devices.",
                button: "Undo the change", doneTitle: "The change was undone",
                done: "{address} is your address for {app} again, and all devices were signed out. Sign in again.")
        case .signIn:
            ActionWords(
                title: "Sign in", act: "Sign in without a password",
                introduction: "You will be signed in to {app} in this browser, and in no other.", button: "Sign in",
                doneTitle: "You are signed in", done: "You are signed in to {app} in this browser.")
        case .acceptInvitation:
            ActionWords(
                title: "Accept your invitation", act: "Invitation",
                introduction: "You are invited to {app}. Choose a password to accept the invitation.",
                button: "Accept the invitation", doneTitle: "Welcome to {app}",
                done: "Your account is ready. Sign in with {address} and your password.")
        case .unlock:
            ActionWords(
                title: "Make this browser known", act: "Sign in from an unknown device",
                introduction:
                    "After many failed sign-ins, {app} refuses sign-ins to your account from unknown devices. Make this browser "
                    + "known, and you can sign in here as usual.",
                button: "Make this browser known", doneTitle: "This browser is known now",
                done: "You are not signed in yet: sign in to {app} in this browser as usual.")
        case .reauthenticate:
            ActionWords(
                title: "Confirm that it is you", act: "Confirm who you are",
                introduction: "Confirm that it is you who is signed in to {app}.", button: "Confirm",
                doneTitle: "You have confirmed that it is you", done: "Go on in {app} where you were asked.")
        case .supabase:
            ActionWords(
                title: "Confirm in {app}", act: "Confirm a request",
                introduction: "Confirm what was asked for at {app} with {address}.", button: "Confirm",
                doneTitle: "It is confirmed", done: "Go on in {app}.")
        case .report:
            ActionWords(
                title: "Say that this was not you", act: "Report",
                introduction:
                    "If you did not ask for this, end it here: the link and the code in the message stop working. Nothing else "
                    + "changes.",
                button: "This was not me", doneTitle: "The link and the code no longer work",
                done:
                    "Nothing else was changed. If you get more messages that you did not ask for, change your password."
            )
        }
    }

    private static func german(_ action: MailedAction) -> ActionWords {
        switch action {
        case .verifyAddress:
            ActionWords(
                title: "Bestätigen Sie Ihre Adresse", act: "E-Mail-Adresse bestätigen",
                introduction: "Bestätigen Sie, dass {address} Ihre Adresse für {app} ist.",
                button: "Adresse bestätigen",
                doneTitle: "Ihre Adresse ist bestätigt", done: "{address} ist als Ihre Adresse für {app} bestätigt.")
        case .resetPassword:
            ActionWords(
                title: "Wählen Sie ein neues Passwort", act: "Passwort zurücksetzen",
                introduction: "Wählen Sie ein neues Passwort für {app}. Danach sind alle Ihre Geräte abgemeldet.",
                button: "Neues Passwort speichern", doneTitle: "Ihr Passwort ist gespeichert",
                done:
                    "Ihr neues Passwort ist gespeichert, und alle Ihre Geräte wurden abgemeldet. Melden Sie sich mit dem neuen "
                    + "Passwort an.")
        case .changeAddress:
            ActionWords(
                title: "Bestätigen Sie Ihre neue Adresse", act: "E-Mail-Adresse ändern",
                introduction:
                    "{address} wird die Adresse dieses Kontos, wenn Sie sie bestätigen. Bis dahin bleibt es bei der alten.",
                button: "Neue Adresse bestätigen", doneTitle: "Ihre Adresse wurde geändert",
                done: "{address} ist von nun an Ihre Adresse für {app}.")
        case .undoAddressChange:
            ActionWords(
                title: "Machen Sie die Änderung Ihrer Adresse rückgängig",
                act: "Änderung der E-Mail-Adresse",
                introduction:
                    "Damit ist {address} wieder Ihre Adresse. Was nach der Änderung ersetzt wurde, etwa Ihr Passwort, wird "
                    + "wiederhergestellt, und alle Geräte werden abgemeldet.",
                button: "Änderung rückgängig machen", doneTitle: "Die Änderung ist rückgängig gemacht",
                done:
                    "{address} ist wieder Ihre Adresse für {app}, und alle Geräte wurden abgemeldet. Melden Sie sich neu an."
            )
        case .signIn:
            ActionWords(
                title: "Anmelden", act: "Ohne Passwort anmelden",
                introduction: "Sie werden in diesem Browser bei {app} angemeldet, und in keinem anderen.",
                button: "In diesem Browser anmelden", doneTitle: "Sie sind angemeldet",
                done: "Sie sind in diesem Browser bei {app} angemeldet.")
        case .acceptInvitation:
            ActionWords(
                title: "Nehmen Sie Ihre Einladung an", act: "Einladung",
                introduction: "Sie sind zu {app} eingeladen. Wählen Sie ein Passwort, um die Einladung anzunehmen.",
                button: "Einladung annehmen", doneTitle: "Willkommen bei {app}",
                done: "Ihr Konto ist bereit. Melden Sie sich mit {address} und Ihrem Passwort an.")
        case .unlock:
            ActionWords(
                title: "Machen Sie diesen Browser bekannt", act: "Von einem unbekannten Gerät anmelden",
                introduction:
                    "Nach vielen fehlgeschlagenen Anmeldungen lehnt {app} Anmeldungen bei diesem Konto von unbekannten Geräten ab. "
                    + "Machen Sie diesen Browser bekannt, dann können Sie sich hier wie gewohnt anmelden.",
                button: "Browser bekannt machen", doneTitle: "Dieser Browser ist jetzt bekannt",
                done: "Sie sind noch nicht angemeldet: Melden Sie sich in diesem Browser wie gewohnt bei {app} an.")
        case .reauthenticate:
            ActionWords(
                title: "Bestätigen Sie, dass Sie es sind", act: "Identität bestätigen",
                introduction: "Bestätigen Sie, dass Sie es sind, der bei {app} angemeldet ist.", button: "Bestätigen",
                doneTitle: "Sie haben sich bestätigt", done: "Machen Sie in {app} dort weiter, wo Sie gefragt wurden.")
        case .supabase:
            ActionWords(
                title: "In {app} bestätigen", act: "Anfrage bestätigen",
                introduction: "Bestätigen Sie, was bei {app} mit {address} angefragt wurde.", button: "Bestätigen",
                doneTitle: "Es ist bestätigt", done: "Machen Sie in {app} weiter.")
        case .report:
            ActionWords(
                title: "Sagen Sie uns, dass Sie das nicht waren", act: "Meldung",
                introduction:
                    "Wenn Sie nicht darum gebeten haben, beenden Sie es hier: Der Link und der Code in der Nachricht funktionieren "
                    + "dann nicht mehr. Sonst ändert sich nichts.",
                button: "Das war ich nicht", doneTitle: "Der Link und der Code funktionieren nicht mehr",
                done:
                    "Sonst wurde nichts geändert. Wenn Sie weitere Nachrichten bekommen, um die Sie nicht gebeten haben, ändern "
                    + "Sie Ihr Passwort.")
        }
    }
}
