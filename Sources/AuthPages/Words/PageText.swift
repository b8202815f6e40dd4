// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The texts that pages of several actions have; names in braces are filled in.
enum PageText: CaseIterable, Hashable {
    // What was asked for.
    case user, act, time, device, network, notKnown
    // Before the fields.
    case openedElsewhere, typeCodeElsewhere, typeCodeToReport, orPassword, undoWithPassword
    // Fields.
    case codeLabel, codeHint, passwordLabel, passwordHint, currentPasswordLabel, currentPasswordHint
    // The page that waits for a code.
    case codeEntryTitle, codeEntry, codeEntrySent, codeOnlyHere, waiting
    // The page of an invitation for a user who has a password.
    case invitationOfUser
    // Faults.
    case errorTitle, notDone
    case codeMissing, codeWrong, codeWrongLastTry, codeExpired, codeVoided, openWhereAsked, askInviter
    case passwordMissing, passwordTooShort, passwordTooLong, passwordGuessable, passwordBreached, passwordTooSimple
    case currentPasswordWrong, unavailable
    // Below the forms.
    case ifNotYou, ifYou, notMe
    // Links that lead to nothing.
    case usedTitle, used, expiredTitle, expired, endedTitle, ended, unknownTitle, unknown, nothingChanged
    // At the end.
    case doneElsewhere, closePage, `continue`

    func text(in language: Language) -> String {
        switch language {
        case .english: english
        case .german: german
        }
    }

    private var english: String {
        switch self {
        case .user: "Account"
        case .act: "Asked for"
        case .time: "Time"
        case .device: "Device"
        case .network: "Network"
        case .notKnown: "not known"
        case .openedElsewhere:
            "This was asked for in another browser. Your password stays the same until you set a new one here."
        case .typeCodeElsewhere:
            "This was asked for in another browser. To go on in this one, type the code from the message."
        case .typeCodeToReport: "Type the code from the message, so that only its reader can end this."
        case .orPassword: "Or set a new password"
        case .undoWithPassword: "Undo the change and set this password"
        case .codeLabel: "Code from the message"
        case .codeHint: "8 letters and digits. It makes no difference whether letters are capital or small."
        case .passwordLabel: "New password"
        case .passwordHint:
            "At least {count} characters. Several words in a row are easy to remember and hard to guess."
        case .currentPasswordLabel: "Your password (optional)"
        case .currentPasswordHint:
            "Type your password to keep it. Otherwise it may be removed, because a stranger could have set it. You can then choose a "
                + "new one."
        case .codeEntryTitle: "Look into your mailbox"
        case .codeEntry:
            "If {address} belongs to an account, it gets a message from {app} with a link and a code within a few minutes."
        case .invitationOfUser:
            "You are invited to {app}. Type the code from the message to accept the invitation; your password stays as it is."
        case .codeEntrySent: "A message from {app} with a link and a code is on its way to {address}."
        case .codeOnlyHere: "Type the code on this page, and on no other. Do not pass it on."
        case .waiting: "In a moment, this page asks for the code of the message. It opens by itself."
        case .errorTitle: "Error: {title}"
        case .notDone: "Nothing was changed yet:"
        case .codeMissing: "Type the code from the message."
        case .codeWrong: "This code is wrong. Compare it with the message; you have {count} more tries."
        case .codeWrongLastTry: "This code is wrong. Compare it with the message; you have one more try."
        case .codeExpired: "This code is too old. Ask for a new message."
        case .codeVoided:
            "Too many wrong codes were typed, so the code of this message no longer works."
        case .openWhereAsked: "Open its link in the browser in which you asked for it, or ask for a new message."
        case .askInviter: "Ask for the invitation to be sent again."
        case .passwordMissing: "Type a new password."
        case .passwordTooShort: "This password is too short: it needs at least {count} characters."
        case .passwordTooLong: "This password is too long: it may have at most {count} bytes."
        case .passwordGuessable:
            "This password is easy to guess. Choose one that is not a common word, a pattern or your name."
        case .passwordBreached: "This password is known from a data breach. Choose another one."
        case .passwordTooSimple: "This password needs a digit or a symbol, or more characters."
        case .currentPasswordWrong:
            "This is not your password. Type it again, or leave the field empty."
        case .unavailable: "This does not work just now. Please try again in a few minutes."
        case .ifNotYou: "If you did not ask for this, or do not want it, close this page; nothing changes."
        case .ifYou: "If you changed the address yourself, close this page; nothing changes."
        case .notMe: "Say that this was not you"
        case .usedTitle: "This link was used or ended"
        case .used:
            "Each link works once, and ends when another message is used, a password is set or you say that it was not you. If you "
                + "did none of this, change your password."
        case .expiredTitle: "This link is too old"
        case .expired: "Links work for a limited time. Ask for a new message."
        case .endedTitle: "This link no longer works"
        case .ended:
            "It was ended: by another message that was used, by a change that was made since, or by a report that it was not asked "
                + "for."
        case .unknownTitle: "This link does not work"
        case .unknown: "It may have been cut off. Open the whole link from the message, or ask for a new message."
        case .nothingChanged: "Opening it has changed nothing."
        case .doneElsewhere: "The browser in which this was asked for is told that it is done, and gets nothing more."
        case .closePage: "You can close this page."
        case .continue: "Continue to {app}"
        }
    }

