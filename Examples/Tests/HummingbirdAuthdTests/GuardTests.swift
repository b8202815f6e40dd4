// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPTesting
import AuthService
import AuthTesting
import HTTPTypes
import Hummingbird
import HummingbirdAuthd
import Synchronization
import Testing

/// Routes of a service behind `Authd.require`.
@Suite("Guarded routes of a Hummingbird service") struct GuardTests {
    static let origin = "https://notes.example.test"

    let test: TestAPI
    let client: HTTPTestClient

    init() async throws {
        let roles = RoleTable(defining: ["editor": "me notes"])
        test = TestAPI(try await TestAuthority(settings: AuthSettings(issuer: Self.origin, roles: roles))) {
            configuration in
            configuration.publicURL = Self.origin
            configuration.limits.isEnabled = true
            configuration.limits.rules[.write] = .init(2, per: .seconds(60))
        }
        let router = Router(context: BasicAuthdRequestContext.self)
        router.add(middleware: Authd.mount(test.api))
        router.group("me").add(middleware: Authd.require(.authenticated))
            .get { _, context in try context.principal.user.username?.original ?? "no name" }
            .post { _, context in try context.principal.user.username?.original ?? "no name" }
        router.group("notes").add(middleware: Authd.require(.permission("notes:write")))
            .post { _, _ in HTTPResponse.Status.created }
        router.group("drafts").add(middleware: Authd.require(anyOf: .role("admin"), .role("editor"))).get { _, _ in
            "drafts"
        }
        router.group("counted").add(middleware: Authd.require(.authenticated, limit: .write)).post { _, _ in "counted" }
        router.group("nested").add(middleware: Authd.require(.authenticated))
            .group("inner").add(middleware: Authd.require(.role("editor"))).get { _, context in
                try context.principal.user.role.name
            }
        router.group("cached").add(middleware: Authd.require(.authenticated)).get { _, _ in
            Response(status: .ok, headers: [.cacheControl: "private, max-age=60"])
        }
        router.get("forgotten") { _, context in try context.principal.user.id.description }
        client = HTTPTestClient(router, url: Self.origin)
    }

    private func token(_ name: String, _ role: Role = .user, scope: Scope? = nil) async throws -> String {
        try await test.authority.signIn(as: name, role: role, scope: scope).accessToken
    }

    @Test("a valid token is the caller in the route; without one the answer is authd's problem and challenge")
    func bearer() async throws {
        #expect(await client.get("/me", bearing: try await token("ada")).text == "ada")

        let none = await client.get("/me")
        #expect(none.status == 401 && none.problem == "unauthenticated")
        #expect(none.fields[.wwwAuthenticate] == #"Bearer realm="authd""#)
        let junk = await client.get("/me", bearing: "junk")
        #expect(junk.status == 401 && junk.problem == "invalid_token")
        #expect(junk.fields[.wwwAuthenticate]?.contains(#"error="invalid_token""#) == true)
        #expect(junk.fields[.contentLength] == "\(junk.body.count)" && !junk.body.isEmpty)
        let head = await client.send(.head, "/me", bearing: "junk")
        #expect(head.status == 404 || head.body.isEmpty)
    }

    @Test("a scope and either of two roles open their routes, for tokens that cover them")
    func requirements() async throws {
        let editor = try await token("eve", "editor")
        let user = try await token("ada")
        let narrow = try await token("eve", "editor", scope: "me")

        #expect(await client.post("/notes", bearing: editor).status == 201)
        #expect(await client.get("/drafts", bearing: editor).text == "drafts")
        #expect(await client.get("/drafts", bearing: try await token("root", .admin)).text == "drafts")
        #expect(await client.get("/nested/inner", bearing: editor).text == "editor")
        for token in [user, narrow] {
            let refused = await client.post("/notes", bearing: token)
            #expect(refused.status == 403 && refused.problem == "insufficient_scope")
            #expect(refused.fields[.wwwAuthenticate]?.contains(#"scope="notes:write""#) == true)
            #expect(await client.get("/drafts", bearing: token).status == 403)
            #expect(await client.get("/nested/inner", bearing: token).status == 403)
        }
    }

