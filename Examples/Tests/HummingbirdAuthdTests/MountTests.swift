// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPTesting
import AuthTesting
import HTTPTypes
import Hummingbird
import HummingbirdAuthd
import Synchronization
import Testing

/// authd's routes in a router that has routes of its own.
@Suite("authd's routes in a Hummingbird router") struct MountTests {
    let test: TestAPI
    let client: HTTPTestClient

    init() async throws {
        test = try await TestAPI()
        let router = Router(context: BasicAuthdRequestContext.self)
        router.add(middleware: Authd.mount(test.api))
        router.get("health") { _, _ in "the service's own" }
        router.get("users/:id") { _, _ in "the service's users" }
        router.post("notes") { request, _ -> String in
            let text = String(buffer: try await request.body.collect(upTo: 100))
            throw HTTPError(.notFound, message: "No room for \(text).")
        }
        router.get("**") { _, _ in "a page of the service" }
        client = HTTPTestClient(router)
    }

    @Test("authd's routes answer, with their bodies, and so do their problems")
    func authd() async throws {
        let registration: JSONValue = [
            "username": "ada", "email": "ada@example.test", "password": "notes on the engine",
        ]
        #expect(await client.post("/auth/register", json: registration).status == 201)
        let token = await client.post("/auth/login", json: ["username": "ada", "password": "notes on the engine"])
        #expect(await client.get("/auth/me", bearing: token["access_token"])["username"] == "ada")
        #expect(await client.get("/auth/me").problem == "unauthenticated")
        // Another method on a path of authd's.
        #expect(await client.delete("/auth/login").problem == "method_not_allowed")
        let head = await client.send(.head, "/auth/me", bearing: token["access_token"])
        #expect(head.status == 200 && head.body.isEmpty)
    }

    @Test("the same reply comes from authd's interface without a router")
    func same() async throws {
        let direct = test.client()
        for path in ["/auth/me", "/users/x", "/.well-known/jwks.json"] {
            let routed = await client.get(path)
            let own = await direct.get(path)
            #expect(routed.status == own.status, "\(path)")
            #expect(routed.fields[.contentType] == own.fields[.contentType], "\(path)")
        }
    }

    @Test("a body beyond 64 KiB is refused with authd's problem")
    func largeBody() async throws {
        let text = JSONValue.string(String(repeating: "a", count: 65 * 1_024))
        #expect(await client.post("/auth/login", json: ["username": text]).problem == "body_too_large")
    }

    @Test("a body that does not arrive in time is refused with authd's problem")
    func slowBody() async throws {
        let router = Router(context: BasicAuthdRequestContext.self)
        router.add(middleware: WithholdBodies())
        router.add(middleware: Authd.mount(test.api, bodyTimeout: .milliseconds(1)))
        let refused = await HTTPTestClient(router).post("/auth/login", json: ["username": "ada", "password": "x"])
        #expect(refused.status == 408 && refused.problem == "request_timeout")
    }

    @Test("a route of the service with exactly the path goes before authd's, one with parameters or wildcards does not")
    func ownRoutes() async throws {
        #expect(await client.get("/health").text == "the service's own")
        #expect(await client.get("/users/42").problem == "unauthenticated")
        #expect(await client.get("/auth/me").problem == "unauthenticated")
        #expect(await client.get("/somewhere/else").text == "a page of the service")
    }

    @Test("no spelling of its path leads past a route of the service to the one of authd's that it replaces")
    func replacedRoute() async throws {
        let test = try await TestAPI { $0.prefix = "" }
        let router = Router(context: BasicAuthdRequestContext.self)
        router.add(middleware: Authd.mount(test.api))
        router.post("auth/register") { _, _ in HTTPResponse.Status.gone }
        let client = HTTPTestClient(router)
        let registration: JSONValue = [
            "username": "ada", "email": "ada@example.test", "password": "notes on the engine",
        ]
        for path in ["/auth/register", "/auth/register/", "/auth//register", "/auth/register?x=1"] {
            #expect(await client.post(path, json: registration).status == 410, "\(path)")
        }
        for path in ["/auth/%72egister", "/%61uth/register/", "/auth/register%2F", "/auth/./register"] {
            #expect(await client.post(path, json: registration).status == 404, "\(path)")
        }
        // With another method it is authd's path.
        #expect(await client.get("/auth/register").problem == "method_not_allowed")
    }

