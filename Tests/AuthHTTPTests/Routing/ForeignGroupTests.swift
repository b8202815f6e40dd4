// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import HTTPTypes
import Logging
import NIOHTTP1
import Testing

@testable import AuthHTTP
@testable import AuthHTTPServer

/// A group of a contract of others: with errors of its own, for every page, and in no description.
private struct ForeignGroup: EndpointGroup {
    var mount: Mount { .base("/foreign/v1") }

    var errorForm: ErrorForm {
        .rendered(
            ErrorRenderer(name: "foreign") { refusal, request, id, replies in
                var reply = replies.json(refusal.kind.status) { body in
                    body.member("foreign", refusal.kind.code)
                    body.member("accept", request.field("accept") ?? "")
                    body.member("id", id?.description ?? "")
                }
                reply.reason = refusal.kind.code
                return reply
            })
    }

    var crossOrigin: CrossOriginForm { .any(headers: ["Content-Type", "X-Own"], exposed: ["X-Count"]) }

    var isDescribed: Bool { false }

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/words/{word}", operationID: "foreignWord", tag: .operations, summary: "Take",
                access: .anyone, limit: .register, replies: [.empty(.ok, "Taken")],
                handle: { (call) throws(Refusal) in
                    let object = try call.object(allowingEmpty: true)
                    guard object["wrong"] == nil else { throw Refusal(.overloaded) }
                    return call.replies.json(.ok) { $0.member("count", Int64(object.count)) }
                }),
            Endpoint(
                method: .put, path: "/words/{word}", operationID: "foreignReplace", tag: .operations,
                summary: "Replace", access: .anyone, limit: .none, replies: [.empty(.ok, "Replaced")],
                handle: { (call) throws(Refusal) in
                    _ = try call.object(allowingEmpty: false)
                    return call.replies.empty(.ok)
                }),
            Endpoint(
                method: .get, path: "/closed", operationID: "foreignClosed", tag: .operations, summary: "Read",
                access: .anyone, limit: .none, replies: [.empty(.ok, "Read")], crossOrigin: .closed,
                handle: { (call) throws(Refusal) in call.replies.empty(.ok) }),
            Endpoint(
                method: .get, path: "/guarded", operationID: "foreignGuarded", tag: .operations, summary: "Guarded",
                access: .authenticated, limit: .none, replies: [.empty(.ok, "Read")],
                handle: { (call) throws(Refusal) in call.replies.empty(.ok) }),
        ]
    }

    var schemas: [(name: String, schema: Schema)] { [("ForeignWord", .string())] }

    var problems: [ProblemKind] {
        [ProblemKind(code: "foreign", status: .conflict, title: "Foreign", detail: "Foreign.", advice: "None.")]
    }
}

@Suite("Groups of a contract of others")
struct ForeignGroupTests {
    let fixture: APIFixture
    let api: AuthAPI

