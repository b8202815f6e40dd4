// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Foundation
import Testing

@testable import AuthDelivery
@testable import AuthService

@Suite("Mail templates")
struct MailTemplatesTests {
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
        let composer = MailComposer(appName: "Shop", templates: try MailTemplates(), verificationLink: link)
        let message = MailMessage.emailVerification(token: MailToken("t/1+="), validFor: .seconds(86_400))

        let mail = composer.compose(OutgoingMail(recipient: try ada, recipientName: nil, message: message))

        #expect(mail.text.contains("\n\nTo confirm this address, open this link:\n\nhttps://"))
        #expect(mail.text.contains("\nhttps://app.example.test/verify?lang=en#token=t%2F1%2B%3D\n\nIf the page asks"))
        #expect(mail.text.contains(" for a code, enter:\n\nt/1+=\n\nThe link contains the code. The code is valid"))
        #expect(!mail.text.contains("enter this code in Shop"))
        #expect(
            mail.html?.contains("<a href=\"https://app.example.test/verify?lang=en#token=t%2F1%2B%3D\">") == true)
    }

    @Test("every message has text, no unrendered tag and no remote content", arguments: MailTemplate.all)
    func everyMessage(_ template: MailTemplate) throws {
        let message =
            template.action == nil
            ? MailMessage(template) : MailMessage(template, token: MailToken("t"), validFor: .seconds(60))
        let mail = try compose(message, name: nil)
        let html = try #require(mail.html)

        #expect(!mail.subject.isEmpty)
        #expect(mail.text.hasPrefix("Hello,\n\n"))
        #expect(mail.text.contains("If this was not you, "))
        for part in [mail.subject.readable, mail.text, html] {
            #expect(!part.contains("{{") && !part.contains("}}"))
        }
        for remote in ["<img", "<link", "<script", "<style", "src=", "http"] {
            #expect(!html.contains(remote))
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
        let mail = try compose(.newDevice(place, at: Timestamp(seconds: 1_772_366_400)), name: nil)

        let lines = ["Device: curl", "Network: IP address 192.0.2.x", "Time: 1 March 2026, 12:00 UTC"]
        #expect(mail.text.contains("\n\n\(lines.joined(separator: "\n"))\n\n"))
        #expect(mail.html?.contains("<p>\(lines.joined(separator: "<br>\n"))</p>") == true)
    }

    @Test("values are escaped in HTML, scalar by scalar, and left alone in text")
    func escaping() throws {
        let templates = try MailTemplates()
        let values = ["app": "<b>\"'&\"\u{301}", "address": "a@example.test"]

        let mail = templates.render(.passwordChanged, values)

        #expect(mail.text.contains("<b>\"'&\"\u{301}"))
        #expect(mail.html?.contains("&lt;b&gt;&quot;&#39;&amp;&quot;\u{301}") == true)
        #expect(mail.html?.unicodeScalars.contains("'") == false)
    }

    @Test("a value is never read as a template")
    func valueIsNotTemplate() throws {
        let mail = try MailTemplates().render(.passwordChanged, ["app": "{{address}}{{{name}}}", "address": "secret"])

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
                error: .malformed(name: "password_reset.text.mustache")),
            Mistake(
                file: "password_reset.text.mustache", content: "Hello",
                error: .codeMissing(name: "password_reset.text.mustache")),
            Mistake(
                file: "email_verification.html.mustache", content: "{{^link}}{{token}}{{/link}}",
                error: .codeMissing(name: "email_verification.html.mustache")),
            Mistake(
                file: "password_reset.text.mustache", content: String(repeating: "x", count: 256 * 1024 + 1),
                error: .unreadableFile(name: "password_reset.text.mustache")),
        ])
    func mistake(_ mistake: Mistake) async throws {
        try await folder([mistake.file: mistake.content]) { folder in
            #expect(throws: mistake.error) { try MailTemplates(overridesIn: folder) }
        }
    }

    @Test("a missing folder is reported at the start")
    func missingFolder() {
        #expect(throws: MailTemplateError.unreadableFolder(path: "/nonexistent/authd")) {
            try MailTemplates(overridesIn: "/nonexistent/authd")
        }
    }

    private var ada: EmailAddress { get throws { try EmailAddress("ada@example.test") } }

    private func compose(_ message: MailMessage, name: String?) throws -> RenderedMail {
        MailComposer(appName: "Shop", templates: try MailTemplates())
            .compose(OutgoingMail(recipient: try ada, recipientName: name, message: message))
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
