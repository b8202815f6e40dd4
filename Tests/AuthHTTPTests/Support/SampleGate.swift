// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import HTTPTypes
import Logging
import NIOHTTP1

@testable import AuthHTTP

/// Knows the tokens `user`, `admin`, `narrow` (an administrator's, for `items:read` only) and `fresh` (must change the
/// password); `slow` is `user` for tasks alone.
struct SampleAuthenticator: CallerAuthenticating {
    static func caller(_ token: String) -> Result<Caller, Refusal> {
        let role: Role = token == "admin" || token == "narrow" ? .admin : .user
        let scope: Scope = token == "narrow" ? "items:read" : .everything
        guard ["user", "admin", "narrow", "fresh", "slow"].contains(token) else {
            return .failure(Refusal(.invalidToken))
        }
        let id = UserID(UUIDv7(high: 1, low: 1))
        return .success(
            Caller(
                subject: AccessSubject(userID: id, role: role, tokenScope: scope),
                pendingDuty: token == "fresh" ? .passwordChange : nil))
    }

    func callerNow(bearing token: String) -> Result<Caller, Refusal>? {
        token == "slow" ? nil : Self.caller(token)
    }

    func caller(bearing token: String) async throws(Refusal) -> Caller {
        try Self.caller(token).get()
    }

    func authenticatesService(bearing secret: String) -> Bool { secret == "service" }

    func requireRecentProof(of caller: Caller) throws(Refusal) { throw Refusal(.reauthenticationRequired) }
}

/// A small table of routes with one of every kind.
enum Sample {
    static let endpoints: [Endpoint] = [
        Endpoint(
            method: .get, path: "/me", operationID: "me", tag: .users, summary: "Me", access: .authenticated,
            limit: .none, replies: [.empty(.noContent, "Me")],
            immediate: { call in call.replies.json { $0.member("stage", "now") } },
            handle: { (call) throws(Refusal) in call.replies.json { $0.member("stage", "async") } }),
        Endpoint(
            method: .get, path: "/users/{id}", operationID: "user", tag: .users, summary: "User",
            access: .role(.admin), limit: .none, replies: [.empty(.noContent, "User")],
            handle: { (call) throws(Refusal) in call.replies.json { $0.member("id", call.parameters["id"] ?? "") } }),
        Endpoint(
            method: .delete, path: "/users/{id}", operationID: "deleteUser", tag: .users, summary: "User",
            access: .role(.admin), limit: .none, replies: [.empty(.noContent, "User")],
            handle: { (call) throws(Refusal) in call.replies.empty() }),
        Endpoint(
            method: .get, path: "/users/me", operationID: "own", tag: .users, summary: "Own",
            access: .authenticated, limit: .none, replies: [.empty(.noContent, "Own")],
            handle: { (call) throws(Refusal) in call.replies.json { $0.member("id", "me") } }),
        Endpoint(
            method: .get, path: "/users/stats/count", operationID: "count", tag: .users, summary: "Count",
            access: .anyone, limit: .none, query: [QueryParameter(name: "limit", schema: .integer())],
            replies: [.empty(.noContent, "Count")],
            handle: { (call) throws(Refusal) in
                var query = try call.queryFields(["limit"])
                let limit = query.integer("limit", in: 1...100)
                try query.check()
                return call.replies.json { $0.member("limit", limit ?? -1) }
            }),
        Endpoint(
            method: .post, path: "/items", operationID: "items", tag: .probes, summary: "Items",
            access: .permission("items:write"), limit: .write,
            body: RequestBody(formats: [.json, .form], schema: .anyObject, examples: []),
            replies: [.empty(.created, "Items")], openWhilePending: [.passwordChange],
            handle: { (call) throws(Refusal) in
                var fields = try call.fields([.json, .form])
                let name = fields.requiredText("name")
                let count = fields.integer("count", in: 1...9)
                let isNew = fields.bool("new")
                try fields.check()
                return call.replies.json(.created) {
                    $0.member("name", name ?? "")
                    $0.member("count", count ?? 0)
                    $0.member("new", isNew ?? false)
                }
            }),
        Endpoint(
            method: .post, path: "/echo", operationID: "echo", tag: .probes, summary: "Echo", access: .anyone,
            limit: .none, replies: [.empty(.ok, "Echo")],
            handle: { (call) throws(Refusal) in call.replies.json(call.request.body) }),
        Endpoint(
            method: .get, path: "/ping", operationID: "ping", tag: .probes, summary: "Ping", access: .anyone,
            limit: .none, replies: [.empty(.ok, "Ping")],
            immediate: { call in call.replies.message("pong") },
            handle: { (call) throws(Refusal) in call.replies.message("pong") }),
    ]

    /// A route that answers every method, and so ignores bodies.
    static let anyMethod = Endpoint(
        method: .get, path: "/any", operationID: "any", tag: .users, summary: "Any", access: .anyone, limit: .none,
        replies: [.empty(.noContent, "Any")], answersAnyMethod: true,
        handle: { (call) throws(Refusal) in call.replies.empty() })

    static func gate(
        _ configuration: HTTPConfiguration = HTTPConfiguration(), endpoints: [Endpoint] = endpoints
    ) -> Gate<SampleAuthenticator> {
        Gate(
            endpoints: endpoints, authenticator: SampleAuthenticator(), configuration: configuration,
            requestIDSeed: 1, now: { Timestamp(seconds: 1_800_000_000) },
            logger: Logger(label: "test") { _ in
                SwiftLogNoOpLogHandler()
            })
    }
}

/// What a client would see of a reply.
struct Seen {
    let reply: Reply
    let stage: Stage

    enum Stage { case now, async }

    var status: UInt16 { reply.status.rawValue }
    var text: String { String(decoding: reply.body, as: UTF8.self) }
    var json: JSONObject? { (try? JSONReader.read(reply.body))?.objectValue }
    var code: String? { json?["code"]?.stringValue }

    /// All values of a field, joined as HTTP joins them.
    subscript(name: String) -> String? {
        let values = reply.httpResponse.headerFields.filter { $0.name.canonicalName == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}

extension RequestHandler {
    /// Answers a request as a server does.
    func answer(_ head: Request, body: [UInt8]) async -> Seen {
        switch admit(head) {
        case .answered(let reply): Seen(reply: reply, stage: .now)
        case .deferred(let admitted): Seen(reply: await admitted.respond(body), stage: .async)
        }
    }

    /// Sends a request, as a server does.
    func send(
        _ method: HTTPRequest.Method, _ target: String, token: String? = nil, type: String? = nil, body: String = "",
        peer: String = "192.0.2.1", fields: [String: String] = [:]
    ) async -> Seen {
        var request = HTTPRequest(
            method: method, scheme: "http", authority: fields["Host"] ?? "example.test", path: target)
        for (name, value) in fields where name != "Host" {
            guard let name = HTTPField.Name(name) else { continue }
            request.headerFields[name] = value
        }
        if let token { request.headerFields[.authorization] = "Bearer \(token)" }
        if let type { request.headerFields[.contentType] = type }
        return await answer(Request(request, peer: IPAddress(peer)), body: Array(body.utf8))
    }
}
