// SPDX-License-Identifier: Apache-2.0

import AuthCore
import HTTPTypes
import NIOHTTP1
import Testing

@testable import AuthHTTP
@testable import AuthHTTPServer

@Suite("Gate") struct GateTests {
    let gate = Sample.gate()

    @Test("literal segments win over parameters, at the root and under the prefix", arguments: ["", "/api/v1"])
    func literalsWin(prefix: String) async {
        #expect(await gate.send(.get, prefix + "/users/me", token: "user").json?["id"]?.stringValue == "me")
        #expect(await gate.send(.get, prefix + "/users/42", token: "admin").json?["id"]?.stringValue == "42")
        #expect(await gate.send(.get, prefix + "/users/stats/count").status == 200)
        #expect(await gate.send(.get, prefix + "/users/stats", token: "admin").json?["id"]?.stringValue == "stats")
    }

    @Test("a trailing slash is the same route, an encoded letter too")
    func equivalentTargets() async {
        #expect(await gate.send(.get, "/users/stats/count/").status == 200)
        #expect(await gate.send(.get, "/users/stats/%63ount").status == 200)
    }

    // Behaviour A11
    @Test("an unknown path is 404, an ambiguous path 400, another method 405 with Allow")
    func noRoute() async {
        #expect(await gate.send(.get, "/nothing").code == "not_found")
        #expect(await gate.send(.get, "/users//me").code == "malformed_request")
        let refused = await gate.send(.post, "/users/me")
        #expect(refused.code == "method_not_allowed")
        #expect(refused["allow"] == "GET, HEAD, OPTIONS")
        #expect(await gate.send(.trace, "/users/me").status == 405)
        #expect(await gate.send(.delete, "/users/me", token: "admin").status == 405)
    }

    @Test("HEAD is answered as GET, OPTIONS with the methods")
    func headAndOptions() async {
        #expect(await gate.send(.head, "/users/stats/count").status == 200)
        let options = await gate.send(.options, "/users/42")
        #expect(options.status == 204)
        #expect(options["allow"] == "GET, HEAD, DELETE, OPTIONS")
    }

    @Test("a request is answered from memory, unless the token must be looked up")
    func stages() async {
        let now = await gate.send(.get, "/me", token: "user")
        #expect(now.stage == .now)
        #expect(now.json?["stage"]?.stringValue == "now")
        let slow = await gate.send(.get, "/me", token: "slow")
        #expect(slow.stage == .async)
        #expect(slow.json?["stage"]?.stringValue == "async")
    }

    struct Access: CustomTestStringConvertible {
        let method: HTTPRequest.Method
        let target: String
        let token: String?
        let status: UInt16
        var code: String?
        var challenge: String?
        var testDescription: String { "\(method) \(target) as \(token ?? "no user")" }
    }

