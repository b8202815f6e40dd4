// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer
import AuthHTTPTesting
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import Notes

/// What docs/embedding.md promises of the service that it shows; `scripts/run-examples` adds this to the page's own test.
@Suite("Service of the page on embedding") struct NotesPageTests {
    let authority: TestAuthority
    let test: TestAPI
    let client: HTTPTestClient

    init() async throws {
        authority = try await TestAuthority(settings: AuthSettings(issuer: "http://localhost", roles: notesRoles))
        test = TestAPI(authority)
        client = HTTPTestClient(notesRouter(test.api))
    }

    @Test(
        "each route lets the callers pass whom the page names",
        arguments: [("user", [200, 403, 403]), ("editor", [200, 200, 201]), ("admin", [200, 200, 201])]
            as [(Role, [Int])])
    func guards(role: Role, expected: [Int]) async throws {
        let token = try await authority.signIn(as: "ada", role: role).accessToken

        #expect(await client.get("/notes", bearing: token).status == expected[0])
        #expect(await client.get("/drafts", bearing: token).status == expected[1])
        #expect(await client.post("/notes", bearing: token).status == expected[2])
        #expect(await client.get("/notes").problem == "unauthenticated")
        #expect(await client.get("/drafts").problem == "unauthenticated")
        #expect(await client.post("/notes").problem == "unauthenticated")
    }

    @Test("cookies open the routes to the service's pages, and a POST from another site with them is refused")
    func cookies() async throws {
        _ = try await authority.signIn(as: "eve", role: "editor")
        let page = client.page()
        var fields = HTTPFields()
        fields[try #require(HTTPField.Name("X-Auth-Mode"))] = "cookie"
        let credentials: JSONValue = ["username": "eve", "password": .string(TestAuthority.password)]
        #expect(await page.post("/auth/login", json: credentials, fields: fields).status == 200)

        #expect(await page.get("/notes").status == 200)
        #expect(await page.get("/drafts").status == 200)
        #expect(await page.post("/notes").status == 201)
        #expect(await client.page(of: "https://evil.example").post("/notes").problem == "csrf_refused")
        #expect(await client.post("/notes").problem == "csrf_refused")
    }

    @Test("any other server asks the interface the same questions")
    func otherServer() async throws {
        let api = test.api
        let client = HTTPTestClient { request, body in
            await respond(to: request, body: body, peer: IPAddress("192.0.2.1"), api: api)
        }
        let editor = try await authority.signIn(as: "eve", role: "editor").accessToken
        let user = try await authority.signIn(as: "ada").accessToken

        #expect(await client.get("/auth/me", bearing: user)["username"] == "ada")
        let id = try #require(await client.get("/auth/me", bearing: editor)["id"])
        #expect(await client.post("/notes", bearing: editor).text == "A note of \(id)\n")
        #expect(await client.post("/notes", bearing: user).problem == "insufficient_scope")
        #expect(await client.delete("/auth/login").problem == "method_not_allowed")
    }

    @Test("the command makes a registered user an administrator")
    func administrator() async throws {
        _ = try await authority.signIn(as: "ada")
        try await makeAdministrator("ada", of: authority.service)
        #expect(try await authority.principal("ada").user.role == .admin)
        await #expect(throws: AuthError.userNotFound) { try await makeAdministrator("bob", of: authority.service) }
    }
}