    private var german: String {
        switch self {
        case .user: "Konto"
        case .act: "Angefragt"
        case .time: "Zeit"
        case .device: "Gerät"
        case .network: "Netz"
        case .notKnown: "nicht bekannt"
        case .openedElsewhere:
            "Das wurde in einem anderen Browser angefragt. Ihr Passwort bleibt, wie es ist, bis Sie hier ein neues speichern."
        case .typeCodeElsewhere:
            "Das wurde in einem anderen Browser angefragt. Um in diesem fortzufahren, geben Sie den Code aus der Nachricht ein."
        case .typeCodeToReport: "Geben Sie den Code aus der Nachricht ein, damit nur ihr Leser das beenden kann."
        case .orPassword: "Oder wählen Sie ein neues Passwort"
        case .undoWithPassword: "Rückgängig machen und dieses Passwort speichern"
        case .codeLabel: "Code aus der Nachricht"
        case .codeHint: "8 Buchstaben und Ziffern. Ob groß oder klein geschrieben, spielt keine Rolle."
        case .passwordLabel: "Neues Passwort"
        case .passwordHint:
            "Mindestens {count} Zeichen. Mehrere Wörter hintereinander sind leicht zu merken und schwer zu erraten."
        case .currentPasswordLabel: "Ihr Passwort (optional)"
        case .currentPasswordHint:
            "Geben Sie Ihr Passwort ein, um es zu behalten. Sonst wird es vielleicht entfernt, denn ein Fremder könnte es gesetzt "
                + "haben. Sie können dann ein neues wählen."
        case .codeEntryTitle: "Sehen Sie in Ihr Postfach"
        case .codeEntry:
            "Wenn {address} zu einem Konto gehört, kommt dort in wenigen Minuten eine Nachricht von {app} mit einem Link und einem "
                + "Code an."
        case .invitationOfUser:
            "Sie sind zu {app} eingeladen. Geben Sie den Code aus der Nachricht ein, um die Einladung anzunehmen; Ihr Passwort "
                + "bleibt, wie es ist."
        case .codeEntrySent: "Eine Nachricht von {app} mit einem Link und einem Code ist unterwegs an {address}."
        case .codeOnlyHere:
            "Geben Sie den Code auf dieser Seite ein, und auf keiner anderen. Geben Sie ihn nicht weiter."
        case .waiting: "Gleich fragt diese Seite nach dem Code der Nachricht. Sie öffnet sich von selbst."
        case .errorTitle: "Fehler: {title}"
        case .notDone: "Es wurde noch nichts geändert:"
        case .codeMissing: "Geben Sie den Code aus der Nachricht ein."
        case .codeWrong:
            "Dieser Code ist falsch. Vergleichen Sie ihn mit der Nachricht; Sie haben noch {count} Versuche."
        case .codeWrongLastTry:
            "Dieser Code ist falsch. Vergleichen Sie ihn mit der Nachricht; Sie haben noch einen Versuch."
        case .codeExpired: "Dieser Code ist zu alt. Fordern Sie eine neue Nachricht an."
        case .codeVoided:
            "Es wurden zu viele falsche Codes eingegeben, deshalb funktioniert der Code dieser Nachricht nicht mehr."
        case .openWhereAsked:
            "Öffnen Sie ihren Link in dem Browser, in dem Sie sie angefordert haben, oder fordern Sie eine neue Nachricht an."
        case .askInviter: "Bitten Sie darum, dass Ihnen die Einladung noch einmal gesendet wird."
        case .passwordMissing: "Geben Sie ein neues Passwort ein."
        case .passwordTooShort: "Dieses Passwort ist zu kurz: Es braucht mindestens {count} Zeichen."
        case .passwordTooLong: "Dieses Passwort ist zu lang: Es darf höchstens {count} Byte haben."
        case .passwordGuessable:
            "Dieses Passwort ist leicht zu erraten. Wählen Sie eines, das kein häufiges Wort, kein Muster und nicht Ihr Name ist."
        case .passwordBreached: "Dieses Passwort ist aus einem Datenleck bekannt. Wählen Sie ein anderes."
        case .passwordTooSimple: "Dieses Passwort braucht eine Ziffer oder ein Sonderzeichen, oder mehr Zeichen."
        case .currentPasswordWrong:
            "Das ist nicht Ihr Passwort. Geben Sie es noch einmal ein, oder lassen Sie das Feld leer."
        case .unavailable: "Das geht im Moment nicht. Bitte versuchen Sie es in ein paar Minuten noch einmal."
        case .ifNotYou:
            "Wenn Sie nicht darum gebeten haben oder es nicht möchten, schließen Sie diese Seite; es ändert sich nichts."
        case .ifYou: "Wenn Sie die Adresse selbst geändert haben, schließen Sie diese Seite; es ändert sich nichts."
        case .notMe: "Sagen Sie uns, dass Sie es nicht waren"
        case .usedTitle: "Dieser Link wurde benutzt oder beendet"
        case .used:
            "Jeder Link funktioniert einmal und endet auch, wenn eine andere Nachricht benutzt oder ein Passwort gesetzt wird, oder "
                + "wenn Sie melden, dass Sie es nicht waren. Wenn Sie nichts davon getan haben, ändern Sie Ihr Passwort."
        case .expiredTitle: "Dieser Link ist zu alt"
        case .expired: "Links funktionieren nur eine begrenzte Zeit. Fordern Sie eine neue Nachricht an."
        case .endedTitle: "Dieser Link funktioniert nicht mehr"
        case .ended:
            "Er wurde beendet: durch eine andere Nachricht, die benutzt wurde, durch eine Änderung seither oder durch die Meldung, "
                + "dass niemand darum gebeten hat."
        case .unknownTitle: "Dieser Link funktioniert nicht"
        case .unknown:
            "Vielleicht wurde er abgeschnitten. Öffnen Sie den ganzen Link aus der Nachricht, oder fordern Sie eine neue an."
        case .nothingChanged: "Ihn zu öffnen hat nichts geändert."
        case .doneElsewhere: "Der Browser, in dem das angefragt wurde, erfährt nur, dass es erledigt ist."
        case .closePage: "Sie können diese Seite schließen."
        case .continue: "Weiter zu {app}"
        }
    }
}
