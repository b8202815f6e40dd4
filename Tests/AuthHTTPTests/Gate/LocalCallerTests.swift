// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// A page of a stranger whose name was made to lead to this machine (DNS rebinding) connects from it, too.
@Suite("Callers on this host") struct LocalCallerTests {
    struct Case: CustomTestStringConvertible {
        let fields: [String: String]
        let isLocal: Bool
        var peer = "127.0.0.1"
        var testDescription: String { fields.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: ", ") }

        init(_ isLocal: Bool, _ fields: [String: String], peer: String = "127.0.0.1") {
            self.isLocal = isLocal
            self.fields = fields
            self.peer = peer
        }
    }

    @Test(
        "tokens are shown only to a loopback peer that names this host, for a page of this host or an allowed origin",
        arguments: [
            Case(true, ["Host": "127.0.0.1:8000"]), Case(true, ["Host": "127.0.0.1"]),
            Case(true, ["Host": "127.3.2.1:1"]), Case(true, ["Host": "[::1]:8000"], peer: "::1"),
            Case(true, ["Host": "localhost:8000"]), Case(true, ["Host": "LOCALHOST"]),
            Case(true, ["Host": "localhost:8000", "Origin": "http://localhost:8000"]),
            Case(true, ["Host": "localhost:8000", "Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"]),
            Case(true, ["Host": "localhost:8000", "Origin": "http://localhost:5173", "Sec-Fetch-Site": "same-site"]),
            Case(false, ["Host": "evil.example:8000"]), Case(false, ["Host": "evil.example"]),
            Case(false, ["Host": ""]),
            Case(
                false,
                ["Host": "evil.example:8000", "Origin": "http://evil.example:8000", "Sec-Fetch-Site": "same-origin"]),
            Case(false, ["Host": "localhost.evil.example"]), Case(false, ["Host": "127.0.0.1.evil.example"]),
            Case(false, ["Host": "127.0.0.1@evil.example"]), Case(false, ["Host": "localhost:"]),
            Case(false, ["Host": "localhost:8000:1"]), Case(false, ["Host": "[::1"]), Case(false, ["Host": "::1"]),
            Case(false, ["Host": "[::2]:8000"]), Case(false, ["Host": "0.0.0.0:8000"]),
            Case(false, ["Host": "192.0.2.7:8000"]), Case(false, ["Host": "localhost:\u{0661}"]),
            Case(false, ["Host": "localhost:8000", "Origin": "http://evil.example"]),
            Case(false, ["Host": "localhost:8000", "Origin": "null"]),
            Case(false, ["Host": "localhost:8000", "Origin": "http://localhost:9999"]),
            Case(false, ["Host": "localhost:8000", "Origin": "https://localhost:8000"]),
            Case(false, ["Host": "localhost:8000", "Sec-Fetch-Site": "cross-site"]),
            Case(false, ["Host": "localhost:8000", "X-Forwarded-For": "127.0.0.1"]),
            Case(false, ["Host": "localhost:8000", "Via": "1.1 proxy"]),
            Case(false, ["Host": "localhost:8000"], peer: "192.0.2.1"),
        ])
    func reveals(_ example: Case) async throws {
        let fixture = try await APIFixture {
            $0.isDevelopment = true
            $0.allowedOrigins = ["http://localhost:5173"]
        }
        let token = try await fixture.token("ada")
        let reset = await fixture.send(
            .post, "/auth/password/reset/request", #"{"email":"ada@example.test"}"#, peer: example.peer,
            fields: example.fields)
        #expect(reset.status == 200 && reset.holdsToken == example.isLocal)
        let verification = await fixture.send(
            .post, "/auth/email/verification/request", token: token, peer: example.peer, fields: example.fields)
        #expect(verification.status == 200 && verification.holdsToken == example.isLocal)
    }

    @Test("no route of development gives a cross-site page more than production does")
    func otherRoutes() async throws {
        let development = try await APIFixture { $0.isDevelopment = true }
        let production = try await APIFixture()
        _ = try await development.token("ada")
        var names = Set<String>()
        for endpoint in APITable.endpoints(development) {
            let method = try #require(HTTPRequest.Method(endpoint.method.rawValue))
            let target = APITable.target(of: endpoint)
            let seen = await development.send(
                method, target, endpoint.body == nil ? nil : #"{"email":"ada@example.test"}"#, peer: "127.0.0.1",
                fields: ["Host": "evil.example:8000", "Origin": "http://evil.example:8000"])
            #expect(!seen.holdsToken && seen["set-cookie"] == nil, "\(endpoint.operationID)")
            if await production.send(method, target).status == 404 { names.insert(endpoint.operationID) }
            if endpoint.tag == .probes, endpoint.access != .anyone { #expect(seen.status == 401) }
        }
        #expect(names.contains("probePublic"))
    }
}
