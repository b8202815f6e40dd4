// SPDX-License-Identifier: Apache-2.0

/// The words that are sent when no override says otherwise.
///
/// Nothing is fetched when a message is read: no image, no style sheet, no counting link.
enum DefaultTemplates {
    static func source(of name: MailTemplateName, _ part: MailTemplatePart) -> String {
        let words = words(of: name)
        return switch part {
        case .subject: words.subject
        case .text: text(words)
        case .html: html(words)
        }
    }

    private struct Words {
        let subject: String
        let opening: String
        /// The link's caption and the sentence that names the lifetime; `nil` for a message without a token.
        var action: (caption: String, lifetime: String)?
        let ifNotYou: String
    }

    private static func words(of name: MailTemplateName) -> Words {
        switch name {
        case .passwordReset:
            Words(
                subject: "Reset your password at {{app}}",
                opening: "Somebody asked to reset your password at {{app}}. To choose a new one, use this code:",
                action: ("Choose a new password", "The code is valid for {{expiry}} and works once."),
                ifNotYou: "If it was not you, ignore this message: your password stays as it is.")
        case .emailVerification:
            Words(
                subject: "Confirm your address for {{app}}",
                opening: "This address was given to {{app}}. To confirm that it is yours, use this code:",
                action: ("Confirm this address", "The code is valid for {{expiry}} and works once."),
                ifNotYou: "If it was not you, ignore this message: the address stays unconfirmed.")
        case .passwordChanged:
            Words(
                subject: "Your password at {{app}} was changed",
                opening: "Your password at {{app}} was changed, and other devices were signed out.",
                ifNotYou: "If it was not you, reset your password now and tell whoever runs {{app}}.")
        case .addressAlreadyRegistered:
            Words(
                subject: "You are already registered with {{app}}",
                opening: "Somebody tried to register {{address}} with {{app}}, where it is registered already. "
                    + "Nothing was changed. If you forgot your password, ask for a reset.",
                ifNotYou: "If it was not you, ignore this message.")
        case .usernameTaken:
            Words(
                subject: "Choose another username for {{app}}",
                opening: "You registered {{address}} with {{app}}, but the username you chose is taken. "
                    + "Nothing was stored. Register again with another username.",
                ifNotYou: "If it was not you, ignore this message.")
        case .addressChanged:
            Words(
                subject: "Your address at {{app}} was changed",
                opening: "Your address at {{app}} was changed. Messages no longer go to {{address}}.",
                ifNotYou: "If it was not you, tell whoever runs {{app}} now: somebody else may be signed in as you.")
        case .refreshReused:
            Words(
                subject: "One of your devices was signed out of {{app}}",
                opening: "Something that only one of your devices should have was used twice at {{app}}, so somebody "
                    + "else may have a copy. The session that it belongs to was ended; sign in again where you miss it.",
                ifNotYou: "If it was not you, change your password: that signs out every device.")
        }
    }

    private static func text(_ words: Words) -> String {
        var paragraphs = ["Hello{{#name}} {{name}}{{/name}},", words.opening]
        if let action = words.action {
            paragraphs += ["{{token}}"]
            // A section tag alone on its line leaves no line behind.
            paragraphs += ["{{#link}}\n\(action.caption):\n{{link}}\n\n{{/link}}\n\(action.lifetime)"]
        }
        paragraphs += [words.ifNotYou, "{{app}}"]
        return paragraphs.joined(separator: "\n\n") + "\n"
    }

    private static func html(_ words: Words) -> String {
        var paragraphs = ["Hello{{#name}} {{name}}{{/name}},", words.opening]
        if let action = words.action {
            paragraphs += ["<code>{{token}}</code>"]
            paragraphs += ["{{#link}}<a href=\"{{link}}\">\(action.caption)</a>. {{/link}}\(action.lifetime)"]
        }
        paragraphs += [words.ifNotYou, "{{app}}"]
        let body = paragraphs.map { "<p>\($0)</p>" }.joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>\(words.subject)</title></head>
            <body>
            \(body)
            </body>
            </html>

            """
    }
}