    @Test("the service's own 404 stays its own, after it has read the body")
    func ownNotFound() async throws {
        let refused = await client.post("/notes", json: "x")
        #expect(refused.status == 404 && refused.text.contains(#"No room for \"x\"."#) && refused.problem == nil)
        // Another method on a path of the service's own.
        let other = await client.delete("/notes")
        #expect(other.status == 404 && other.problem == nil && other.fields[.allow] == nil)
    }

    @Test("a request is handed on with a body that is unread")
    func bodyOnce() async throws {
        let reads = Counter()
        let router = Router(context: BasicAuthdRequestContext.self)
        router.add(middleware: Authd.mount(test.api))
        router.group().add(middleware: CountReads(reads: reads)).add(middleware: Authd.require(.authenticated))
            .post("own") { request, _ -> HTTPResponse.Status in
                _ = try await request.body.collect(upTo: 100)
                throw HTTPError(.notFound)
            }
        let counting = HTTPTestClient(router)
        let token = try await test.authority.signIn(as: "ada").accessToken

        #expect(await counting.post("/own", json: "x", bearing: token).status == 404)
        #expect(reads.value == 1)
        #expect(await counting.post("/own", json: "x").status == 401)
        #expect(reads.value == 1)
    }

    @Test("a preflight for a route of the service is answered to pages that may read it")
    func preflight() async throws {
        let test = try await TestAPI { $0.allowedOrigins = ["https://app.example.test"] }
        let router = Router(context: BasicAuthdRequestContext.self)
        router.add(middleware: Authd.mount(test.api))
        router.group("notes").add(middleware: Authd.require(.authenticated)).put { _, _ in "kept" }
        let client = HTTPTestClient(router)
        var fields = HTTPFields()
        fields[.accessControlRequestMethod] = "PUT"

        let page = client.page(of: "https://app.example.test")
        let allowed = await page.send(.options, "/notes", fields: fields)
        #expect(allowed.status == 204 && allowed.fields[.accessControlAllowOrigin] == "https://app.example.test")
        let token = try await test.authority.signIn(as: "ada").accessToken
        let kept = await page.put("/notes", bearing: token)
        #expect(kept.text == "kept" && kept.fields[.accessControlAllowOrigin] == "https://app.example.test")
        let foreign = await client.page(of: "https://evil.example").send(.options, "/notes", fields: fields)
        #expect(foreign.status == 404 && foreign.fields[.accessControlAllowOrigin] == nil)
    }
}

/// How often something happened.
final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}

/// Counts how often the bodies of requests are begun to be read.
private struct CountReads: RouterMiddleware {
    typealias Context = BasicAuthdRequestContext
    let reads: Counter

    struct Body: AsyncSequence, Sendable {
        let buffer: ByteBuffer
        let reads: Counter

        struct AsyncIterator: AsyncIteratorProtocol {
            var rest: [ByteBuffer]
            mutating func next() async -> ByteBuffer? { rest.popLast() }
        }

        func makeAsyncIterator() -> AsyncIterator {
            reads.add()
            return AsyncIterator(rest: [buffer])
        }
    }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var request = request
        let buffer = try await request.body.collect(upTo: 100)
        request.body = RequestBody(asyncSequence: Body(buffer: buffer, reads: reads))
        return try await next(request, context)
    }
}

/// Keeps back the end of every body, as a slow client does.
private struct WithholdBodies: RouterMiddleware {
    typealias Context = BasicAuthdRequestContext

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let (stream, source) = AsyncStream<ByteBuffer>.makeStream()
        source.yield(ByteBuffer(string: "{"))
        var request = request
        request.body = RequestBody(asyncSequence: stream)
        let response = try await next(request, context)
        source.finish()
        return response
    }
}
