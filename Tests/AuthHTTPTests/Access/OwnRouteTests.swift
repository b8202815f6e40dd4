// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// What an embedder's server asks about requests for routes of its own.
@Suite("Routes of an embedder") struct OwnRouteTests {
    static let origin = "https://auth.example.test"
    static let app = "https://app.example.test"

    private func fixture(
        roles: RoleTable = .standard, clock: ManualClock = ManualClock(), measuresSilence: Bool = false,
        _ configure: (inout HTTPConfiguration) -> Void = { _ in }
    ) async throws -> APIFixture {
        try await APIFixture(
            settings: AuthSettings(issuer: Self.origin, roles: roles), clock: clock, measuresSilence: measuresSilence
        ) { configuration in
            configuration.publicURL = Self.origin
            configuration.allowedOrigins = [Self.app]
            configure(&configuration)
        }
    }

    /// A request for a route that the table does not have.
    private func request(
        _ method: HTTPRequest.Method = .get, token: String? = nil, fields: [(String, String)] = []
    ) -> HTTPRequest {
        var request = HTTPRequest(method: method, scheme: "https", authority: "auth.example.test", path: "/notes")
        if let token { request.headerFields[.authorization] = "Bearer \(token)" }
        for (name, value) in fields {
            guard let name = HTTPField.Name(name) else { continue }
            request.headerFields.append(HTTPField(name: name, value: value))
        }
        return request
    }

    private func decide(
        _ fixture: APIFixture, _ request: HTTPRequest, _ requirement: AccessRequirement = .authenticated,
        limit: LimitClass = .none, peer: String = "192.0.2.1"
    ) async -> Decision {
        Decision(
            await fixture.api.authenticate(request, peer: IPAddress(peer), requiring: requirement, limit: limit))
    }

    // MARK: Whose route it is

    @Test("a path of the interface is the interface's with every method, at the root and under the prefix")
    func serves() async throws {
        let api = try await fixture().api
        for path in ["/auth/login", "/api/v1/auth/login", "/auth/me?x=1", "/users/42", "/auth/%6Cogin", "/auth/login/"]
        {
            for method in [HTTPRequest.Method.get, .head, .post, .delete, .options, .trace] {
                #expect(api.serves(method, path), "\(method) \(path)")
            }
        }
    }

