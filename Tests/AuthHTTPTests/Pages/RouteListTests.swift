// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthTestSupport
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("List of routes") struct RouteListTests {
    /// Both pages, with scripts from each place that they may come from.
    private static func pages(_ configure: (inout HTTPConfiguration) -> Void = { _ in }) async throws -> [Seen] {
        let fixture = try await APIFixture {
            $0.isDevelopment = true
            configure(&$0)
        }
        return [await fixture.send(.get, "/docs"), await fixture.send(.get, "/redoc")]
    }

    @Test("has every route, schema and problem, each with its anchor, and every link leads to one")
    func isWhole() async throws {
        let fixture = try await APIFixture { $0.isDevelopment = true }
        let table = EndpointTable(
            service: fixture.service, configuration: HTTPConfiguration(), assets: .contentDeliveryNetwork,
            description: SelfDescription())
        for seen in try await Self.pages() {
            let page = try HTMLPage(seen.text)
            let anchors = page.values(of: "id")
            #expect(Set(anchors).count == anchors.count)
            for endpoint in APITable.endpoints(fixture) {
                #expect(anchors.contains(RouteList.anchor(endpoint.operationID)), "\(endpoint.operationID)")
                #expect(
                    page.text.contains(HTMLText.escaped(CurlLine(endpoint: endpoint).text)), "\(endpoint.operationID)")
                #expect(page.text.contains(endpoint.path.description))
            }
            for schema in table.schemas { #expect(anchors.contains(SchemaText.anchor(schema.name)), "\(schema.name)") }
            for kind in ProblemTests.all { #expect(anchors.contains(ProblemText.anchor(kind)), "\(kind.code)") }
            let links = page.elements.filter { $0.name == "a" }.compactMap { $0.attributes["href"] }
            for link in links where link.hasPrefix("#") {
                #expect(anchors.contains(String(link.dropFirst())), "\(link)")
            }
            // What else there is leads to the other pages.
            #expect(Set(links.filter { !$0.hasPrefix("#") }) == ["docs", "redoc", "openapi.json"])
            // Markup of the descriptions that the page does not know.
            #expect(!page.text.contains("`") && !page.text.contains("**") && !page.text.contains("]("))
        }
    }

    @Test("needs no script, and no file of another host delays it")
    func showsAtOnce() async throws {
        for seen in try await Self.pages() {
            let page = try HTMLPage(seen.text)
            #expect(!page.elements.contains { $0.attributes["rel"] == "stylesheet" })
            let scripts = page.elements.filter { $0.name == "script" }
            #expect(scripts.count == 2)
            #expect(scripts.allSatisfy { $0.attributes["defer"] != nil && $0.attributes["src"] != nil })
            let remote = scripts.filter { $0.attributes["src"]?.hasPrefix("https://") == true }
            #expect(remote.count == 1 && remote.allSatisfy { $0.attributes["integrity"]?.hasPrefix("sha384-") == true })
            #expect(page.elements.allSatisfy { $0.attributes["style"] == nil && $0.attributes["onclick"] == nil })
        }
    }

    @Test("can be read with assistive technology: language, one main part, headings in order, heads of tables")
    func isAccessible() async throws {
        for seen in try await Self.pages() {
            let page = try HTMLPage(seen.text)
            #expect(page.elements.first { $0.name == "html" }?.attributes["lang"] == "en")
            for name in ["main", "header", "h1", "title"] {
                #expect(page.elements.count { $0.name == name } == 1, "\(name)")
            }
            let navigations = page.elements.filter { $0.name == "nav" }
            #expect(Set(navigations.compactMap { $0.attributes["aria-label"] }).count == navigations.count)
            #expect(page.elements.first { $0.name == "a" }?.attributes["href"] == "#content")
            let levels = page.elements.compactMap { element in
                element.name.wholeMatch(of: #/h([1-6])/#).flatMap { Int($0.output.1) }
            }
            #expect(levels.first == 1)
            for (above, below) in zip(levels, levels.dropFirst()) { #expect(below <= above + 1) }
            #expect(page.elements.filter { $0.name == "th" }.allSatisfy { $0.attributes["scope"] == "col" })
            #expect(
                page.elements.filter { $0.attributes["role"] == "region" }.allSatisfy {
                    $0.attributes["aria-label"]?.isEmpty == false && $0.attributes["tabindex"] == "0"
                })
        }
    }

    @Test("shows the limits and the address that hold, and texts of the operator as texts")
    func settings() async throws {
        for seen in try await Self.pages({
            $0.appName = "<script>'&\""
            $0.publicURL = "https://id.example.test/it's"
            $0.limits = .development
        }) {
            #expect(!seen.text.contains("<script>'"))
            #expect(seen.text.contains("&lt;script&gt;&#39;&amp;&quot;"))
            let page = try HTMLPage(seen.text)
            #expect(page.text.contains("BASE=&#39;https://id.example.test/it&#39;\\&#39;&#39;s&#39;"))
            #expect(page.text.contains(", 300 in 60 s"))
        }
        for seen in try await Self.pages({ $0.localURL = "http://localhost:9000" }) {
            #expect(try HTMLPage(seen.text).text.contains("BASE=&#39;http://localhost:9000&#39;"))
        }
    }

    @Test(
        "a line for curl has what its route needs",
        arguments: [
            ("health", #"curl "$BASE/health""#),
            (
                "refresh",
                #"curl "$BASE/auth/refresh" -H 'Content-Type: application/json' -d '{"refresh_token":"art_…"}'"#
            ),
            (
                "token",
                #"curl "$BASE/auth/token" --data-urlencode 'grant_type=password' "#
                    + #"--data-urlencode 'username=john_doe' --data-urlencode 'password=SecurePass123'"#
            ),
            ("logout", #"curl -X POST "$BASE/auth/logout" -H "Authorization: Bearer $ACCESS""#),
            ("followChanges", #"curl "$BASE/auth/changes" -H "Authorization: Bearer $SECRET""#),
            (
                "deleteUser", #"curl -X DELETE "$BASE/users/$ID" -H "Authorization: Bearer $ACCESS""#
            ),
        ])
    func curl(_ operationID: String, _ line: String) async throws {
        let endpoints = APITable.endpoints(try await APIFixture())

        let endpoint = try #require(endpoints.first { $0.operationID == operationID })

        #expect(CurlLine(endpoint: endpoint).text == line)
    }

    @Test("a word for the shell is taken as it is", arguments: [("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("", "''")])
    func quoting(_ text: String, _ word: String) {
        #expect(CurlLine.quoted(text) == word)
    }
}
