// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthTestSupport
import HTTPTypes
import Testing

@testable import AuthHTTP
@testable import AuthPages

@Suite("Page of a link of Supabase's API")
struct SupabaseLinkPageTests {
    private static let target = "https://app.example.test/welcome?a=b"

    private static func page(
        _ kind: SupabaseMailKind, _ language: Language = .english, address: String = SamplePages.address,
        appName: String = "Shop", target: String = SupabaseLinkPageTests.target, hasSlash: Bool = false,
        fields: [(name: String, value: String)] = [
            ("token", SamplePages.token), ("type", "signup"), ("redirect_to", SupabaseLinkPageTests.target),
        ]
    ) throws -> SupabaseLinkPage {
        let admitted = try #require(
            try RedirectAllowList(site: "https://app.example.test", globs: ["com.example.app:/welcome"]).admits(target))
        return SupabaseLinkPage(
            appName: appName, language: language, kind: kind, address: address, origin: SamplePages.origin,
            fields: fields, target: admitted, hasSlash: hasSlash)
    }

    private static func read(_ page: SupabaseLinkPage) throws -> HTMLPage {
        try HTMLPage(String(decoding: page.octets, as: UTF8.self))
    }

    @Test("who, what, when and from where stand before the one button", arguments: SupabaseMailKind.allCases)
    func facts(_ kind: SupabaseMailKind) throws {
        for language in Language.allCases {
            let page = try Self.read(try Self.page(kind, language))
            let buttons = page.elements.filter { $0.name == "button" }
            #expect(buttons.count == 1)
            let before = String(decoding: page.text.utf8.prefix(try #require(buttons.first).offset), as: UTF8.self)
            #expect(before.contains(SamplePages.address) && before.contains("Shop"))
            #expect(before.contains(SupabaseLinkWords.of(kind, in: language).act))
            #expect(before.contains(language == .english ? "Firefox on Linux" : "Firefox unter Linux"))
            #expect(page.elements.count { $0.name == "dt" } == 5)
            #expect(!page.elements.contains { $0.name == "script" })
        }
    }

    @Test("the form posts what the link had, and nothing else, to its own path")
    func form() throws {
        for (hasSlash, path, icon) in [
            (false, "verify", "../../favicon.ico"), (true, "../verify", "../../../favicon.ico"),
        ] {
            let page = try Self.read(try Self.page(.signup, hasSlash: hasSlash))
            let form = try #require(page.elements.first { $0.name == "form" })
            #expect(form.attributes["method"] == "post" && form.attributes["action"] == path)
            #expect(page.elements.contains { $0.attributes["href"] == icon })
            let inputs = page.elements.filter { $0.name == "input" }
            #expect(inputs.allSatisfy { $0.attributes["type"] == "hidden" })
            #expect(inputs.compactMap { $0.attributes["name"] } == ["token", "type", "redirect_to"])
            #expect(inputs.first?.attributes["value"] == SamplePages.token)
        }
    }

    @Test("the policy lets the form lead to the application's origin or scheme, and allows nothing else")
    func policy() throws {
        for (target, place) in [
            (Self.target, "https://app.example.test"), ("com.example.app:/welcome", "com.example.app:"),
        ] {
            let reply = try Self.page(.signup, target: target).reply(ReplyFactory(HTTPConfiguration()))
            let fields = reply.httpResponse.headerFields
            let policy = fields.first { $0.name.canonicalName == "content-security-policy" }?.value
            #expect(policy?.contains("form-action 'self' \(place); frame-ancestors 'none'") == true, "\(policy ?? "")")
            #expect(policy?.hasPrefix("default-src 'none'; ") == true)
            #expect(fields.first { $0.name.canonicalName == "cache-control" }?.value == "no-store")
            #expect(fields.first { $0.name.canonicalName == "referrer-policy" }?.value == "no-referrer")
        }
    }

    @Test("only what a policy can name is named")
    func places() {
        for (address, place) in [
            ("https://app.example.test", "https://app.example.test"),
            ("http://localhost:3000/a", "http://localhost:3000"), ("https://a.test?b", "https://a.test"),
            ("https://a.test#b", "https://a.test"), ("http://[::1]:3000/", "http:"),
            ("com.example.app:/a", "com.example.app:"),
            ("https://a.test; script-src *", "https:"), ("https://", "https:"),
        ] {
            #expect(SupabaseLinkPage.place(of: address) == place, "\(address)")
        }
        for address in ["", "/a", "a b:", ";:", ":"] {
            #expect(SupabaseLinkPage.place(of: address) == nil, "\(address)")
        }
    }

    @Test("everything from outside is escaped, and is not searched for names to fill in")
    func escaped() throws {
        let evil = "\"\u{301}'><script>alert(1)</script>&{app}<\u{338}"
        for kind in SupabaseMailKind.allCases {
            for language in Language.allCases {
                let page = try Self.page(
                    kind, language, address: evil, appName: evil, fields: [("token", evil), ("type", evil)])
                let text = String(decoding: page.octets, as: UTF8.self)
                #expect(!text.contains("<script"))
                let read = try HTMLPage(text)
                #expect(!read.elements.contains { $0.name == "script" })
            }
        }
    }

    @Test(
        "no text is the same in two languages, and both fill in the same values", arguments: SupabaseMailKind.allCases)
    func translated(_ kind: SupabaseMailKind) {
        let (english, german) = (SupabaseLinkWords.of(kind, in: .english), SupabaseLinkWords.of(kind, in: .german))
        for (one, other) in [
            (english.title, german.title), (english.introduction, german.introduction),
            (english.button, german.button),
        ] {
            #expect(one != other)
            #expect(Self.values(one) == Self.values(other), "\(one)")
        }
    }

    private static func values(_ text: String) -> Set<String> {
        Set(text.matches(of: #/\{([a-z]+)\}/#).map { String($0.output.1) })
    }
}
