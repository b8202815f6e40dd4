// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Logging
import Testing

/// A group as a further target of the package writes it: this file sees only what such a target sees.
private struct EchoGroup: EndpointGroup {
    var mount: Mount { .base("/apps/echo") }

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/words/{word}/{place}", operationID: "echoWord", tag: .operations,
                summary: "Echo a word", access: .anyone, limit: .none,
                replies: [.json(.ok, "The word", .component("EchoedWord"))], problems: [.unknownWord],
                handle: { (call) throws(Refusal) in
                    guard let word = call.parameters["word"], let place = call.parameters["place"],
                        call.parameters["other"] == nil, !word.hasSameOctets(as: "unknown")
                    else { throw Refusal(.unknownWord) }
                    return call.replies.json(.ok) { body in
                        body.member("word", word)
                        body.member("place", place)
                    }
                }),
            Endpoint(
                method: .get, path: "/me", operationID: "echoMe", tag: .operations, summary: "Echo the caller",
                access: .authenticated, limit: .none, replies: [.empty(.noContent, "Known")],
                handle: { (call) throws(Refusal) in
                    _ = try call.principal()
                    return call.replies.empty()
                }),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("EchoedWord", .object([.required("word", .string()), .required("place", .string())]))]
    }

    var problems: [ProblemKind] { [.unknownWord] }
}

extension ProblemKind {
    fileprivate static let unknownWord = ProblemKind(
        code: "unknown_word", status: .notFound, title: "Unknown word", detail: "There is no such word.",
        advice: "Choose another word.")
}

@Suite("Groups of routes") struct EndpointGroupTests {
    let fixture: APIFixture
    let api: AuthAPI

    init() async throws {
        fixture = try await APIFixture()
        api = AuthAPI(
            service: fixture.service, beside: [EchoGroup()], configuration: HTTPConfiguration(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("a group with a base path of its own is found there alone, beside the others")
    func base() async {
        let found = await api.send(.get, "/apps/echo/words/hello/first")
        #expect(found.status == 200)
        #expect(found.json?["word"]?.stringValue == "hello")
        #expect(found.json?["place"]?.stringValue == "first")

        #expect(await api.send(.get, "/api/v1/apps/echo/words/hello/first").code == "not_found")
        #expect(await api.send(.get, "/words/hello/first").code == "not_found")
        #expect(await api.send(.get, "/health").status == 200)
        #expect(await api.send(.get, "/api/v1/health").status == 200)
    }

    @Test("a group's routes pass the same checks, and answer with the group's own problems")
    func refusals() async throws {
        #expect(await api.send(.get, "/apps/echo/me").code == "unauthenticated")
        let pair = try await fixture.authority.signIn(as: "ada")
        #expect(await api.send(.get, "/apps/echo/me", token: pair.accessToken).status == 204)

        let refused = await api.send(.get, "/apps/echo/words/unknown/first")
        #expect(refused.status == 404 && refused.code == "unknown_word")
        #expect(refused["content-type"] == "application/problem+json")
        #expect(await api.send(.get, "/problems/unknown-word").json?["advice"]?.stringValue == "Choose another word.")
    }

    @Test("a group's routes, schemas and problems are in the description")
    func description() async throws {
        let document = try await served(by: api)
        let path = document["paths"]?.objectValue?["/apps/echo/words/{word}/{place}"]?.objectValue
        let operation = try #require(path?["get"]?.objectValue)
        #expect(operation["servers"]?.arrayValue?.first?.objectValue?["url"]?.stringValue == "/")
        let names = operation["parameters"]?.arrayValue?.compactMap { $0.objectValue?["name"]?.stringValue }
        #expect(names == ["word", "place"])

        let schemas = try #require(document["components"]?.objectValue?["schemas"]?.objectValue)
        #expect(schemas["EchoedWord"] != nil)
        let codes = schemas["Problem"]?.objectValue?["properties"]?.objectValue?["code"]?.objectValue?["enum"]
        #expect(codes?.arrayValue?.contains { $0.stringValue == "unknown_word" } == true)
    }

    @Test("the description that is made without a service is the one that a service's interface serves")
    func descriptionWithoutService() async throws {
        let api = AuthAPI(
            service: fixture.service, configuration: HTTPConfiguration(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

        let text = AuthAPI.openAPI(HTTPConfiguration(), roles: fixture.service.policy.roles)

        #expect(await api.send(.get, "/openapi.json").reply.body == text)
    }

    @Test("the first parts of paths are taken from the table")
    func firstSegments() {
        let segments = AuthAPI.firstPathSegments
        #expect(segments.isSuperset(of: ["auth", "users", "audit", "token", "health", "problems", ".well-known"]))
        #expect(segments.isSuperset(of: ["metrics", "docs", "redoc", "openapi.json", "items", "public", "protected"]))
        #expect(!segments.contains("api"))
    }

    private func served(by api: AuthAPI) async throws -> JSONObject {
        let body = await api.send(.get, "/openapi.json").reply.body
        return try #require(
            try JSONReader.read(body, limits: JSONLimits(maximumBytes: 4 << 20, maximumDepth: 64)).objectValue)
    }
}
