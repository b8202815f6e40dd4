// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// What the page of a mailed link says of its kind in one language; `{app}` and `{address}` are filled in.
struct SupabaseLinkWords: Hashable {
    /// The title and heading.
    let title: String
    /// What was asked for.
    let act: String
    /// What the button does, before it is pressed.
    let introduction: String
    let button: String

    static func of(_ kind: SupabaseMailKind, in language: Language) -> SupabaseLinkWords {
        switch language {
        case .english: english(kind)
        case .german: german(kind)
        }
    }

    private static func english(_ kind: SupabaseMailKind) -> SupabaseLinkWords {
        switch kind {
        case .signup:
            SupabaseLinkWords(
                title: "Confirm your sign-up", act: "Sign up",
                introduction: "Confirm that {address} is your address, and go on to {app}.", button: "Confirm and go on"
            )
        case .invite:
            SupabaseLinkWords(
                title: "You have been invited", act: "Invitation",
                introduction: "You are invited to {app}. Accept the invitation, and you are signed in there.",
                button: "Accept the invitation")
        case .magicLink:
            SupabaseLinkWords(
                title: "Sign in to {app}", act: "Sign in by a link",
                introduction: "You will be signed in to {app} as {address}.", button: "Sign in")
        case .recovery:
            SupabaseLinkWords(
                title: "Reset your password", act: "Reset the password",
                introduction: "You will be signed in to {app} as {address}, to choose a new password there.",
                button: "Go on")
        case .emailChangeCurrent:
            SupabaseLinkWords(
                title: "Confirm that you change your email address", act: "Change the email address",
                introduction:
                    "Your account at {app} is to get another address than {address}. Confirm that you want this.",
                button: "Confirm the change")
        case .emailChangeNew:
            SupabaseLinkWords(
                title: "Confirm your new email address", act: "Change the email address",
                introduction: "Confirm that {address} is to be the address of your account at {app}.",
                button: "Confirm the new address")
        case .reauthentication:
            SupabaseLinkWords(
                title: "Confirm that it is you", act: "Confirm who you are",
                introduction: "Confirm that it is you who is signed in to {app}.", button: "Confirm")
        }
    }

    private static func german(_ kind: SupabaseMailKind) -> SupabaseLinkWords {
        switch kind {
        case .signup:
            SupabaseLinkWords(
                title: "Bestätigen Sie Ihre Registrierung", act: "Registrieren",
                introduction: "Bestätigen Sie, dass {address} Ihre Adresse ist, und gehen Sie weiter zu {app}.",
                button: "Bestätigen und weiter")
        case .invite:
            SupabaseLinkWords(
                title: "Sie wurden eingeladen", act: "Einladung",
                introduction:
                    "Sie sind zu {app} eingeladen. Nehmen Sie die Einladung an, dann sind Sie dort angemeldet.",
                button: "Einladung annehmen")
        case .magicLink:
            SupabaseLinkWords(
                title: "Bei {app} anmelden", act: "Mit einem Link anmelden",
                introduction: "Sie werden bei {app} als {address} angemeldet.", button: "Anmelden")
        case .recovery:
            SupabaseLinkWords(
                title: "Setzen Sie Ihr Passwort zurück", act: "Passwort zurücksetzen",
                introduction: "Sie werden bei {app} als {address} angemeldet, um dort ein neues Passwort zu wählen.",
                button: "Weiter")
        case .emailChangeCurrent:
            SupabaseLinkWords(
                title: "Bestätigen Sie, dass Sie Ihre E-Mail-Adresse ändern", act: "E-Mail-Adresse ändern",
                introduction:
                    "Ihr Konto bei {app} soll eine andere Adresse als {address} bekommen. Bestätigen Sie, dass Sie das wollen.",
                button: "Änderung bestätigen")
        case .emailChangeNew:
            SupabaseLinkWords(
                title: "Bestätigen Sie Ihre neue E-Mail-Adresse", act: "E-Mail-Adresse ändern",
                introduction: "Bestätigen Sie, dass {address} die Adresse Ihres Kontos bei {app} werden soll.",
                button: "Neue Adresse bestätigen")
        case .reauthentication:
            SupabaseLinkWords(
                title: "Bestätigen Sie, dass Sie es sind", act: "Identität bestätigen",
                introduction: "Bestätigen Sie, dass Sie es sind, der bei {app} angemeldet ist.", button: "Bestätigen")
        }
    }
}
