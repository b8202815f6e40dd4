// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthHTTPServer
import AuthTestSupport
import FoundationEssentials
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Pages for people") struct PageTests {
    private static let browser = ["Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"]

    @Test("the root is a page for browsers and JSON for clients, also by HEAD and under the prefix")
    func overview() async throws {
        let fixture = try await APIFixture { $0.appName = "A <b> & co" }
        for path in ["/", "/api/v1", "/api/v1/"] {
            for accept in [[:], ["Accept": "*/*"], ["Accept": "application/json"]] {
                let seen = await fixture.send(.get, path, fields: accept)
                #expect(seen.status == 200)
                #expect(seen["content-type"] == "application/json")
                #expect(seen.text("name") == "A <b> & co")
                #expect(seen.text("documentation") == "/docs")
                #expect(seen["vary"] == "accept")
            }
            let page = await fixture.send(.get, path, fields: Self.browser)
            #expect(page.status == 200)
            #expect(page["content-type"] == "text/html; charset=utf-8")
            #expect(page["vary"] == "accept")
            #expect(page["content-security-policy"]?.contains("default-src 'none'") == true)
            #expect(page["content-security-policy"]?.contains(PageStyle.source) == true)
            let html = try HTMLPage(page.text)
            #expect(html.text.contains("A &lt;b&gt; &amp; co"))
            #expect(await fixture.send(.head, path, fields: Self.browser)["content-type"] == page["content-type"])
        }
    }

    @Test(
        "links lead to the interface from wherever the page was asked for",
        arguments: [("/", ""), ("/?x=1", ""), ("/api/v1", "v1/"), ("/api/v1/", ""), ("http://a.test/", "")])
    func links(_ path: String, _ base: String) async throws {
        let fixture = try await APIFixture()

        let page = try HTMLPage(await fixture.send(.get, path, fields: Self.browser).text)

        let links = page.elements.filter { $0.name == "a" }.compactMap { $0.attributes["href"] }
        #expect(links == ["#content", "\(base)docs", "\(base)redoc", "\(base)openapi.json", "\(base)health"])
        #expect(page.values(of: "rel") == ["icon"])
        #expect(page.values(of: "href").contains("\(base)favicon.ico"))
    }

    @Test("in production the root tells no version, and links only what is served")
    func production() async throws {
        let fixture = try await APIFixture {
            $0.version = "7.8.9"
            $0.exposesDocumentation = false
        }
        let page = await fixture.send(.get, "/", fields: Self.browser).text
        #expect(!page.contains("7.8.9") && !page.contains("docs") && !page.contains("Development"))
        let json = await fixture.send(.get, "/")
        #expect(json.json?.names == ["name", "health"])

        let developing = try await APIFixture {
            $0.version = "7.8.9"
            $0.isDevelopment = true
        }
        #expect(await developing.send(.get, "/", fields: Self.browser).text.contains("7.8.9"))
        #expect(await developing.send(.get, "/").text("version") == "7.8.9")
    }

    @Test("every problem is described by a page for browsers and by JSON for clients, in the same words")
    func problems() async throws {
        let fixture = try await APIFixture()
        for kind in ProblemTests.all {
            let json = await fixture.send(.get, "/problems/\(kind.slug)", fields: ["Accept": "application/json"])
            #expect(json.json?.names == ["code", "status", "title", "detail", "advice"], "\(kind.code)")
            #expect(json["vary"] == "accept")
            for (slash, base) in [("", "../"), ("/", "../../")] {
                let seen = await fixture.send(.get, "/problems/\(kind.slug)\(slash)", fields: Self.browser)
                #expect(seen["content-type"] == "text/html; charset=utf-8", "\(kind.code)")
                #expect(seen["vary"] == "accept")
                #expect(seen["content-security-policy"] == Page.policy)
                let page = try HTMLPage(seen.text)
                for text in [kind.code, "\(kind.status.rawValue)", HTMLText.escaped(kind.title)] {
                    #expect(page.text.contains(text), "\(kind.code)")
                }
                for sentence in [kind.detail, kind.advice] {
                    let plain = HTMLText.escaped(sentence.split(separator: "`").joined())
                    #expect(page.text.contains(plain), "\(kind.code)")
                }
                #expect(page.values(of: "href") == ["\(base)favicon.ico", "#content", base, "\(base)docs"])
            }
        }
        let unknown = await fixture.send(.get, "/problems/nothing", fields: Self.browser)
        #expect(unknown.status == 404)
        #expect(unknown["content-type"] == "application/problem+json")
    }

    @Test("both fields of Vary are sent where origins are allowed, too")
    func vary() async throws {
        let fixture = try await APIFixture { $0.allowedOrigins = ["https://app.example.test"] }

        #expect(await fixture.send(.get, "/")["vary"] == "origin, accept")
        #expect(await fixture.send(.get, "/health")["vary"] == "origin")
    }

    @Test("there is an icon, as large as it says")
    func icon() async throws {
        let fixture = try await APIFixture()

        let icon = await fixture.send(.get, "/favicon.ico")

        #expect(icon.status == 200)
        #expect(icon["content-type"] == "image/x-icon")
        let octets = icon.reply.body
        #expect(octets.prefix(8) == [0, 0, 1, 0, 1, 0, 16, 16])
        // The header of the bitmap, two colours, and two bitmaps whose lines have four octets.
        let image = 40 + 2 * 4 + 2 * 16 * 4
        try #require(octets.count == 22 + image)
        #expect(Array(octets[14..<22]) == [UInt8(image), 0, 0, 0, 22, 0, 0, 0])
    }

    @Test("the policy of pages names the hash of their style")
    func styleHash() {
        // Base64 with padding, as policies write it. - Source: RFC 4648 §4
        let digest = Data(SHA256.digest(Array(PageStyle.css.utf8))).base64EncodedString()

        #expect(PageStyle.source == "'sha256-\(digest)'")
        #expect(!PageStyle.css.contains("</") && !PageStyle.css.contains("url("))
    }
}
