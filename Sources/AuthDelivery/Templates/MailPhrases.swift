// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// What stands around the words of every mail, in one language, as Mustache.
struct MailPhrases {
    let greeting: String
    let device: String
    let network: String
    let time: String
    /// Follows the purpose of an action.
    let openLink: String
    let linkLifetime: String
    /// Introduces the code below a link.
    let orCode: String
    /// Follows the purpose of an action that has no link.
    let typeCode: String
    let codeLifetime: String
    /// Where alone the code may be typed.
    let codePlace: String
    /// Introduces the token below a link to an application's page.
    let tokenBelowLink: String
    /// Follows the purpose of an action that has neither link nor code.
    let typeToken: String
    let tokenLifetime: String

    /// The phrases of mails with an action; those of other mails do not depend on it.
    init(_ language: Language, for action: MailedAction?) {
        let isAskedFor: Bool
        switch action {
        case .undoAddressChange, .acceptInvitation, .supabase: isAskedFor = false
        case .verifyAddress, .resetPassword, .changeAddress, .signIn, .unlock, .reauthenticate, .report, nil:
            isAskedFor = true
        }
        // The page of a link of Supabase's API takes no code.
        let isOfLinkedPage = action != .supabase
        switch language {
        case .english:
            greeting = "Hello{{#name}} {{name}}{{/name}},"
            device = "Device:"
            network = "Network:"
            time = "Time:"
            openLink = ", open this link:"
            linkLifetime = "The link is valid for {{expiry}} and works once."
            orCode = "Or use this code:"
            typeCode = ", use this code:"
            codeLifetime = "The code is valid for {{code_expiry}}."
            codePlace =
                isAskedFor
                ? "Type it only on the page where you asked for it{{#link}}, or on the page that the link opens{{/link}}. "
                    + "Do not pass it on."
                : isOfLinkedPage
                    ? "Type it only {{#link}}on the page that the link opens{{/link}}{{^link}}in {{app}} itself{{/link}}. "
                        + "Do not pass it on."
                    : "Type it only in {{app}} itself. Do not pass it on."
            tokenBelowLink = "If the page asks for a code, enter:"
            typeToken = ", enter this code in {{app}}:"
            tokenLifetime =
                "{{#link}}The link contains the code. {{/link}}The code is valid for {{expiry}} and works once."
        case .german:
            greeting = "Hallo{{#name}} {{name}}{{/name}},"
            device = "Gerät:"
            network = "Netz:"
            time = "Zeit:"
            openLink = ", öffnen Sie diesen Link:"
            linkLifetime = "Der Link gilt {{expiry}} lang und nur einmal."
            orCode = "Oder verwenden Sie diesen Code:"
            typeCode = ", verwenden Sie diesen Code:"
            codeLifetime = "Der Code gilt {{code_expiry}} lang."
            codePlace =
                isAskedFor
                ? "Geben Sie ihn nur auf der Seite ein, auf der Sie ihn angefordert haben{{#link}}, oder auf der Seite, die der "
                    + "Link öffnet{{/link}}. Geben Sie ihn nicht weiter."
                : isOfLinkedPage
                    ? "Geben Sie ihn nur {{#link}}auf der Seite ein, die der Link öffnet{{/link}}{{^link}}in {{app}} selbst "
                        + "ein{{/link}}. Geben Sie ihn nicht weiter."
                    : "Geben Sie ihn nur in {{app}} selbst ein. Geben Sie ihn nicht weiter."
            tokenBelowLink = "Wenn die Seite nach einem Code fragt, geben Sie ein:"
            typeToken = ", geben Sie in {{app}} diesen Code ein:"
            tokenLifetime =
                "{{#link}}Der Link enthält den Code. {{/link}}Der Code gilt {{expiry}} lang und nur einmal."
        }
    }
}
