// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService

/// The three parts of one mail; a raw value is part of the name of a file that overrides it.
///
/// Nothing is fetched when a mail is read: no image, no style sheet, no counting link.
enum MailTemplatePart: String, CaseIterable, Sendable {
    case subject
    case text
    case html

    /// The part's Mustache source, made of a template's own words.
    func source(of template: MailTemplate, in language: Language) -> String {
        let words = template.words(in: language)
        let phrases = MailPhrases(language, for: template.action)
        return switch self {
        case .subject: words.subject
        case .text: Self.text(words, phrases)
        case .html: Self.html(words, phrases, language)
        }
    }

    // A section tag alone on its line leaves no line behind.

    private static func text(_ words: MailWords, _ phrases: MailPhrases) -> String {
        let origin = """
            {{#time}}
            {{#device}}
            \(phrases.device) {{device}}
            \(phrases.network) {{network}}
            {{/device}}
            \(phrases.time) {{time}}

            {{/time}}
            """
        var action = ""
        if let own = words.action {
            action = """
                {{#link}}
                \(own.purpose)\(phrases.openLink)

                {{link}}

                {{/link}}
                {{#code}}
                {{#link}}
                \(phrases.linkLifetime)

                \(phrases.orCode)
                {{/link}}
                {{^link}}
                \(own.purpose)\(phrases.typeCode)
                {{/link}}

                {{code}}

                \(phrases.codeLifetime) \(phrases.codePlace)
                {{/code}}
                {{^code}}
                {{#link}}
                \(phrases.tokenBelowLink)
                {{/link}}
                {{^link}}
                \(own.purpose)\(phrases.typeToken)
                {{/link}}

                {{token}}

                \(phrases.tokenLifetime)
                {{/code}}


                """
        }
        return "\(phrases.greeting)\n\n\(words.opening)\n\n\(origin)\n\(action)\(words.ifNotYou)\n\n{{app}}\n"
    }

    private static func html(_ words: MailWords, _ phrases: MailPhrases, _ language: Language) -> String {
        var action = ""
        if let own = words.action {
            let link = "<a href=\"{{link}}\">\(own.caption)</a>."
            action = """
                {{#code}}
                {{#link}}
                <p>\(link) \(phrases.linkLifetime)</p>
                <p>\(phrases.orCode)</p>
                {{/link}}
                {{^link}}
                <p>\(own.purpose)\(phrases.typeCode)</p>
                {{/link}}
                <p><code style="font-size:1.5em">{{code}}</code></p>
                <p>\(phrases.codeLifetime) \(phrases.codePlace)</p>
                {{/code}}
                {{^code}}
                {{#link}}
                <p>\(link) \(phrases.tokenBelowLink)</p>
                {{/link}}
                {{^link}}
                <p>\(own.purpose)\(phrases.typeToken)</p>
                {{/link}}
                <p><code>{{token}}</code></p>
                <p>\(phrases.tokenLifetime)</p>
                {{/code}}

                """
        }
        // Without colours of its own, the mail has those of the reader's program, light or dark.
        return """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="supported-color-schemes" content="light dark">
            <title>\(words.subject)</title>
            </head>
            <body style="max-width:36em;margin:1em auto;padding:0 1em;font-family:sans-serif;line-height:1.5">
            <p>\(phrases.greeting)</p>
            <p>\(words.opening)</p>
            {{#time}}
            <p>{{#device}}\(phrases.device) {{device}}<br>
            \(phrases.network) {{network}}<br>
            {{/device}}\(phrases.time) {{time}}</p>
            {{/time}}
            \(action)<p>\(words.ifNotYou)</p>
            <p>{{app}}</p>
            </body>
            </html>

            """
    }
}