    @Test(
        "access is decided before the body is read",
        arguments: [
            Access(
                method: .get, target: "/me", token: nil, status: 401, code: "unauthenticated",
                challenge: "Bearer realm=\"authd\""),
            Access(method: .get, target: "/me", token: "junk", status: 401, code: "invalid_token"),
            Access(method: .get, target: "/me", token: "", status: 401, code: "unauthenticated"),
            Access(method: .get, target: "/me", token: "user", status: 200),
            Access(method: .get, target: "/me", token: "fresh", status: 403, code: "password_change_required"),
            Access(method: .get, target: "/users/1", token: "user", status: 403, code: "insufficient_scope"),
            Access(method: .get, target: "/users/1", token: "narrow", status: 403, code: "insufficient_scope"),
            Access(method: .get, target: "/users/1", token: "admin", status: 200),
            Access(method: .post, target: "/items", token: nil, status: 401, code: "unauthenticated"),
            Access(
                method: .post, target: "/items", token: "narrow", status: 403, code: "insufficient_scope",
                challenge: "Bearer realm=\"authd\", error=\"insufficient_scope\", scope=\"items:write\""),
            Access(method: .post, target: "/items", token: "fresh", status: 415, code: "unsupported_media_type"),
        ])
    func access(_ example: Access) async {
        let seen = await gate.send(example.method, example.target, token: example.token)

        #expect(seen.status == example.status)
        #expect(seen.code == example.code)
        if let challenge = example.challenge { #expect(seen["www-authenticate"] == challenge) }
        if example.status == 401 { #expect(seen["www-authenticate"]?.hasPrefix("Bearer ") == true) }
    }

    @Test("Basic credentials are not a token, and two Authorization fields are refused")
    func authorizationForms() async {
        #expect(await gate.send(.get, "/me", fields: ["Authorization": "Basic dTpw"]).code == "unauthenticated")
        #expect(await gate.send(.get, "/me", fields: ["Authorization": "bearer user"]).status == 200)
        var request = HTTPRequest(method: .get, scheme: "http", authority: "example.test", path: "/me")
        request.headerFields.append(HTTPField(name: .authorization, value: "Bearer user"))
        request.headerFields.append(HTTPField(name: .authorization, value: "Bearer admin"))
        let seen = await gate.answer(Request(request, peer: nil), body: [])
        #expect(seen.reply.status == .badRequest && seen.stage == .now)
    }

    @Test("a body is read as JSON or as a form, and every wrong field is named")
    func bodies() async {
        func post(_ type: String?, _ body: String) async -> Seen {
            await gate.send(.post, "/items", token: "user", type: type, body: body)
        }

        #expect(await post("application/json", #"{"name":"a","count":3,"new":true,"role":"admin"}"#).status == 201)
        #expect(await post("application/x-www-form-urlencoded", "name=a&count=3&new=true").status == 201)
        #expect(await post("text/plain", "{}").code == "unsupported_media_type")
        #expect(await post("application/json", "[]").code == "malformed_json")
        #expect(await post("application/json", #"{"name":"a","name":"b"}"#).code == "malformed_json")
        #expect(await post("application/json", "").code == "malformed_json")
        #expect(await post("application/x-www-form-urlencoded", "name=a&name=b").code == "malformed_form")
        let invalid = await post("application/json", #"{"name":7,"count":"3","new":"yes"}"#)
        #expect(invalid.code == "validation_failed")
        let errors = invalid.json?["errors"]?.arrayValue?.compactMap(\.objectValue) ?? []
        #expect(errors.compactMap { $0["field"]?.stringValue } == ["name", "count", "new"])
        #expect(errors.compactMap { $0["code"]?.stringValue } == ["wrong_type", "wrong_type", "wrong_type"])
        let missing = await post("application/json", #"{"name":null,"count":10}"#)
        #expect(
            missing.json?["errors"]?.arrayValue?.compactMap { $0.objectValue?["code"]?.stringValue }
                == ["missing", "out_of_range"])
    }

    @Test("unknown, repeated and malformed query parameters are refused")
    func queries() async {
        #expect(await gate.send(.get, "/users/stats/count?limit=7").json?["limit"]?.int64Value == 7)
        #expect(await gate.send(.get, "/users/stats/count?limit=7&limit=8").code == "invalid_query")
        #expect(await gate.send(.get, "/users/stats/count?limit=0").code == "invalid_query")
        #expect(await gate.send(.get, "/users/stats/count?limit=99999999999999999999").code == "invalid_query")
        #expect(await gate.send(.get, "/users/stats/count?other=7").code == "invalid_query")
        #expect(await gate.send(.get, "/users/stats/count?limit=%").code == "invalid_query")
    }

    @Test("every reply has the security fields and a request id, and never names the server")
    func securityFields() async {
        for seen in [
            await gate.send(.get, "/me", token: "user"), await gate.send(.get, "/users/me", token: "user"),
            await gate.send(.get, "/nothing"), await gate.send(.options, "/me"), await gate.send(.get, "/me"),
            Seen(reply: gate.refuse(.malformed), stage: .now),
        ] {
            #expect(seen["x-content-type-options"] == "nosniff")
            #expect(seen["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'")
            #expect(seen["referrer-policy"] == "no-referrer")
            #expect(seen["cache-control"] == "no-store")
            #expect(seen["x-request-id"]?.isEmpty == false)
            #expect(seen["server"] == nil)
            #expect(seen["strict-transport-security"] == nil)
        }
        var configuration = HTTPConfiguration()
        configuration.publicURL = "https://id.example.test"
        #expect(
            await Sample.gate(configuration).send(.get, "/ping")["strict-transport-security"]
                == "max-age=31536000; includeSubDomains")
    }

    @Test("a well-formed request id is used, in the problem as well")
    func requestIDs() async {
        let seen = await gate.send(.get, "/nothing", fields: ["X-Request-ID": "abc-1"])
        #expect(seen["x-request-id"] == "abc-1")
        #expect(seen.json?["instance"]?.stringValue == "abc-1")
        #expect(await gate.send(.get, "/nothing", fields: ["X-Request-ID": "a b"])["x-request-id"] != "a b")
    }

    @Test("a request is named once, when its head is read, whether memory answers it or a task")
    func namedOnce() async {
        let names = RequestIDSource(seed: 1)

        #expect(await gate.send(.post, "/echo", body: "a")["x-request-id"] == names.next().description)
        #expect(await gate.send(.get, "/users/me", token: "user")["x-request-id"] == names.next().description)
        #expect(await gate.send(.get, "/ping")["x-request-id"] == names.next().description)
        #expect(await gate.send(.post, "/items", token: "user")["x-request-id"] == names.next().description)
        #expect(await gate.send(.get, "/nothing")["x-request-id"] == names.next().description)
    }

    // Behaviour A9
    @Test("too large a body is refused before access is decided, but not where bodies are ignored")
    func tooLargeBodies() async {
        let gate = Sample.gate(endpoints: Sample.endpoints + [Sample.anyMethod])
        func head(_ target: String) -> Request {
            Request(method: .post, target: target, headers: HTTPHeaders(), peer: nil, isBodyTooLarge: true)
        }

        #expect(await gate.answer(head("/echo"), body: []).status == 413)
        #expect(await gate.answer(head("/items"), body: []).status == 413)
        #expect(await gate.answer(head("/nothing"), body: []).status == 413)
        #expect(await gate.answer(head("/any"), body: []).status == 204)
    }

    @Test("a source over its limit gets Retry-After, and others are not affected")
    func limits() async {
        var configuration = HTTPConfiguration()
        configuration.limits.rules[.write] = .init(2, per: .seconds(60))
        let gate = Sample.gate(configuration)
        func post(from peer: String, to target: String = "/items") async -> Seen {
            await gate.send(.post, target, token: "user", peer: peer, fields: ["X-Forwarded-For": "198.51.100.1"])
        }

        #expect(await post(from: "192.0.2.1").status == 415)
        #expect(await post(from: "192.0.2.1", to: "/api/v1/items/")["ratelimit-remaining"] == "0")
        let refused = await post(from: "192.0.2.1", to: "/items?x=1")
        #expect(refused.code == "rate_limited")
        #expect(refused["retry-after"] == "30")
        #expect(refused["ratelimit-limit"] == "2")
        #expect(await post(from: "192.0.2.2").status == 415)
        #expect(await post(from: "2001:db8::1").status == 415)
        #expect(await post(from: "2001:db8::2").status == 415)
        #expect(await post(from: "2001:db8::3").status == 429)

        configuration.limits.isEnabled = false
        let open = Sample.gate(configuration)
        for _ in 0..<5 { #expect(await open.send(.post, "/items", token: "user").status == 415) }
    }

    @Test("pages of listed origins may read replies, other origins may not")
    func cors() async {
        var configuration = HTTPConfiguration()
        configuration.allowedOrigins = ["https://app.example.test"]
        let gate = Sample.gate(configuration)
        let listed = ["Origin": "https://app.example.test", "Access-Control-Request-Method": "POST"]
        let unlisted = ["Origin": "https://evil.example.test", "Access-Control-Request-Method": "POST"]

        let preflight = await gate.send(.options, "/items", fields: listed)
        #expect(preflight["access-control-allow-origin"] == "https://app.example.test")
        #expect(preflight["access-control-allow-credentials"] == "true")
        #expect(preflight["access-control-allow-methods"] == "POST, OPTIONS")
        #expect(preflight["vary"] == "origin")
        #expect(
            await gate.send(.get, "/ping", fields: listed)["access-control-allow-origin"] == "https://app.example.test")
        #expect(await gate.send(.get, "/nothing", fields: listed)["access-control-expose-headers"] != nil)
        #expect(await gate.send(.options, "/items", fields: unlisted)["access-control-allow-origin"] == nil)
        let other = await gate.send(.get, "/ping", fields: unlisted)
        #expect(other["access-control-allow-origin"] == nil)
        #expect(other["vary"] == "origin")

        configuration.allowedOrigins = ["*"]
        let any = await Sample.gate(configuration).send(.get, "/ping", fields: unlisted)
        #expect(any["access-control-allow-origin"] == "*")
        #expect(any["access-control-allow-credentials"] == nil)
    }

    @Test("requests are counted by route template, method and class of status, never by path")
    func metrics() async {
        _ = await gate.send(.get, "/users/4711", token: "admin")
        _ = await gate.send(.get, "/users/4712", token: "user")
        _ = await gate.send(.get, "/secret-path")

        let text = PrometheusText.render(gate.metrics)

        #expect(text.contains("authd_http_requests_total{method=\"GET\",route=\"/users/{id}\",status=\"2xx\"} 1\n"))
        #expect(text.contains("authd_http_requests_total{method=\"GET\",route=\"/users/{id}\",status=\"4xx\"} 1\n"))
        #expect(text.contains("authd_http_requests_total{method=\"other\",route=\"none\",status=\"4xx\"} 1\n"))
        #expect(text.contains("authd_http_request_duration_seconds_count{method=\"GET\",route=\"/users/{id}\"} 2\n"))
        // With the slash: a duration may well have these digits.
        #expect(!text.contains("/4711") && !text.contains("secret"))
    }
}
