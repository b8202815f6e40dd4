// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTestSupport
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// What a proxy makes of an answer: 2xx passes, 401 and 403 refuse, and anything else is an error of the site.
@Suite("Forward authentication", .timeLimit(.minutes(2))) struct ForwardAuthTests {
    private static let methods: [HTTPRequest.Method] =
        [
            .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
        ] + ["PROPFIND", "QUERY", "M-SEARCH"].compactMap { HTTPRequest.Method($0) }

    @Test("every method is answered as GET, from memory and in tasks and under the prefix", arguments: methods)
    func everyMethod(_ method: HTTPRequest.Method) async throws {
        let fixture = try await APIFixture()
        let token = try await fixture.token("ada")
        for path in ["/auth/verify", "/api/v1/auth/verify/"] {
            #expect(await fixture.send(method, path).status == 401)
            #expect(await fixture.send(method, path + "?role=admin", token: token).status == 403)
            let granted = await fixture.send(method, path + "?scope=items:read", token: token)
            #expect(granted.status == 204 && granted["x-auth-username"] == "ada")
        }
    }

    @Test("verified=true asks for a verified address, whatever the token's scope, and false asks for nothing")
    func verifiedAddress() async throws {
        let fixture = try await APIFixture()
        let token = try await fixture.token("ada")
        let path = "/auth/verify?verified="

        let refused = await fixture.send(.get, path + "true", token: token)
        #expect(refused.status == 403 && refused.code == "email_not_verified")
        #expect(await fixture.send(.get, path + "false", token: token).status == 204)
        #expect(await fixture.send(.get, path + "true").status == 401)
        let user = try await fixture.service.users.user(identifiedBy: .username(Username("ada")))
        _ = try await fixture.service.users.verifyEmail(of: user, by: .commandLine, from: ClientContext())

        #expect(await fixture.send(.get, path + "true", token: token).status == 204)
        #expect(await fixture.send(.get, path + "true&scope=items:read", token: token).status == 204)
        #expect(await fixture.send(.get, path + "true&role=admin", token: token).code == "insufficient_scope")
    }

    @Test("cookies are enough whatever the method: the service behind the proxy looks at Origin itself")
    func cookies() async throws {
        let fixture = try await APIFixture { $0.publicURL = "https://auth.example.test" }
        let access = try await fixture.token("ada")
        for method in [HTTPRequest.Method.get, .post, .delete] {
            let seen = await fixture.send(
                method, "/auth/verify",
                fields: ["Cookie": "__Host-authd_access=\(access)", "Origin": "https://elsewhere.example"])
            #expect(seen.status == 204, "\(method)")
        }
    }

    @Test("a name or an address that the user does not have is left out")
    func missing() async throws {
        let fixture = try await APIFixture()
        let password = "correct horse battery"
        for (member, name, field, other) in [
            ("username", "grace", "x-auth-username", "x-auth-email"),
            ("email", "ada@example.test", "x-auth-email", "x-auth-username"),
        ] {
            let registered = await fixture.send(
                .post, "/auth/register", #"{"\#(member)":"\#(name)","password":"\#(password)"}"#)
            #expect(registered.status == 201)
            let signedIn = await fixture.send(
                .post, "/auth/login", #"{"username":"\#(name)","password":"\#(password)"}"#)
            let granted = await fixture.send(.get, "/auth/verify", token: try #require(signedIn.text("access_token")))

            #expect(granted.status == 204 && granted[field] == name)
            #expect(granted[other] == nil && granted["x-auth-role"] == "user" && granted["x-auth-user-id"] != nil)
        }
    }

    @Test("two credentials that may name two callers are 401, with the reason in the log alone")
    func ambiguity() async throws {
        let log = LogLines()
        let fixture = try await APIFixture(log: log) { $0.publicURL = "https://auth.example.test" }
        let access = try await fixture.token("ada")
        let seen = await fixture.send(
            .get, "/auth/verify", token: "a-token-of-another-system",
            fields: ["Cookie": "__Host-authd_access=\(access)"])
        #expect(seen.status == 401 && seen.code == "unauthenticated")
        #expect(seen["www-authenticate"]?.hasPrefix("Bearer ") == true)
        #expect(log.all.contains { $0.contains("reason=ambiguous_credentials") })
    }

    @Test("an invalid query in the proxy's configuration is 400, for every client")
    func operatorsMistakes() async throws {
        let fixture = try await APIFixture()
        let token = try await fixture.token("ada")
        for query in [
            "scope=", "scope=%20", "role=", "role=A,b", "scoop=items", "scope=%zz", "scope=a&scope=b",
            "verified=", "verified=yes", "verified=1",
        ] {
            #expect(
                await fixture.send(.post, "/auth/verify?" + query, token: token).code == "invalid_query", "\(query)")
        }
    }

    @Test("whatever a client sends, the answer is 204, 401 or 403", arguments: [UInt64(41), 42])
    func hostileRequests(seed: UInt64) async throws {
        var configuration = HTTPConfiguration()
        configuration.publicURL = "https://auth.example.test"
        let fixture = try await APIFixture { $0 = configuration }
        let good = try await fixture.token("ada")
        _ = await fixture.send(.get, "/auth/me", token: good)
        var generator = SeededGenerator(seed: seed)
        var seen: Set<UInt16> = []
        for _ in 0..<2_000 {
            var fields: [(String, String)] = []
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let name = Self.names.randomElement(using: &generator) ?? "Cookie"
                fields.append((name, Self.value(good, &generator)))
            }
            var request = HTTPRequest(
                method: Self.methods.randomElement(using: &generator) ?? .get, scheme: "http",
                authority: ["auth.example.test", "evil.example", "127.0.0.1:1", ""].randomElement(using: &generator),
                path: "/auth/verify?scope=items:read")
            for (name, value) in fields {
                guard let name = HTTPField.Name(name) else { continue }
                request.headerFields.append(HTTPField(name: name, value: value))
            }
            let bodies: [[UInt8]] = [[], [0x7B], [0xFF, 0xFE]]
            let body = bodies.randomElement(using: &generator) ?? []
            let peer = ["192.0.2.1", "127.0.0.1", "::1"].randomElement(using: &generator) ?? "::1"
            let status = await fixture.api.answer(Request(request, peer: IPAddress(peer)), body: body).status
            seen.insert(status)
            #expect([204, 401, 403].contains(status), "\(request) \(fields)")
        }
        #expect(seen.isSuperset(of: [204, 401]))
    }

    private static let names = [
        "Authorization", "Authorization", "Cookie", "Origin", "Sec-Fetch-Site", "X-Auth-Mode", "X-Request-ID",
        "X-Forwarded-For", "Forwarded", "Content-Type", "Content-Length", "Content-Encoding", "Expect", "If-None-Match",
        "Accept", "Range", "Access-Control-Request-Method", "X-Auth-User-ID", "X-HTTP-Method-Override", "Upgrade",
    ]

    private static func value(_ good: String, _ generator: inout SeededGenerator) -> String {
        let parts = [
            "Bearer \(good)", "bearer \(good)", "Bearer  \(good)", "Bearer", "Bearer ", "Basic YTpi", "Digest x=\"y\"",
            "__Host-authd_access=\(good)", "__Host-authd_access=", "__Host-authd_refresh=art_x; __Host-authd_access=x",
            "=", ";", "; ;;=", ",", "\"", "null", "https://auth.example.test", "https://evil.example", "same-origin",
            "cross-site", "cookie", "chunked", "gzip", "100-continue", "*", "e\u{301}\u{316}", "\u{600},", "%",
            String(repeating: "a", count: 3_000), "eyJhbGciOiJub25lIn0.e30.", "POST", "999999999999999999999",
        ]
        return (0..<Int.random(in: 1...2, using: &generator)).map { _ in parts.randomElement(using: &generator) ?? "" }
            .joined(separator: ["", " ", "; ", ", "].randomElement(using: &generator) ?? "")
    }
}
