// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPTesting
import AuthTesting
import HTTPTypes
import Testing

/// The client by which embedders test, used as they use it.
@Suite("HTTP client of tests") struct HTTPTestClientTests {
    private static let credentials: JSONValue = ["username": "ada", "password": "notes on the engine"]
    private static let registration: JSONValue = [
        "username": "ada", "email": "ada@example.test", "password": "notes on the engine",
    ]
    private static let cookieMode: HTTPFields = {
        var fields = HTTPFields()
        if let mode = HTTPField.Name("X-Auth-Mode") { fields[mode] = "cookie" }
        return fields
    }()

    @Test("a program registers, signs in and presents its token, until the clock says that it has expired")
    func journey() async throws {
        let test = try await TestAPI()
        let client = test.client()

        #expect(await client.post("/auth/register", json: Self.registration).status == 201)
        let signedIn = await client.post("/auth/login", json: Self.credentials)
        let token = try #require(signedIn["access_token"])
        #expect(signedIn.status == 200 && signedIn.fields[.cacheControl] == "no-store")
        #expect(await client.get("/auth/me", bearing: token)["username"] == "ada")
        #expect(await client.patch("/users/me", json: ["full_name": "Ada"], bearing: token)["full_name"] == "Ada")

        test.authority.clock.advance(by: .seconds(3_600))
        let late = await client.get("/auth/me", bearing: token)
        #expect(late.status == 401 && late.problem == "invalid_token" && late.text.contains("invalid-token"))
        #expect(await client.get("/auth/me").problem == "unauthenticated")
    }

    @Test("a page keeps cookies, those of `Max-Age=0` are dropped, and clients of one API have their own")
    func cookies() async throws {
        let test = try await TestAPI()
        _ = try await test.authority.signIn(as: "ada")
        let page = test.client().page()
        let credentials: JSONValue = ["username": "ada", "password": .string(TestAuthority.password)]

        let signedIn = await page.post("/auth/login", json: credentials, fields: Self.cookieMode)
        #expect(signedIn.status == 200 && signedIn["access_token"] == nil)
        #expect(page.cookieNames.contains("authd_access") && page.cookieNames.contains("authd_refresh"))
        #expect(await page.get("/auth/me")["username"] == "ada")
        #expect(await page.patch("/users/me", json: ["full_name": "Ada"]).status == 200)
        #expect(await test.client().get("/auth/me").status == 401)

        #expect(await page.post("/auth/logout").status == 200)
        #expect(!page.cookieNames.contains("authd_access"))
        #expect(await page.get("/auth/me").problem == "unauthenticated")
    }

    @Test("a page of another origin has the same cookies, and says where it comes from")
    func foreignPage() async throws {
        let test = try await TestAPI { $0.publicURL = "https://id.example.com" }
        _ = try await test.authority.signIn(as: "ada")
        let page = test.client().page()
        let credentials: JSONValue = ["username": "ada", "password": .string(TestAuthority.password)]
        #expect(await page.post("/auth/login", json: credentials, fields: Self.cookieMode).status == 200)
        let change: JSONValue = ["full_name": "Eve"]

        for origin in ["https://evil.example", "https://id.example.com:8443", "http://id.example.com"] {
            let foreign = page.page(of: origin)
            #expect(await foreign.get("/auth/me").status == 200)
            #expect(await foreign.patch("/users/me", json: change).problem == "csrf_refused", "\(origin)")
        }
        #expect(await page.patch("/users/me", json: change).status == 200)
    }

    @Test("requests say what a browser would say of their page")
    func fields() async throws {
        let client = HTTPTestClient(url: "http://localhost:8000") { request, body in
            let site = HTTPField.Name("Sec-Fetch-Site").flatMap { request.headerFields[$0] } ?? "none"
            let text = "\(request.method) \(request.authority ?? "") \(site) \(request.headerFields[.origin] ?? "none")"
            return (HTTPResponse(status: .ok), Array(text.utf8) + body)
        }

        #expect(await client.delete("/x").text == "DELETE localhost:8000 none none")
        #expect(await client.page().get("/x").text == "GET localhost:8000 same-origin none")
        #expect(await client.page().put("/x", json: 1).text == "PUT localhost:8000 same-origin http://localhost:80001")
        let sibling = client.page(of: "http://localhost:5173")
        #expect(await sibling.get("/x").text == "GET localhost:8000 same-site http://localhost:5173")
        let other = client.page(of: "http://127.0.0.1:8000")
        #expect(await other.post("/x").text == "POST localhost:8000 cross-site http://127.0.0.1:8000")
    }

    @Test("only a problem document has a problem's code")
    func problem() async throws {
        let client = HTTPTestClient { _, _ in
            (
                HTTPResponse(status: .badRequest, headerFields: [.contentType: "application/json"]),
                Array(#"{"code":"x"}"#.utf8)
            )
        }
        let seen = await client.get("/")
        #expect(seen.problem == nil && seen["code"] == "x" && seen["other"] == nil)
    }
}