    @Test("cookies open the routes to the pages of the service, and a POST from another site is refused")
    func cookies() async throws {
        _ = try await token("ada", "editor")
        let page = client.page()
        var fields = HTTPFields()
        fields[try #require(HTTPField.Name("X-Auth-Mode"))] = "cookie"
        let credentials: JSONValue = ["username": "ada", "password": .string(TestAuthority.password)]
        #expect(await page.post("/auth/login", json: credentials, fields: fields).status == 200)
        #expect(page.cookieNames.contains("__Host-authd_access"))

        #expect(await page.get("/me").text == "ada")
        #expect(await page.post("/me").text == "ada")
        #expect(await page.post("/notes").status == 201)
        for origin in ["https://evil.example", "https://notes.example.test:8443"] {
            let foreign = client.page(of: origin)
            #expect(await foreign.post("/notes").problem == "csrf_refused", "\(origin)")
            #expect(await foreign.get("/me").text == "ada", "\(origin)")
        }
        // A client that says nothing of a page, with the same cookies.
        #expect(await client.post("/notes").problem == "csrf_refused")
        #expect(await client.get("/me", bearing: "junk").problem == "ambiguous_credentials")
    }

    @Test("a limit counts the requests, and the response says what is left")
    func limits() async throws {
        let token = try await token("ada")
        let remaining = try #require(HTTPField.Name("RateLimit-Remaining"))
        for left in ["1", "0"] {
            let seen = await client.post("/counted", bearing: token)
            #expect(seen.text == "counted" && seen.fields[remaining] == left)
        }
        #expect(await client.post("/counted", bearing: token).problem == "rate_limited")
        test.authority.clock.advance(by: .seconds(30))
        #expect(await client.post("/counted", bearing: token).text == "counted")
    }

    @Test("caches keep no response behind a guard, unless the route says so")
    func caches() async throws {
        let token = try await token("ada")
        #expect(await client.get("/me", bearing: token).fields[.cacheControl] == "no-store")
        #expect(await client.get("/me").fields[.cacheControl] == "no-store")
        #expect(await client.get("/cached", bearing: token).fields[.cacheControl] == "private, max-age=60")
    }

    @Test("middleware outside a guard sees what a route throws, and the response has the guard's fields all the same")
    func errors() async throws {
        let test = try await TestAPI { $0.allowedOrigins = ["https://app.example.test"] }
        let seen = SeenErrors()
        let router = Router(context: BasicAuthdRequestContext.self)
        router.add(middleware: Authd.mount(test.api))
        let group = router.group().add(middleware: seen).add(middleware: Authd.require(.authenticated))
        group.get("lost") { _, _ -> String in throw HTTPError(.notFound, message: "No such note.") }
        group.get("teapot") { _, _ -> String in throw Teapot() }
        group.get("fault") { _, _ -> String in throw CancellationError() }
        let client = HTTPTestClient(router)
        let token = try await test.authority.signIn(as: "ada").accessToken
        let page = client.page(of: "https://app.example.test")

        for (path, status) in [("/lost", 404), ("/teapot", 418)] {
            let response = await page.get(path, bearing: token)
            #expect(response.status == status, "\(path)")
            #expect(response.fields[.cacheControl] == "no-store", "\(path)")
            #expect(response.fields[.accessControlAllowOrigin] == "https://app.example.test", "\(path)")
        }
        #expect(await page.get("/lost", bearing: token).text.contains("No such note."))
        #expect(await page.get("/fault", bearing: token).status == 500)
        #expect(await page.get("/lost").status == 401)
        #expect(
            seen.words == [
                "404 HTTPError: Not Found, No such note.", "418 a teapot", "404 HTTPError: Not Found, No such note.",
                "-",
            ])
    }

    @Test(
        "a group with a context of its own has its guards and its caller, if the context takes the state from outside")
    func groupContext() async throws {
        let router = Router(context: BasicAuthdRequestContext.self)
        router.add(middleware: Authd.mount(test.api))
        router.group("own", context: NoteContext.self).add(middleware: Authd.require(.authenticated)).get {
            _, context in "\(context.note) of \(try context.principal.user.username?.original ?? "no name")"
        }
        router.group("inner").add(middleware: Authd.require(.authenticated)).group(context: NoteContext.self).get {
            _, context in "\(context.note) of \(try context.principal.user.username?.original ?? "no name")"
        }
        let client = HTTPTestClient(router)
        let token = try await token("ada")

        for path in ["/own", "/inner"] {
            #expect(await client.get(path, bearing: token).text == "a note of ada", "\(path)")
            #expect(await client.get(path).problem == "unauthenticated", "\(path)")
        }
    }

    @Test("a revoked session and a user who was disabled open nothing any more")
    func revoked() async throws {
        let token = try await token("ada")
        #expect(await client.get("/me", bearing: token).status == 200)
        #expect(await client.post("/auth/logout", bearing: token).status == 200)
        #expect(await client.get("/me", bearing: token).problem == "invalid_token")
    }

    @Test("a guard that was forgotten, and one without a mount, let no request pass")
    func mistakes() async throws {
        let token = try await token("ada")
        #expect(await client.get("/forgotten", bearing: token).status == 401)

        let router = Router(context: BasicAuthdRequestContext.self)
        router.group("before").add(middleware: Authd.require(.authenticated)).get { _, _ in "open" }
        router.add(middleware: Authd.mount(test.api))
        let late = await HTTPTestClient(router).get("/before", bearing: token)
        #expect(late.status == 500 && late.text != "open")
    }
}

/// The context of a group, with something of its own.
private struct NoteContext: ChildRequestContext, AuthdRequestContext {
    var coreContext: CoreRequestContextStorage
    var authd: AuthdState
    let note = "a note"

    init(context: BasicAuthdRequestContext) {
        coreContext = context.coreContext
        authd = context.authd
    }
}

/// An error of the service's own that becomes a response.
private struct Teapot: HTTPResponseError, CustomStringConvertible {
    var status: HTTPResponse.Status { HTTPResponse.Status(code: 418) }
    var description: String { "a teapot" }

    func response(from request: Request, context: some RequestContext) -> Response {
        Response(status: status)
    }
}

/// Keeps what passes it as an error: its status and its words.
private final class SeenErrors: RouterMiddleware {
    typealias Context = BasicAuthdRequestContext
    private let seen = Mutex<[String]>([])
    var words: [String] { seen.withLock { $0 } }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let word = (error as? any HTTPResponseError).map { "\($0.status.code) \($0)" } ?? "-"
            seen.withLock { $0.append(word) }
            throw error
        }
    }
}