    @Test("every route of the interface is its own, and what `respond` does not find is not", arguments: [true, false])
    func servesAll(isDevelopment: Bool) async throws {
        var configuration = HTTPConfiguration()
        configuration.isDevelopment = isDevelopment
        let fixture = try await fixture { $0 = configuration }
        for endpoint in EndpointTable(describing: configuration).endpoints {
            let target = APITable.target(of: endpoint)
            #expect(
                fixture.api.serves(HTTPRequest.Method(rawValue: endpoint.method.rawValue) ?? .get, target), "\(target)")
        }
        for target in [
            "/notes", "/auth", "/users/42/notes", "/api/v1/notes", "/auth//login", "/auth/%2e%2e/login", "*",
        ] {
            #expect(!fixture.api.serves(.get, target), "\(target)")
            #expect([400, 404].contains(await fixture.send(.get, target).status), "\(target)")
        }
    }

    @Test("a server with pages of its own keeps the root and the icon, and no page leads to the overview")
    func ownRoot() async throws {
        let fixture = try await fixture { $0.exposesOverview = false }
        for target in ["/", "/api/v1", "/favicon.ico", "/api/v1/favicon.ico"] {
            #expect(!fixture.api.serves(.get, target), "\(target)")
            #expect(await fixture.send(.get, target).status == 404, "\(target)")
        }
        let problem = await fixture.send(.get, "/problems/rate-limited", fields: ["Accept": "text/html"])
        #expect(problem.status == 200 && problem.text.contains("All routes") && !problem.text.contains("Overview"))
        let document = await fixture.send(.get, "/openapi.json")
        #expect(document.status == 200 && !document.text.contains("Overview"))
    }

    // MARK: Refusals

    struct Bad: CustomTestStringConvertible, Sendable {
        let why: String
        var token: String?
        var fields: [(String, String)] = []
        var testDescription: String { why }
    }

    @Test(
        "a refusal is that of a route of the interface, field by field and octet by octet",
        arguments: [
            Bad(why: "no token"), Bad(why: "junk", token: "junk"), Bad(why: "an empty token", token: ""),
            Bad(why: "another scheme", fields: [("Authorization", "Basic YTpi")]),
            Bad(why: "two tokens", token: "one", fields: [("Authorization", "Bearer two")]),
            Bad(why: "a token beside cookies", token: "one", fields: [("Cookie", "__Host-authd_access=two")]),
            Bad(why: "a bad cookie", fields: [("Cookie", "__Host-authd_access=two")]),
            Bad(why: "a page that may read replies", fields: [("Origin", app)]),
            Bad(why: "a page that may not", fields: [("Origin", "https://evil.example")]),
        ])
    func refusals(bad: Bad) async throws {
        let fixture = try await fixture()
        let request = request(token: bad.token, fields: bad.fields + [("X-Request-ID", "one-of-a-test")])
        var own = request
        own.path = "/auth/me"
        let expected = await fixture.api.respond(to: own, body: [], peer: IPAddress("192.0.2.1"))

        let seen = await decide(fixture, request)

        #expect(seen.principal == nil && seen.status == expected.response.status.code)
        #expect(seen.fields == expected.response.headerFields && seen.body == expected.body)
        #expect(seen.fields[.contentType] == "application/problem+json")
    }

    @Test("a missing permission is named in the challenge, and none is said to be missing where several would do")
    func missingPermission() async throws {
        let fixture = try await fixture()
        let request = request(token: try await fixture.token("ada"))
        let write = AccessRequirement.permission("notes:write")

        let refused = await decide(fixture, request, write)
        #expect(refused.status == 403 && refused.code == "insufficient_scope")
        #expect(
            refused.fields[.wwwAuthenticate]
                == #"Bearer realm="authd", error="insufficient_scope", scope="notes:write""#)
        #expect(await decide(fixture, request, .role(.admin)).code == "insufficient_scope")
        #expect(await decide(fixture, request, .anyOf(.role(.admin), .role("editor"))).status == 403)
        #expect(await decide(fixture, request, .anyOf([])).status == 403)
        #expect(await decide(fixture, request, .service).code == "invalid_token")
    }

    @Test("without a token even a requirement that is open to anyone admits no request")
    func anyone() async throws {
        let fixture = try await fixture()
        #expect(await decide(fixture, request(), .anyone).code == "unauthenticated")
        let token = try await fixture.token("ada")
        #expect(await decide(fixture, request(token: token), .anyone).principal?.user.username?.original == "ada")
    }

    @Test("a token opens what the role grants and the scope covers, and either role where one of two is asked for")
    func admitted() async throws {
        let fixture = try await fixture(roles: RoleTable(defining: ["editor": "me items notes"]))
        let editor = request(token: try await fixture.token("eve", role: "editor"))
        let narrow = request(
            token: try await fixture.authority.signIn(as: "eve", role: "editor", scope: "me").accessToken)
        let user = request(token: try await fixture.token("ada"))
        let either = AccessRequirement.anyOf(.role(.admin), .role("editor"))

        #expect(await decide(fixture, editor, .permission("notes:write")).principal?.user.role == "editor")
        #expect(await decide(fixture, editor, either).principal != nil)
        #expect(await decide(fixture, narrow, .authenticated).principal != nil)
        for request in [narrow, user] {
            #expect(await decide(fixture, request, .permission("notes:write")).status == 403)
            #expect(await decide(fixture, request, either).status == 403)
        }
    }

    @Test("a user who must change the password first gets that problem, whatever the route requires")
    func pendingDuty() async throws {
        let fixture = try await fixture()
        let draft = UserDraft(
            username: try Username("new"), email: nil, fullName: nil, password: try Password(TestAuthority.password),
            role: .admin)
        _ = try await fixture.service.users.create(
            draft, by: .commandLine, mustChangePassword: true, from: ClientContext())
        let token = try await fixture.authority.signIn(as: "new").accessToken

        for requirement in [AccessRequirement.authenticated, .role(.admin), .anyone] {
            let seen = await decide(fixture, request(token: token), requirement)
            #expect(seen.status == 403 && seen.code == "password_change_required")
        }
    }

    @Test("a token whose session has ended is refused at once")
    func revoked() async throws {
        let fixture = try await fixture()
        let token = try await fixture.token("ada")
        #expect(await decide(fixture, request(token: token)).principal != nil)

        #expect(await fixture.send(.post, "/auth/logout", token: token).status == 200)
        #expect(await decide(fixture, request(token: token)).code == "invalid_token")
    }

    @Test("while the change feed has been silent for too long a token is answered 503, and no longer once it is heard")
    func silence() async throws {
        let clock = ManualClock()
        let fixture = try await fixture(clock: clock, measuresSilence: true)
        let request = request(token: try await fixture.token("ada"), fields: [("X-Request-ID", "one-of-a-test")])
        #expect(await decide(fixture, request).principal != nil)

        clock.advance(by: .seconds(11))

        let seen = await decide(fixture, request)
        #expect(seen.principal == nil && seen.status == 503 && seen.code == "unavailable")
        var own = request
        own.path = "/auth/me"
        let expected = await fixture.api.respond(to: own, body: [], peer: IPAddress("192.0.2.1"))
        #expect(seen.fields == expected.response.headerFields && seen.body == expected.body)
        #expect(seen["retry-after"] != nil)
        try await fixture.service.changeFeed.readChanges()
        #expect(await decide(fixture, request).principal != nil)
    }

    // MARK: Cookies

    @Test("cookies open the route, and a page of another site sends nothing with them that may change something")
    func cookies() async throws {
        let fixture = try await fixture()
        _ = try await fixture.token("ada")
        let browser = Browser(fixture)
        await browser.signIn()
        let cookie = ("Cookie", browser.cookieField)
        func decide(_ method: HTTPRequest.Method, _ fields: [(String, String)]) async -> Decision {
            await self.decide(fixture, request(method, fields: [cookie] + fields))
        }
        let own = [("Origin", Self.origin), ("Sec-Fetch-Site", "same-origin")]
        let foreign = [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")]

        for method in [HTTPRequest.Method.get, .head] {
            #expect(await decide(method, []).principal?.user.username?.original == "ada")
            #expect(await decide(method, foreign).principal != nil)
        }
        for method in [HTTPRequest.Method.post, .put, .patch, .delete, .options, .trace, .connect] {
            #expect(await decide(method, own).principal != nil, "\(method)")
            for fields in [foreign, [], [("Origin", "null")], [own[0], own[0]]] {
                let refused = await decide(method, fields)
                #expect(refused.status == 403 && refused.code == "csrf_refused", "\(method) \(fields)")
            }
        }
        #expect(await decide(.post, [("Origin", Self.app), ("Sec-Fetch-Site", "same-site")]).principal != nil)
    }

    @Test("a page of another origin opens no WebSocket with cookies, although its handshake is a GET")
    func webSocket() async throws {
        let fixture = try await fixture()
        let token = try await fixture.token("ada")
        let browser = Browser(fixture)
        await browser.signIn()
        func handshake(_ credential: (String, String), _ fields: [(String, String)]) async -> Decision {
            await decide(fixture, request(fields: [credential, ("Connection", "Upgrade")] + fields))
        }
        let cookie = ("Cookie", browser.cookieField)

        for name in ["websocket", "WebSocket"] {
            let upgrade = ("Upgrade", name)
            #expect(await handshake(cookie, [upgrade, ("Origin", Self.origin)]).principal != nil)
            #expect(await handshake(cookie, [upgrade, ("Origin", Self.app)]).principal != nil)
            for origin in ["https://evil.example", "https://sibling.example.test", "null"] {
                #expect(await handshake(cookie, [upgrade, ("Origin", origin)]).code == "csrf_refused", "\(origin)")
            }
            #expect(await handshake(cookie, [upgrade]).code == "csrf_refused")
            // No page can send this field.
            #expect(await handshake(("Authorization", "Bearer \(token)"), [upgrade]).principal != nil)
        }
        #expect(await handshake(cookie, [("Upgrade", "h2c")]).principal != nil)
    }

    @Test("over plain HTTP cookies are read from this machine alone")
    func plainCookies() async throws {
        let fixture = try await fixture { $0.publicURL = nil }
        _ = try await fixture.token("ada")
        let browser = Browser(fixture, peer: "127.0.0.1")
        browser.source = ["Host": "localhost:8000", "Origin": "http://localhost:8000"]
        await browser.signIn()
        let request = request(fields: [("Cookie", browser.cookieField)])

        #expect(await decide(fixture, request, peer: "127.0.0.1").principal != nil)
        #expect(await decide(fixture, request, peer: "192.0.2.1").code == "unauthenticated")
    }

    // MARK: Limits and other origins

    @Test("requests are counted where the route says as what, and the response has what is left")
    func limits() async throws {
        let fixture = try await fixture { configuration in
            configuration.limits.isEnabled = true
            configuration.limits.rules[.write] = .init(2, per: .seconds(60))
        }
        let request = request(.post, token: try await fixture.token("ada"))

        for left in ["1", "0"] {
            let admitted = await decide(fixture, request, limit: .write)
            #expect(admitted.principal != nil && admitted["ratelimit-remaining"] == left)
        }
        let refused = await decide(fixture, request, limit: .write)
        #expect(refused.status == 429 && refused.code == "rate_limited" && refused["retry-after"] == "30")
        #expect(refused["ratelimit-limit"] == "2")
        let uncounted = await decide(fixture, request)
        #expect(uncounted.principal != nil && uncounted["ratelimit-limit"] == nil)
    }

    @Test("the response to a page that may read it says so, and no other is named")
    func otherOrigins() async throws {
        let fixture = try await fixture()
        let token = try await fixture.token("ada")

        let listed = await decide(fixture, request(token: token, fields: [("Origin", Self.app)]))
        #expect(listed.fields[.accessControlAllowOrigin] == Self.app && listed.fields[.vary] == "origin")
        #expect(listed.fields[.accessControlAllowCredentials] == "true")
        let foreign = await decide(fixture, request(token: token, fields: [("Origin", "https://evil.example")]))
        #expect(foreign.principal != nil && foreign.fields == [.vary: "origin"])
    }

    @Test("a preflight for a route of the embedder is answered to listed pages alone")
    func preflight() async throws {
        let api = try await fixture().api
        let asked = ("Access-Control-Request-Method", "PUT")

        let response = try #require(api.preflight(request(.options, fields: [("Origin", Self.app), asked])))
        #expect(response.status == .noContent && response.headerFields[.accessControlAllowOrigin] == Self.app)
        #expect(response.headerFields[.accessControlAllowMethods] == "GET, HEAD, POST, PUT, PATCH, DELETE")
        #expect(response.headerFields[.accessControlAllowHeaders]?.contains("Authorization") == true)
        for other in [
            request(.options, fields: [("Origin", "https://evil.example"), asked]),
            request(.options, fields: [("Origin", Self.app)]), request(.options, fields: [asked]),
            request(.get, fields: [("Origin", Self.app), asked]),
        ] {
            #expect(api.preflight(other) == nil)
        }
    }
}

/// A decision, with the fields of a refusal or those for the route's response.
private struct Decision {
    private(set) var principal: Principal?
    private(set) var status = 200
    private(set) var fields: HTTPFields
    private(set) var body: [UInt8] = []

    init(_ authentication: RequestAuthentication) {
        switch authentication {
        case .principal(let principal, let fields):
            self.principal = principal
            self.fields = fields
        case .refused(let head, let body):
            status = head.status.code
            fields = head.headerFields
            self.body = body
        }
    }

    var code: String? { (try? JSONReader.read(body))?.objectValue?["code"]?.stringValue }

    subscript(name: String) -> String? { HTTPField.Name(name).flatMap { fields[$0] } }
}
