// SPDX-License-Identifier: Apache-2.0

import AuthService

/// The three parts of one mail; a raw value is the middle of the name of a file that overrides it.
///
/// Nothing is fetched when a mail is read: no image, no style sheet, no counting link.
enum MailTemplatePart: String, CaseIterable, Sendable {
    case subject
    case text
    case html

    /// The part's Mustache source, made of a template's own words.
    func source(of template: MailTemplate) -> String {
        switch self {
        case .subject: template.subject
        case .text: Self.text(template)
        case .html: Self.html(template)
        }
    }

    private static let greeting = "Hello{{#name}} {{name}}{{/name}},"
    private static let lifetime =
        "{{#link}}The link contains the code. {{/link}}The code is valid for {{expiry}} and works once."
    private static let codeWithLink = "If the page asks for a code, enter:"

    private static func codeAlone(_ action: MailTemplate.Action) -> String {
        "\(action.purpose), enter this code in {{app}}:"
    }

    private static func text(_ template: MailTemplate) -> String {
        var paragraphs = [greeting, template.opening]
        if !template.facts.isEmpty { paragraphs += [template.facts.joined(separator: "\n")] }
        if let action = template.action {
            // A section tag alone on its line leaves no line behind.
            paragraphs += [
                """
                {{#link}}
                \(action.purpose), open this link:

                {{link}}

                \(codeWithLink)
                {{/link}}
                {{^link}}
                \(codeAlone(action))
                {{/link}}
                """
            ]
            paragraphs += ["{{token}}", lifetime]
        }
        paragraphs += [template.ifNotYou, "{{app}}"]
        return paragraphs.joined(separator: "\n\n") + "\n"
    }

    private static func html(_ template: MailTemplate) -> String {
        var paragraphs = [greeting, template.opening]
        if !template.facts.isEmpty { paragraphs += [template.facts.joined(separator: "<br>\n")] }
        if let action = template.action {
            paragraphs += [
                "{{#link}}<a href=\"{{link}}\">\(action.caption)</a>. \(codeWithLink){{/link}}"
                    + "{{^link}}\(codeAlone(action)){{/link}}"
            ]
            paragraphs += ["<code>{{token}}</code>", lifetime]
        }
        paragraphs += [template.ifNotYou, "{{app}}"]
        let body = paragraphs.map { "<p>\($0)</p>" }.joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>\(template.subject)</title></head>
            <body>
            \(body)
            </body>
            </html>

            """
    }
}
