// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthTestSupport
import Foundation
import Testing

@testable import AuthHTTP
@testable import AuthHTTPServer
@testable import AuthPages

@Suite("Pages of mailed actions")
struct ActionPageTests {
    private func read(_ page: ActionPage) throws -> HTMLPage {
        try HTMLPage(String(decoding: page.octets, as: UTF8.self))
    }

    // MARK: Every page

    @Test("every page is well-formed, names its language and runs no script", arguments: SamplePages.all)
    func wellFormed(_ sample: SamplePages.Sample) throws {
        let page = try sample.html.get()

        #expect(page.elements.first?.name == "html")
        #expect(page.elements.first?.attributes["lang"] == sample.page.language.rawValue)
        for name in ["title", "main", "h1", "style"] {
            #expect(page.elements.count { $0.name == name } == 1, "\(name)")
        }
        let allowed: Set<String> = [
            "html", "head", "meta", "title", "link", "style", "body", "header", "main", "h1", "h2", "p", "dl", "div",
            "dt",
            "dd", "ul", "li", "a", "form", "label", "input", "button",
        ]
        for element in page.elements {
            #expect(allowed.contains(element.name), "\(element.name)")
            #expect(!element.attributes.keys.contains { $0.hasPrefix("on") || $0 == "style" || $0 == "src" })
        }
        #expect(
            page.elements.filter { $0.name == "link" }.map(\.attributes) == [["rel": "icon", "href": "../favicon.ico"]])
    }

    @Test("every page has headings in order, unique anchors and links that lead somewhere", arguments: SamplePages.all)
    func structure(_ sample: SamplePages.Sample) throws {
        let page = try sample.html.get()

        let levels = page.elements.compactMap { ["h1": 1, "h2": 2][$0.name] }
        #expect(levels.first == 1 && zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 && $1 > 1 })
        let anchors = page.values(of: "id")
        #expect(anchors.count == Set(anchors).count)
        for reference in page.values(of: "aria-describedby").flatMap({ $0.split(separator: " ") }) {
            #expect(anchors.contains(String(reference)), "\(reference)")
        }
        for link in page.values(of: "href") where link.hasPrefix("#") {
            #expect(anchors.contains(String(link.dropFirst())), "\(link)")
        }
    }

    @Test(
        "every field that a person fills in has a label and a hint, and none is filled in already",
        arguments: SamplePages.all)
    func labels(_ sample: SamplePages.Sample) throws {
        let page = try sample.html.get()
        let labels = page.elements.filter { $0.name == "label" }.compactMap { $0.attributes["for"] }
        let fields = page.elements.filter {
            $0.name == "input" && $0.attributes["type"] != "hidden" && $0.attributes["hidden"] == nil
        }

        #expect(fields.compactMap { $0.attributes["id"] } == labels)
        #expect(fields.count == labels.count)
        for field in fields {
            #expect(field.attributes["aria-describedby"]?.isEmpty == false)
            #expect(field.attributes["autocomplete"]?.isEmpty == false)
            #expect(field.attributes["value"] == nil)
            #expect((field.attributes["required"] == nil) == (field.attributes["name"] == "current_password"))
        }
    }

    // ASVS 6.2.6, 6.2.7
    @Test("a password is typed into a masked field, which a password manager may fill and text may be pasted into")
    func passwords() throws {
        let fields = try SamplePages.all.flatMap { try $0.html.get().elements }
            .filter { $0.attributes["name"]?.hasSuffix("password") == true }

        #expect(fields.count > 10)
        for field in fields {
            let filling = field.attributes["name"] == "password" ? "new-password" : "current-password"
            #expect(field.attributes["type"] == "password" && field.attributes["autocomplete"] == filling)
            #expect(field.attributes["readonly"] == nil && field.attributes["maxlength"] == nil)
            #expect(!field.attributes.keys.contains { $0.hasPrefix("on") })
        }
    }

    @Test(
        "a form posts to the page of its action, with the fields of the table and no others", arguments: SamplePages.all
    )
    func forms(_ sample: SamplePages.Sample) throws {
        let page = try sample.html.get()
        let paths = Set(MailedAction.allCases.map { "..\($0.path)" })

        for form in page.elements where form.name == "form" {
            #expect(form.attributes["method"] == "post")
            #expect(paths.contains(form.attributes["action"] ?? ""))
        }
        for name in page.values(of: "name").filter({ !["viewport", "robots", "referrer"].contains($0) }) {
            #expect(ActionField(rawValue: name) != nil, "\(name)")
        }
    }

    @Test("each text of the catalogue is on a page, in each language")
    func everyText() throws {
        for language in Language.allCases {
            let pages = Data(SamplePages.all.filter { $0.page.language == language }.flatMap(\.page.octets))
            var wanted = PageText.allCases.map { $0.text(in: language) }
            for action in MailedAction.allCases {
                let words = ActionWords.of(action, in: language)
                wanted += [words.title, words.introduction, words.button, words.doneTitle, words.done]
                // No mail asks for a report.
                if action != .report { wanted.append(words.act) }
            }
            for text in wanted {
                // The longest piece between the values that are filled in.
                let pieces = text.split(separator: #/\{[a-z]+\}/#)
                let longest = try #require(pieces.max { $0.utf8.count < $1.utf8.count })
                #expect(pages.range(of: Data(HTMLText.escaped(String(longest)).utf8)) != nil, "\(text)")
            }
        }
    }

    @Test("no text is the same in two languages, and both fill in the same values")
    func translated() {
        for text in PageText.allCases {
            #expect(text.text(in: .english) != text.text(in: .german))
            #expect(Self.values(text.text(in: .english)) == Self.values(text.text(in: .german)), "\(text)")
        }
        for action in MailedAction.allCases {
            let (english, german) = (ActionWords.of(action, in: .english), ActionWords.of(action, in: .german))
            for (one, other) in [
                (english.title, german.title), (english.introduction, german.introduction), (english.done, german.done),
                (english.button, german.button), (english.doneTitle, german.doneTitle),
            ] {
                #expect(one != other)
                #expect(Self.values(one) == Self.values(other), "\(one)")
            }
        }
    }

    private static func values(_ text: String) -> Set<String> {
        Set(text.matches(of: #/\{([a-z]+)\}/#).map { String($0.output.1) })
    }

    // MARK: Before any button

    @Test("user, action, time and device stand before every button and every field", arguments: SamplePages.all)
    func facts(_ sample: SamplePages.Sample) throws {
        let page = try sample.html.get()
        guard let first = page.elements.first(where: { ["button", "input"].contains($0.name) }) else { return }
        let before = String(decoding: page.text.utf8.prefix(first.offset), as: UTF8.self)

        #expect(before.contains(SamplePages.address))
        let device: String
        switch sample.page.language {
        case .english:
            #expect(before.contains("1 March 2026, 12:00 UTC"))
            device = sample.name.hasSuffix("unknown-device") ? "not known" : "Firefox on Linux"
        case .german:
            #expect(before.contains("1. März 2026, 12:00 Uhr (UTC)"))
            device = sample.name.hasSuffix("unknown-device") ? "nicht bekannt" : "Firefox unter Linux"
        }
        #expect(before.contains(device))
        #expect(page.elements.count { $0.name == "dt" } == 5)
    }

    @Test("opened elsewhere, every button needs the code or a new password", arguments: MailedAction.allCases)
    func typedInput(_ action: MailedAction) throws {
        for acceptsCode in [true, false] {
            let request = SamplePages.request(action, .elsewhere, acceptsCode: acceptsCode)
            let page = try read(ActionPage(appName: "Shop", language: .english, .request(request)))
            let buttons = page.elements.filter { $0.name == "button" }
            let forms = page.elements.filter { $0.name == "form" }.map(\.offset)

            #expect(buttons.count == forms.count)
            for (index, start) in forms.enumerated() {
                let end = index + 1 < forms.count ? forms[index + 1] : .max
                let typed = page.elements.filter {
                    $0.name == "input" && (start..<end).contains($0.offset)
                        && ["code", "password"].contains($0.attributes["name"])
                }
                #expect(!typed.isEmpty && typed.allSatisfy { $0.attributes["required"] != nil })
            }
            // Without a code, only a new password is left; where there is none, nothing can be pressed.
            if !acceptsCode {
                let setsPassword = [.resetPassword, .acceptInvitation, .undoAddressChange].contains(action)
                #expect(buttons.isEmpty == !setsPassword)
                // Nor does the page lead to one that needs the code.
                #expect(!page.values(of: "href").contains { $0.contains("not-me") })
                #expect(!page.values(of: "name").contains("code"))
            }
        }
    }

    @Test("undoing a change of address takes the code or a new password, whichever browser it is")
    func undo() throws {
        for place in [ActionRequest.Place.sameBrowser, .elsewhere] {
            let request = SamplePages.request(.undoAddressChange, place)
            let page = try read(ActionPage(appName: "Shop", language: .english, .request(request)))
            let names = page.elements.filter { $0.name == "input" }.compactMap { $0.attributes["name"] }
            #expect(names == ["token", "code", "token", "password"])
        }
    }

    @Test("in the browser that asked, a button is enough, but a new password is typed")
    func sameBrowser() throws {
        for action in [MailedAction.verifyAddress, .changeAddress, .signIn, .unlock] {
            let page = try read(
                ActionPage(appName: "Shop", language: .english, .request(SamplePages.request(action, .sameBrowser))))
            #expect(page.values(of: "name").filter { $0 == "code" || $0 == "password" }.isEmpty)
            #expect(page.elements.count { $0.name == "button" } == 1)
        }
        let reset = try read(
            ActionPage(
                appName: "Shop", language: .english, .request(SamplePages.request(.resetPassword, .sameBrowser))))
        #expect(reset.values(of: "name").suffix(2) == ["token", "password"])
    }

    @Test("the page that waits for a code shows the address that was typed, and nothing that tells of a user")
    func codeEntry() throws {
        var request = SamplePages.request(.resetPassword, .sameBrowser, isHandle: true)
        request.user = "countess"
        let page = try read(ActionPage(appName: "Shop", language: .english, .codeEntry(request)))

        #expect(!page.text.contains("countess"))
        #expect(page.text.contains("If ada@example.test belongs to an account, it gets a message from Shop"))
        #expect(page.text.contains("Type the code on this page, and on no other."))
        #expect(page.values(of: "name").suffix(3) == ["handle", "code", "password"])
        #expect(page.values(of: "value").allSatisfy { $0 != "countess" })
    }

    @Test("a link leads to the page on which users say that it was not them, with the same token")
    func report() throws {
        var request = SamplePages.request(.verifyAddress, .elsewhere)
        request.secret = .token(MailToken("a&b=c#d"))
        let page = try read(ActionPage(appName: "Shop", language: .english, .request(request)))
        #expect(page.values(of: "href").contains("../actions/not-me?token=a%26b%3Dc%23d"))
        #expect(page.values(of: "value").first == "a&amp;b=c#d")

        let asked = SamplePages.request(.report, .elsewhere, subject: .resetPassword)
        let own = try read(ActionPage(appName: "Shop", language: .english, .request(asked)))
        #expect(own.text.contains("Reset the password"))
        #expect(own.elements.filter { $0.name == "form" }.map { $0.attributes["action"] } == ["../actions/not-me"])
    }

    // MARK: Faults

    @Test("what was wrong is told at the top and tied to its field", arguments: SamplePages.faults)
    func fault(_ fault: ActionFault) throws {
        let request = SamplePages.request(.undoAddressChange, .elsewhere, [fault])
        let page = try read(ActionPage(appName: "Shop", language: .english, .request(request)))
        let sentence = HTMLText.escaped(PageWords(language: .english, appName: "Shop").fault(fault))

        #expect(page.elements.contains { $0.attributes["role"] == "alert" })
        #expect(page.text.contains("Error: Undo the change of your address – Shop"))
        let invalid = page.elements.filter { $0.attributes["aria-invalid"] == "true" }
        if let field = fault.field {
            #expect(invalid.compactMap { $0.attributes["name"] } == [field.rawValue])
            #expect(invalid.first?.attributes["aria-describedby"] == "\(field.rawValue)-fault \(field.rawValue)-hint")
            #expect(page.values(of: "href").contains("#\(field.rawValue)"))
            #expect(page.text.components(separatedBy: sentence).count == 3)
        } else {
            #expect(invalid.isEmpty)
            #expect(page.text.components(separatedBy: sentence).count == 2)
        }
    }

    @Test("two faults of one field stand together at it")
    func twoFaults() throws {
        let request = SamplePages.request(
            .resetPassword, .elsewhere, [.passwordTooShort(minimum: 12), .passwordGuessable])
        let page = try read(ActionPage(appName: "Shop", language: .english, .request(request)))

        #expect(page.values(of: "id").filter { $0 == "password-fault" }.count == 1)
        #expect(page.text.contains("at least 12 characters. This password is easy to guess."))
    }

    @Test("a wrong password of a verification is tied to its field, which may stay empty")
    func currentPassword() throws {
        let request = SamplePages.request(.verifyAddress, .elsewhere, [.currentPasswordWrong])
        let page = try read(ActionPage(appName: "Shop", language: .english, .request(request)))
        let field = try #require(page.elements.first { $0.attributes["name"] == "current_password" })

        #expect(field.attributes["autocomplete"] == "current-password" && field.attributes["required"] == nil)
        #expect(field.attributes["aria-invalid"] == "true")
        #expect(field.attributes["aria-describedby"] == "current_password-fault current_password-hint")
        #expect(page.values(of: "href").contains("#current_password"))
        #expect(page.values(of: "name").contains("code"))
    }

    @Test("a fault of a field that the page no longer has leads nowhere")
    func voidedCode() throws {
        let request = SamplePages.request(.undoAddressChange, .elsewhere, acceptsCode: false, [.codeVoided])
        let page = try read(ActionPage(appName: "Shop", language: .english, .request(request)))

        #expect(!page.values(of: "href").contains("#code"))
        #expect(page.text.contains("Too many wrong codes were typed"))
    }

    @Test("what no browser has asked for speaks of none, neither at the end nor where no code is left")
    func unasked() throws {
        for action in MailedAction.allCases {
            let isAsked = ![.undoAddressChange, .acceptInvitation].contains(action)
            let done = try read(
                ActionPage(
                    appName: "Shop", language: .english,
                    .done(action, address: SamplePages.address, .elsewhere)))
            #expect(done.text.contains("The browser in which this was asked for") == isAsked, "\(action)")
            var request = SamplePages.request(action, .elsewhere, acceptsCode: false)
            request.keepsPassword = action == .acceptInvitation
            let voided = try read(ActionPage(appName: "Shop", language: .english, .request(request)))
            let leadsBack = isAsked && ![.report, .resetPassword].contains(action)
            #expect(voided.text.contains("in the browser in which you asked for it") == leadsBack, "\(action)")
            #expect(voided.text.contains("Ask for the invitation to be sent again.") == (action == .acceptInvitation))
        }
    }

    // MARK: What comes from outside

    @Test("everything from outside is escaped, and is not searched for names to fill in")
    func escaped() throws {
        let evil = "\"\u{301}'><script>alert(1)</script>&{app}<\u{338}"
        for language in Language.allCases {
            for (action, place) in MailedAction.allCases.flatMap({
                [($0, ActionRequest.Place.sameBrowser), ($0, .elsewhere)]
            }) {
                var request = SamplePages.request(action, place)
                request.user = evil
                request.address = evil
                request.secret = .token(MailToken(evil))
                for content in [
                    ActionPage.Content.request(request), .codeEntry(request), .done(action, address: evil, place),
                ] {
                    let page = ActionPage(
                        appName: evil, language: language, content, application: "https://a.test/\(evil)")
                    let text = String(decoding: page.octets, as: UTF8.self)
                    let read = try HTMLPage(text)
                    #expect(!text.contains("<script"))
                    #expect(!read.elements.contains { $0.name == "script" })
                    #expect(read.text.contains("{app}"))
                }
            }
        }
    }

    @Test("a page leads to the application's address alone where that is one of the web")
    func application() throws {
        for (address, isLink) in [
            ("https://app.example.test/a?b=c", true), ("http://localhost:3000/", true), ("javascript:alert(1)", false),
            ("data:text/html,x", false), ("/local", false), ("", false),
        ] {
            let page = try read(
                ActionPage(appName: "Shop", language: .english, .ended(.used), application: address))
            #expect(page.values(of: "href").contains(address) == isLink, "\(address)")
            #expect(page.text.contains("You can close this page.") == !isLink)
        }
    }

    @Test("forms and icon are found wherever the interface is")
    func base() throws {
        let request = SamplePages.request(.signIn, .sameBrowser)
        let page = try read(ActionPage(appName: "Shop", language: .english, .request(request), base: "../../"))
        #expect(page.values(of: "action") == ["../../actions/sign-in"])
        #expect(page.values(of: "href").contains("../../favicon.ico"))
    }

    // MARK: The reply

    @Test("a page is kept by no cache, sends no referrer, and its policy allows its style and nothing else")
    func reply() throws {
        let page = ActionPage(appName: "Shop", language: .english, .ended(.expired))
        let reply = page.reply(ReplyFactory(HTTPConfiguration()))
        let fields = Dictionary(reply.block.fields.map { ($0.name, $0.value) }) { first, _ in first }

        #expect(fields["content-type"] == "text/html; charset=utf-8")
        #expect(fields["cache-control"] == "no-store")
        #expect(fields["referrer-policy"] == "no-referrer")
        #expect(fields["x-content-type-options"] == "nosniff")
        #expect(
            fields["content-security-policy"]
                == "default-src 'none'; style-src \(ActionStyle.source); img-src 'self'; form-action 'self'; "
                + "frame-ancestors 'none'; base-uri 'none'")
        #expect(reply.body == page.octets)
    }

    @Test("the policy names the hash of the style, and the style loads nothing")
    func styleHash() throws {
        // Base64 with padding, as policies write it. - Source: RFC 4648 §4
        let digest = Data(SHA256.digest(Array(ActionStyle.css.utf8))).base64EncodedString()

        #expect(ActionStyle.source == "'sha256-\(digest)'")
        #expect(
            !ActionStyle.css.contains("</") && !ActionStyle.css.contains("url(") && !ActionStyle.css.contains("@import")
        )
        let page = String(
            decoding: ActionPage(appName: "Shop", language: .english, .ended(.used)).octets, as: UTF8.self)
        #expect(page.contains("<style>\(ActionStyle.css)</style>"))
    }

    @Test("colours of text differ enough from their ground, in light and in dark")
    func contrast() throws {
        let css = ActionStyle.css
        let dark = try #require(css.range(of: "@media (prefers-color-scheme:dark){"))
        for scheme in [css[..<dark.lowerBound], css[dark.upperBound...]] {
            func colour(_ name: String) throws -> Double {
                let match = try #require(try scheme.firstMatch(of: Regex("--\(name):#([0-9a-f]+)")))
                return try Self.luminance(String(#require(match.output[1].substring)))
            }
            // - Source: WCAG 2.2, success criteria 1.4.3 and 1.4.11
            for (text, ground, least) in [
                ("ink", "paper", 7), ("ink", "ground", 7), ("soft", "paper", 4.5), ("soft", "ground", 4.5),
                ("accent", "paper", 4.5), ("on-accent", "accent", 4.5), ("fault", "paper", 4.5),
                ("fault", "fault-ground", 4.5), ("ink", "fault-ground", 4.5), ("line", "paper", 3),
                ("accent", "ground", 3),
            ] {
                let (one, other) = (try colour(text), try colour(ground))
                #expect((max(one, other) + 0.05) / (min(one, other) + 0.05) >= least, "\(text) on \(ground)")
            }
        }
    }

    /// - Source: WCAG 2.2, relative luminance
    private static func luminance(_ hexadecimal: String) throws -> Double {
        let digits = hexadecimal.count == 3 ? hexadecimal.flatMap { [$0, $0] } : Array(hexadecimal)
        let channels = try stride(from: 0, to: 6, by: 2).map { index in
            let value = Double(try #require(UInt8(String(digits[index...index + 1]), radix: 16))) / 255
            return value <= 0.04045 ? value / 12.92 : power((value + 0.055) / 1.055)
        }
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    }

    /// To the power of 2.4.
    private static func power(_ base: Double) -> Double {
        // The twelfth power of the fifth root, which Newton's method finds.
        var root = 1.0
        for _ in 0..<60 { root -= (root * root * root * root * root - base) / (5 * root * root * root * root) }
        return (0..<12).reduce(1) { product, _ in product * root }
    }
}
