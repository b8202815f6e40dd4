// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Foundation
import Testing

@testable import AuthDelivery
@testable import AuthService

@Suite("Mail templates")
struct MailTemplatesTests {
    /// The templates without a folder, compiled once for all tests.
    private static let builtIn = Result { () throws(MailTemplateError) in try MailTemplates() }

    @Test("a reset mail has the app, the code, its lifetime and what to do if it was not you")
    func resetWords() throws {
        let mail = try compose(.passwordReset(token: MailToken("prt_1"), validFor: .seconds(3600)), name: "Ada")

        #expect(mail.subject.readable == "Reset your Shop password")
        #expect(
            mail.text == """
                Hello Ada,

                We received a request to reset your Shop password.

                To choose a new password, enter this code in Shop:

                prt_1

                The code is valid for 1 hour and works once.

                If this was not you, ignore this message; your password stays the same.

                Shop

                """)
    }

    @Test("a link stands on its own line and carries the token in its fragment")
    func linkLine() throws {
        let link = try #require(MailLink("https://app.example.test/verify?lang=en"))
        let composer = MailComposer(appName: "Shop", templates: try Self.builtIn.get(), verificationLink: link)
        let message = MailMessage.emailVerification(token: MailToken("t/1+="), validFor: .seconds(86_400))

        let mail = composer.compose(OutgoingMail(recipient: try ada, recipientName: nil, message: message))

        #expect(mail.text.contains("\n\nTo confirm this address, open this link:\n\nhttps://"))
        #expect(mail.text.contains("\nhttps://app.example.test/verify?lang=en#token=t%2F1%2B%3D\n\nIf the page asks"))
        #expect(mail.text.contains(" for a code, enter:\n\nt/1+=\n\nThe link contains the code. The code is valid"))
        #expect(!mail.text.contains("enter this code in Shop"))
        #expect(
            mail.html?.contains("<a href=\"https://app.example.test/verify?lang=en#token=t%2F1%2B%3D\">") == true)
    }

    @Test(
        "a mail to confirm who the user is has the code, where alone it belongs, and no link",
        arguments: Language.allCases)
    func reauthentication(_ language: Language) throws {
        let code = MailedCode(MailToken("K7QF-2MXD"), validFor: .seconds(600))
        let composer = MailComposer(
            appName: "Shop", templates: try Self.builtIn.get(),
            pages: ActionLinks(publicURL: "https://auth.example.test"))
        let mail = composer.compose(
            OutgoingMail(
                recipient: try ada, recipientName: nil, language: language.tag, message: .reauthentication(code: code)))

        let words =
            switch language {
            case .english:
                ["To confirm that it is you, use this code:", "Type it only on the page where you asked for it."]
            case .german:
                [
                    "verwenden Sie diesen Code:",
                    "Geben Sie ihn nur auf der Seite ein, auf der Sie ihn angefordert haben.",
                ]
            }
        for part in words + ["\n\nK7QF-2MXD\n\n"] { #expect(mail.text.contains(part), "\(part)") }
        for part in [mail.text, try #require(mail.html)] {
            #expect(!part.contains("http") && !part.contains("token"))
        }
    }

    @Test("every message has text, no unrendered tag and no remote content", arguments: MailTemplate.all)
    func everyMessage(_ template: MailTemplate) throws {
        for language in Language.allCases {
            let message =
                template.action == nil
                ? MailMessage(template) : MailMessage(template, token: MailToken("t"), validFor: .seconds(60))
            let mail = try compose(message, name: nil, language)
            let html = try #require(mail.html)

            #expect(!mail.subject.isEmpty)
            switch language {
            case .english:
                #expect(mail.text.hasPrefix("Hello,\n\n"))
                #expect(
                    mail.text.contains("If this was not you, ") || mail.text.contains("If you did not expect this "))
            case .german:
                #expect(mail.text.hasPrefix("Hallo,\n\n"))
                #expect(
                    mail.text.contains("Wenn Sie das nicht waren, ") || mail.text.contains("nicht erwartet haben, "))
            }
            #expect(html.contains("<html lang=\"\(language.rawValue)\">"))
            for part in [mail.subject.readable, mail.text, html] {
                #expect(!part.contains("{{") && !part.contains("}}"))
            }
            for remote in ["<img", "<link", "<script", "<style", "src=", "http", "url("] {
                #expect(!html.contains(remote))
            }
            // Dark or light as the reader's program is: it names no colour of its own.
            #expect(html.contains("<meta name=\"color-scheme\" content=\"light dark\">"))
            #expect(!html.contains("#") && !html.contains("color:"))
        }
    }

    @Test(
        "every message has words of its own in every language, and an action has them too", arguments: MailTemplate.all)
    func words(_ template: MailTemplate) {
        var seen: Set<String> = []
        for language in Language.allCases {
            let words = template.words(in: language)
            #expect((words.action == nil) == (template.action == nil))
            let texts = [words.subject, words.opening, words.ifNotYou]
            for text in texts + [words.action?.caption, words.action?.purpose].compactMap(\.self) {
                #expect(!text.isEmpty)
                #expect(seen.insert(text).inserted, "\(text)")
            }
            for text in texts.dropFirst() { #expect(text.hasSuffix("."), "\(text)") }
        }
    }

    @Test("a link that comes with a message stands in place of a page's, and its code belongs in the application")
    func ownLink() throws {
        let message = MailMessage(
            .supabaseMagicLink, token: MailToken("aot_1"), validFor: .seconds(3_600),
            code: MailedCode(MailToken("01234567"), validFor: .seconds(600)),
            link: MailToken("https://auth.example.test/auth/v1/verify?token=pkce_aot_1&type=magiclink"))
        let composer = MailComposer(
            appName: "Shop", templates: try Self.builtIn.get(),
            pages: ActionLinks(publicURL: "https://auth.example.test"))

        let mail = composer.compose(OutgoingMail(recipient: try ada, recipientName: nil, message: message))

        #expect(mail.text.contains("\n\nhttps://auth.example.test/auth/v1/verify?token=pkce_aot_1&type=magiclink\n\n"))
        #expect(mail.text.contains("\n\n01234567\n\n") && mail.text.contains("Type it only in Shop itself."))
        #expect(!mail.text.contains("/actions/"))
        #expect(mail.html?.contains("verify?token=pkce_aot_1&amp;type=magiclink") == true)
    }

    @Test("a notice of what an administrator did names it, and nothing else")
    func administratorActed() throws {
        for (act, words) in [
            ("password", "set a new password for you."), ("link", "created a sign-in link for you."),
            ("address", "changed your email address."), ("another", "changed your data."),
        ] {
            let mail = try compose(.administratorActed(act: act), name: nil, .english)
            #expect(mail.text.contains("An administrator of Shop \(words)"), "\(mail.text)")
        }
    }

    @Test("each action has a message that carries it")
    func actions() {
        // A report is made on a page that any of the others leads to.
        #expect(Set(MailTemplate.all.compactMap(\.action)) == Set(MailedAction.allCases).subtracting([.report]))
    }

    @Test("a mail with link and code says when and where it was asked for, and where alone the code belongs")
    func linkAndCode() throws {
        let mail = try resetWithCode(.english, ActionLinks(publicURL: "https://auth.example.test/"))

        #expect(
            mail.text == """
                Hello,

                We received a request to reset your Shop password.

                Device: Firefox on Linux
                Network: IP address 192.0.2.x
                Time: 1 March 2026, 12:00 UTC

                To choose a new password, open this link:

                https://auth.example.test/actions/reset?token=t%2F1

                The link is valid for 1 hour and works once.

                Or use this code:

                K7QF-2MXD

                The code is valid for 10 minutes. Type it only on the page where you asked for it, or on the page that the \
                link opens. Do not pass it on.

                If this was not you, ignore this message; your password stays the same.

                Shop

                """)
        let html = try #require(mail.html)
        #expect(
            html.contains("<a href=\"https://auth.example.test/actions/reset?token=t%2F1\">Choose a new password</a>."))
        #expect(html.contains(">K7QF-2MXD</code>"))
        #expect(html.contains("Type it only on the page where you asked for it, or on the page that the link opens."))
    }

    @Test("a code without a link is typed only where it was asked for")
    func codeAlone() throws {
        let mail = try resetWithCode(.english, nil)

        #expect(mail.text.contains("\n\nTo choose a new password, use this code:\n\nK7QF-2MXD\n\nThe code is valid"))
        #expect(
            mail.text.contains(" 10 minutes. Type it only on the page where you asked for it. Do not pass it on.\n"))
        #expect(!mail.text.contains("link") && !mail.text.contains("t/1"))
        #expect(mail.html?.contains("<p>To choose a new password, use this code:</p>") == true)
    }

    @Test("the same in German")
    func german() throws {
        let mail = try resetWithCode(.german, ActionLinks(publicURL: "https://auth.example.test"))

        #expect(mail.subject.readable == "Ihr Passwort für Shop zurücksetzen")
        #expect(
            mail.text == """
                Hallo,

                Jemand hat darum gebeten, Ihr Passwort für Shop zurückzusetzen.

                Gerät: Firefox unter Linux
                Netz: IP-Adresse 192.0.2.x
                Zeit: 1. März 2026, 12:00 Uhr (UTC)

                Um ein neues Passwort zu wählen, öffnen Sie diesen Link:

                https://auth.example.test/actions/reset?token=t%2F1

                Der Link gilt 1 Stunde lang und nur einmal.

                Oder verwenden Sie diesen Code:

                K7QF-2MXD

                Der Code gilt 10 Minuten lang. Geben Sie ihn nur auf der Seite ein, auf der Sie ihn angefordert haben, oder auf \
                der Seite, die der Link öffnet. Geben Sie ihn nicht weiter.

                Wenn Sie das nicht waren, ignorieren Sie diese Nachricht; Ihr Passwort bleibt, wie es ist.

                Shop

                """)
    }

    @Test(
        "the code of a mail that its recipient did not ask for belongs on the page that the link opens, and nowhere else"
    )
    func codeOfUnaskedMail() throws {
        for (message, links) in [
            (MailMessage.addressUndo(token: MailToken("t"), validFor: .seconds(60), code: code), true),
            (.invitation(token: MailToken("t"), validFor: .seconds(60), code: code, inviter: nil), true),
            (.addressUndo(token: MailToken("t"), validFor: .seconds(60), code: code), false),
        ] {
            let composer = MailComposer(
                appName: "Shop", templates: try Self.builtIn.get(),
                pages: links ? ActionLinks(publicURL: "https://auth.example.test") : nil)
            let mail = composer.compose(OutgoingMail(recipient: try ada, recipientName: nil, message: message))

            let place = links ? "Type it only on the page that the link opens. " : "Type it only in Shop itself. "
            #expect(mail.text.contains(place))
            #expect(!mail.text.contains("asked for it"))
        }
    }

    @Test("an application's page takes the place of the service's own")
    func applicationPage() throws {
        let composer = MailComposer(
            appName: "Shop", templates: try Self.builtIn.get(), resetLink: MailLink("https://app.example.test/reset"),
            pages: ActionLinks(publicURL: "https://auth.example.test/sign/in"))
        func text(_ message: MailMessage) throws -> String {
            composer.compose(OutgoingMail(recipient: try ada, recipientName: nil, message: message)).text
        }
        let (token, hour) = (MailToken("t"), Duration.seconds(3_600))

        #expect(
            try text(.passwordReset(token: token, validFor: hour)).contains(
                "\nhttps://app.example.test/reset#token=t\n"))
        #expect(
            try text(.emailVerification(token: token, validFor: hour))
                .contains("\nhttps://auth.example.test/sign/in/actions/verify?token=t\n"))
    }

    @Test("an inviter is named, unless the name could pass for an offer or a link")
    func inviter() throws {
        for (inviter, opening) in [
            ("Grace", "Grace invites you to Shop, as the user with the address ada@example.test."),
            ("win.at/evil", "You are invited to Shop, as the user with the address ada@example.test."),
        ] {
            let message = MailMessage.invitation(token: MailToken("t"), validFor: .seconds(60), inviter: inviter)
            #expect(try compose(message, name: nil).text.contains("\n\n\(opening)\n\n"))
        }
        let message = MailMessage.invitation(token: MailToken("t"), validFor: .seconds(60), inviter: nil)
        #expect(try compose(message, name: nil, .german).text.contains("\n\nSie sind zu Shop eingeladen, als "))
    }

    @Test("the recipient's language is chosen before the default, and English where neither is there")
    func language() throws {
        let templates = try Self.builtIn.get()
        func subject(_ recipient: String?, _ fallback: String) throws -> String {
            let composer = MailComposer(
                appName: "Shop", templates: templates, defaultLanguage: try #require(LanguageTag(fallback)))
            let mail = OutgoingMail(
                recipient: try ada, recipientName: nil, language: recipient.flatMap { LanguageTag($0) },
                message: .passwordChanged)
            return composer.compose(mail).subject.readable
        }
        let (english, german) = ("Your Shop password was changed", "Ihr Passwort für Shop wurde geändert")

        #expect(try subject(nil, "en") == english)
        #expect(try subject(nil, "de") == german)
        #expect(try subject("de-AT", "en") == german)
        #expect(try subject("en", "de") == english)
        #expect(try subject("fr", "de") == german)
        #expect(try subject("fr", "ja") == english)
    }

    @Test("a file for one language replaces its part in that language, and one for all languages the others")
    func languageOverride() async throws {
        let files = [
            "password_changed.text.mustache": "all {{app}}", "password_changed.de.text.mustache": "deutsch {{app}}",
            "password_changed.fr.subject.mustache": "français", "password_changed.fr.html.mustache": "",
        ]
        try await folder(files) { folder in
            let templates = try MailTemplates(overridesIn: folder)
            func mail(_ language: String) throws -> RenderedMail {
                let composer = MailComposer(appName: "Shop", templates: templates)
                return composer.compose(
                    OutgoingMail(
                        recipient: try ada, recipientName: nil, language: try #require(LanguageTag(language)),
                        message: .passwordChanged))
            }
            #expect(try mail("de").text == "deutsch Shop")
            #expect(try mail("de").subject.readable == "Ihr Passwort für Shop wurde geändert")
            #expect(try mail("en").text == "all Shop")
            // In a language of the operator's own, the part for all languages counts.
            #expect(try mail("fr-CA") == RenderedMail(subject: HeaderText("français"), text: "all Shop", html: nil))
        }
    }

    @Test("a template in a language that is not built in sees times and lifetimes without words")
    func wordlessValues() async throws {
        let text = "{{time}} {{expiry_minutes}} {{code_expiry_minutes}} {{language}} {{code}}{{token}}"
        let files = [
            "password_reset.fr.subject.mustache": "x", "password_reset.fr.html.mustache": "",
            "password_reset.fr.text.mustache": text,
        ]
        try await folder(files) { folder in
            let composer = MailComposer(appName: "Shop", templates: try MailTemplates(overridesIn: folder))
            let mail = OutgoingMail(
                recipient: try ada, recipientName: nil, language: LanguageTag("fr"),
                origin: ActionOrigin(at: Timestamp(seconds: 1_772_366_400), from: nil),
                message: .passwordReset(token: MailToken("t"), validFor: .seconds(3_600), code: code))

            #expect(composer.compose(mail).text == "2026-03-01 12:00 UTC 60 10 fr K7QF-2MXDt")
        }
    }

    @Test("each name is used once, and every row that is declared stands in the list of its file")
    func rows() throws {
        let names = MailTemplate.all.map(\.name)
        #expect(names.sorted() == Set(names).sorted())

        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/AuthService").path
        let files = try #require(FileManager.default.enumerator(atPath: sources)).compactMap { $0 as? String }
        var declared: [String] = []
        for file in files where file.hasSuffix(".swift") {
            let text = try String(contentsOfFile: "\(sources)/\(file)", encoding: .utf8)
            declared += text.matches(of: #/= MailTemplate\(\s*name: "(\w+)"/#).map { String($0.output.1) }
        }
        #expect(declared.sorted() == names.sorted())
    }

    @Test("a message's details are filled in under their names, and cannot replace common values")
    func details() async throws {
        try await folder(["password_changed.text.mustache": "{{device}} at {{app}}"]) { folder in
            let composer = MailComposer(appName: "Shop", templates: try MailTemplates(overridesIn: folder))
            let message = MailMessage(.passwordChanged, details: ["device": "Firefox", "app": "Elsewhere"])

            let mail = composer.compose(OutgoingMail(recipient: try ada, recipientName: nil, message: message))

            #expect(mail.text == "Firefox at Shop")
        }
    }

    @Test("the mail about a new device has the device, the network and the time on lines of their own")
    func factLines() throws {
        let place = try #require(SignInPlace(source: "192.0.2.1", sourceNetwork: nil, userAgent: "curl/8.5.0"))
        let origin = ActionOrigin(at: Timestamp(seconds: 1_772_366_400), from: place)
        let mail = MailComposer(appName: "Shop", templates: try Self.builtIn.get())
            .compose(OutgoingMail(recipient: try ada, recipientName: nil, origin: origin, message: .newDevice))

        let lines = ["Device: curl", "Network: IP address 192.0.2.x", "Time: 1 March 2026, 12:00 UTC"]
        #expect(mail.text.contains("\n\n\(lines.joined(separator: "\n"))\n\n"))
        #expect(mail.html?.contains("<p>\(lines.joined(separator: "<br>\n"))</p>") == true)
    }

    @Test("values are escaped in HTML, scalar by scalar, and left alone in text")
    func escaping() throws {
        let templates = try Self.builtIn.get()
        let values = ["app": "<b>\"'&\"\u{301}", "address": "a@example.test"]

        let mail = templates.render(.passwordChanged, values)

        #expect(mail.text.contains("<b>\"'&\"\u{301}"))
        #expect(mail.html?.contains("&lt;b&gt;&quot;&#39;&amp;&quot;\u{301}") == true)
        #expect(mail.html?.unicodeScalars.contains("'") == false)
    }

    @Test("a value is never read as a template")
    func valueIsNotTemplate() throws {
        let mail = try Self.builtIn.get().render(
            .passwordChanged, ["app": "{{address}}{{{name}}}", "address": "secret"])

        #expect(mail.text.contains("Your {{address}}{{{name}}} password was"))
        #expect(!mail.text.contains("secret"))
    }

    @Test("a file in the folder replaces its part and no other")
    func override() async throws {
        try await folder(["password_changed.subject.mustache": "Neu bei {{app}}", "notes.txt": "{{"]) { folder in
            let templates = try MailTemplates(overridesIn: folder)

            let mail = templates.render(.passwordChanged, ["app": "Shop"])

            #expect(mail.subject.readable == "Neu bei Shop")
            #expect(mail.text.contains("Your Shop password was changed"))
        }
    }

    @Test("a byte order mark at the start of a file is no part of a mail")
    func byteOrderMark() async throws {
        let files = [
            "password_changed.subject.mustache": "\u{FEFF}Neu bei {{app}}",
            "password_changed.text.mustache": "\u{FEFF}Hallo\r\n",
            "password_changed.html.mustache": "\u{FEFF}",
        ]
        try await folder(files) { folder in
            let mail = try MailTemplates(overridesIn: folder).render(.passwordChanged, ["app": "Shop"])

            #expect(mail.subject.readable == "Neu bei Shop")
            #expect(mail.text.hasPrefix("Hallo") && mail.html == nil)
        }
    }

    @Test("unescaped braces in an override escape all the same")
    func tripleBraces() async throws {
        try await folder(["password_changed.html.mustache": "<p>{{{app}}}{{&app}}</p>"]) { folder in
            let templates = try MailTemplates(overridesIn: folder)

            #expect(templates.render(.passwordChanged, ["app": "<"]).html == "<p>&lt;&lt;</p>")
        }
    }

    @Test("an empty HTML file makes the message plain text")
    func plainText() async throws {
        try await folder(["password_reset.html.mustache": "\n"]) { folder in
            let templates = try MailTemplates(overridesIn: folder)

            #expect(templates.render(.passwordReset, ["token": "t"]).html == nil)
        }
    }

    struct Mistake: CustomTestStringConvertible {
        let file: String
        var content = "{{token}}"
        let error: MailTemplateError
        var testDescription: String { "\(file): \(content.prefix(20))" }
    }

    @Test(
        "a mistake in the folder is reported at the start",
        arguments: [
            Mistake(file: "password_rest.text.mustache", error: .unknownFile(name: "password_rest.text.mustache")),
            Mistake(
                file: "password_reset.text.mustache", content: "{{#token}}",
                error: .malformed(name: "password_reset.text.mustache", line: 1, .openSection)),
            Mistake(
                file: "password_reset.text.mustache", content: "Hello\n{{token}}\n{{app\n",
                error: .malformed(name: "password_reset.text.mustache", line: 4, .unfinishedTag)),
            Mistake(
                file: "password_reset.text.mustache", content: "{{token}}\n{{#link}}\n{{/app}}",
                error: .malformed(name: "password_reset.text.mustache", line: 3, .wrongSection)),
            Mistake(
                file: "password_reset.text.mustache", content: "Hello",
                error: .codeMissing(name: "password_reset.text.mustache", lines: 1)),
            Mistake(
                file: "password_reset.de.text.mustache", content: "Hallo\n{{#code}}{{code}}{{/code}}",
                error: .codeMissing(name: "password_reset.de.text.mustache", lines: 2)),
            Mistake(
                file: "email_verification.html.mustache", content: "{{^link}}{{token}}{{/link}}",
                error: .codeMissing(name: "email_verification.html.mustache", lines: 1)),
            Mistake(
                file: "password_changed.text.mustache", content: "{{app}}\n\n{{ apq }}",
                error: Self.unknown("password_changed.text.mustache", line: 3, "apq", in: .passwordChanged)),
            Mistake(
                file: "password_changed.subject.mustache", content: "{{#tokens}}x{{/tokens}}",
                error: Self.unknown("password_changed.subject.mustache", line: 1, "tokens", in: .passwordChanged)),
            Mistake(
                file: "password_changed.html.mustache", content: "\n{{{link}}}",
                error: Self.unknown("password_changed.html.mustache", line: 2, "link", in: .passwordChanged)),
            Mistake(
                file: "password_changed.html.mustache", content: "{{shouted(app)}}",
                error: Self.unknown("password_changed.html.mustache", line: 1, "shouted(app)", in: .passwordChanged)),
            Mistake(
                file: "password_changed.text.mustache", content: "{{=<% %>=}}\n<% app %>\n<%nam%>{{code}}",
                error: Self.unknown("password_changed.text.mustache", line: 3, "nam", in: .passwordChanged)),
            Mistake(
                file: "password_changed.text.mustache", content: "{{app}}\n{{> footer }}",
                error: .inclusion(name: "password_changed.text.mustache", line: 2)),
            Mistake(
                file: "password_changed.text.mustache", content: " \n",
                error: .empty(name: "password_changed.text.mustache")),
            Mistake(
                file: "password_changed.subject.mustache", content: "",
                error: .empty(name: "password_changed.subject.mustache")),
            Mistake(
                file: "password_changed.fr.text.mustache", content: "Bonjour",
                error: .partMissing(name: "password_changed.fr.subject.mustache")),
            Mistake(
                file: "password_changed.DE.text.mustache", content: "x",
                error: .unknownFile(name: "password_changed.DE.text.mustache")),
            Mistake(
                file: "password_changed.deutsch.text.mustache", content: "x",
                error: .unknownFile(name: "password_changed.deutsch.text.mustache")),
            Mistake(
                file: "password_changed.mustache", content: "x", error: .unknownFile(name: "password_changed.mustache")),
            Mistake(
                file: "password_reset.text.mustache", content: String(repeating: "x", count: 256 * 1024 + 1),
                error: .unreadableFile(name: "password_reset.text.mustache")),
        ])
    func mistake(_ mistake: Mistake) async throws {
        try await folder([mistake.file: mistake.content]) { folder in
            #expect(throws: mistake.error) { try MailTemplates(overridesIn: folder) }
        }
    }

    private static func unknown(
        _ name: String, line: Int, _ variable: String, in template: MailTemplate
    ) -> MailTemplateError {
        .unknownVariable(name: name, line: line, variable: variable, known: MailVariables.names(of: template))
    }

    @Test("a mistake is told with the file, the line and what to do")
    func sentences() {
        let error = Self.unknown("password_changed.text.mustache", line: 3, "apq", in: .passwordChanged)
        #expect(
            "\(error)"
                == "line 3 of password_changed.text.mustache shows {{apq}}, which this message does not have; it has app, "
                + "address, name, language, time, device, network")
        #expect(
            "\(MailTemplateError.malformed(name: "a.text.mustache", line: 2, .openSection))"
                == "a.text.mustache is not a Mustache template: at line 2 a section is still open")
        #expect(
            "\(MailTemplateError.codeMissing(name: "a.text.mustache", lines: 7))".hasPrefix(
                "a.text.mustache shows neither {{code}} nor {{token}} nor {{link}} in its 7 lines"))
    }

    @Test("functions, comments, dots and other delimiters are allowed")
    func allowedTags() async throws {
        let text = "{{! why }}{{uppercased(app)}} {{#name}}{{.}}{{/name}}{{=<% %>=}}<%! {{x}} %><%app%>{{x}}"
        try await folder(["password_changed.text.mustache": text]) { folder in
            let mail = try MailTemplates(overridesIn: folder).render(.passwordChanged, ["app": "Shop", "name": "Ada"])
            #expect(mail.text == "SHOP AdaShop{{x}}")
        }
    }

    @Test("a missing folder is reported at the start")
    func missingFolder() {
        #expect(throws: MailTemplateError.unreadableFolder(path: "/nonexistent/authd")) {
            try MailTemplates(overridesIn: "/nonexistent/authd")
        }
    }

    private var ada: EmailAddress { get throws { try EmailAddress("ada@example.test") } }

    private let code = MailedCode(MailToken("K7QF-2MXD"), validFor: .seconds(600))

    private func resetWithCode(_ language: Language, _ pages: ActionLinks?) throws -> RenderedMail {
        let composer = MailComposer(appName: "Shop", templates: try Self.builtIn.get(), pages: pages)
        let place = SignInPlace(
            source: "192.0.2.1", sourceNetwork: nil, userAgent: "Mozilla (X11; Linux) Firefox/140.0")
        return composer.compose(
            OutgoingMail(
                recipient: try ada, recipientName: nil, language: language.tag,
                origin: ActionOrigin(at: Timestamp(seconds: 1_772_366_400), from: place),
                message: .passwordReset(token: MailToken("t/1"), validFor: .seconds(3_600), code: code)))
    }

    private func compose(
        _ message: MailMessage, name: String?, _ language: Language = .english
    ) throws -> RenderedMail {
        MailComposer(appName: "Shop", templates: try Self.builtIn.get())
            .compose(
                OutgoingMail(recipient: try ada, recipientName: name, language: language.tag, message: message))
    }

    private func folder(_ files: [String: String], _ body: (String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            for (name, content) in files {
                try Data(content.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            }
            try await body(folder)
        }
    }
}