    init() async throws {
        fixture = try await APIFixture()
        var configuration = HTTPConfiguration()
        configuration.allowedOrigins = ["https://app.example.test"]
        configuration.limits.rules = [.register: .init(4, per: .seconds(60))]
        api = AuthAPI(
            service: fixture.service, beside: [ForeignGroup()], configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private static let word = "/foreign/v1/words/one"

    @Test("every refusal below the base has the group's form: no path, no method, no token, no body, too many requests")
    func refusals() async throws {
        let fields = ["Accept": "text/own", "X-Request-ID": "own-1"]
        for (method, path, code) in [
            (HTTPRequest.Method.get, "/foreign/v1/nothing", "not_found"), (.get, "/foreign/v1", "not_found"),
            (.get, "/foreign/v1/", "not_found"), (.get, "/foreign/%76%31/nothing?a=b", "not_found"),
            (.delete, Self.word, "method_not_allowed"), (.get, "/foreign/v1/guarded", "unauthenticated"),
        ] {
            let seen = await api.send(method, path, fields: fields)
            #expect(seen.json?["foreign"]?.stringValue == code, "\(path) \(seen.text)")
            #expect(seen.json?["accept"]?.stringValue == "text/own" && seen.json?["id"]?.stringValue == "own-1")
            #expect(seen["content-type"] == "application/json")
        }
        #expect(await api.send(.delete, Self.word)["allow"] == "POST, PUT, OPTIONS")

        for (body, code) in [("{", "malformed_json"), (#"{"wrong":1}"#, "overloaded")] {
            let seen = await api.send(.post, Self.word, type: "application/json", body: body)
            #expect(seen.json?["foreign"]?.stringValue == code, "\(seen.text)")
        }
        for status in [200, 200, 429] as [UInt16] {
            let seen = await api.send(.post, Self.word)
            #expect(seen.status == status, "\(seen.text)")
        }
    }

    @Test("a body that is too large is refused in the group's form, and elsewhere with a problem document")
    func tooLarge() {
        for (target, isForeign) in [(Self.word, true), ("/foreign/v1/nothing", true), ("/auth/login", false)] {
            let head = Request(
                method: .post, target: target, headers: HTTPHeaders([("host", "a.test")]), peer: nil,
                isBodyTooLarge: true)
            guard case .answered(let reply) = api.admit(head) else {
                Issue.record("\(target) was admitted")
                continue
            }
            let seen = Seen(reply: reply, stage: .now)
            #expect(seen.status == 413)
            #expect((seen.json?["foreign"]?.stringValue == "body_too_large") == isForeign, "\(seen.text)")
            #expect((seen.code == "body_too_large") == !isForeign)
        }
    }

    @Test("the paths of others keep problem documents, also those whose names begin like the base")
    func others() async throws {
        for path in [
            "/foreign", "/foreign/v10", "/foreign/v1x/words", "/nothing", "/foreign//v1", "/api/v1/foreign/v1",
        ] {
            let seen = await api.send(.get, path)
            #expect(seen["content-type"] == "application/problem+json", "\(path)")
        }
    }

    @Test("pages of every origin read the replies, without credentials, but for routes that are closed")
    func origins() async throws {
        let origin = ["Origin": "https://other.example.test"]
        for path in [Self.word, "/foreign/v1/nothing", "/foreign/v1/guarded"] {
            let seen = await api.send(.get, path, fields: origin)
            #expect(seen["access-control-allow-origin"] == "*" && seen["access-control-expose-headers"] == "X-Count")
            #expect(seen["access-control-allow-credentials"] == nil)
        }
        let closed = await api.send(.get, "/foreign/v1/closed", fields: origin)
        #expect(closed.status == 200 && closed["access-control-allow-origin"] == nil)
        #expect(await api.send(.get, "/health", fields: origin)["access-control-allow-origin"] == nil)
        let listed = await api.send(.get, "/health", fields: ["Origin": "https://app.example.test"])
        #expect(listed["access-control-allow-origin"] == "https://app.example.test")

        let asking = origin.merging(["Access-Control-Request-Method": "POST"]) { _, new in new }
        let preflight = await api.send(.options, Self.word, fields: asking)
        #expect(preflight.status == 204 && preflight["access-control-allow-origin"] == "*")
        #expect(preflight["access-control-allow-headers"] == "Content-Type, X-Own")
        #expect(preflight["access-control-allow-methods"] == "POST, PUT, OPTIONS")
        #expect(await api.send(.options, "/foreign/v1/closed", fields: asking)["access-control-allow-origin"] == nil)
        #expect(await api.send(.options, "/auth/login", fields: asking)["access-control-allow-origin"] == nil)
    }

    @Test("a body may come without a type or not at all, where a route says so; not coded, and not as another type")
    func bodies() async throws {
        #expect(await api.send(.post, Self.word, body: #"{"a":1}"#).json?["count"]?.int64Value == 1)
        #expect(await api.send(.post, Self.word, type: "application/json;charset=UTF-8").status == 200)
        #expect(await api.send(.put, Self.word).json?["foreign"]?.stringValue == "malformed_json")
        for (type, fields) in [
            ("text/plain", [:]), ("application/json", ["Content-Encoding": "gzip"]),
            ("application/x-www-form-urlencoded", [:]),
        ] as [(String, [String: String])] {
            let seen = await api.send(.put, Self.word, type: type, body: "{}", fields: fields)
            #expect(seen.json?["foreign"]?.stringValue == "unsupported_media_type", "\(type) \(seen.text)")
        }
    }

    @Test("nothing of the group is in a description")
    func descriptions() async throws {
        let plain = AuthAPI(
            service: fixture.service, configuration: HTTPConfiguration(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let beside = AuthAPI(
            service: fixture.service, beside: [ForeignGroup()], configuration: HTTPConfiguration(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for path in ["/openapi.json", "/docs"] {
            #expect(await plain.send(.get, path).reply.body == beside.send(.get, path).reply.body, "\(path)")
        }
        #expect(await beside.send(.get, "/problems/foreign").status == 404)
        #expect(
            AuthAPI.openAPI(HTTPConfiguration(), roles: fixture.service.policy.roles, beside: [ForeignGroup()])
                == AuthAPI.openAPI(HTTPConfiguration(), roles: fixture.service.policy.roles))
    }
}
