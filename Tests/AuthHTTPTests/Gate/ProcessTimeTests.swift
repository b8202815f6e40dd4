// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Time that a reply took") struct ProcessTimeTests {
    @Test(
        "is told in seconds",
        arguments: [
            (0, "0.000000"), (999, "0.000000"), (1_000, "0.000001"), (12_345_678, "0.012345"),
            (1_000_000_000, "1.000000"), (61_000_002_000, "61.000002"),
        ] as [(UInt64, String)])
    func text(nanoseconds: UInt64, text: String) {
        #expect(ProcessTime.text(nanoseconds: nanoseconds) == text)
    }

    @Test("is told in development alone, and pages of listed origins may read it")
    func development() async throws {
        let origin = "http://localhost:5173"
        for isDevelopment in [true, false] {
            let fixture = try await APIFixture {
                $0.isDevelopment = isDevelopment
                $0.allowedOrigins = [origin]
            }
            let seen = await fixture.send(.get, "/health", fields: ["Origin": origin])
            let time = seen["x-process-time"]
            #expect((time != nil) == isDevelopment)
            #expect(time.map { $0.wholeMatch(of: #/\d+\.\d{6}/#) != nil } != false)
            let exposed = try #require(seen["access-control-expose-headers"])
            #expect(exposed.contains("X-Process-Time") == isDevelopment)
        }
    }

    @Test("is never told by a route that looks at a token, a cookie, a password or a code")
    func credentials() async throws {
        var configuration = HTTPConfiguration()
        configuration.isDevelopment = true
        let routes = EndpointTable(describing: configuration).endpoints
        let telling = routes.filter(\.showsTime)
        let paths = Set(telling.map { $0.path.description })
        #expect(
            paths.isSuperset(of: ["/health", "/health/database", "/.well-known/jwks.json", "/openapi.json", "/public"]))
        for route in telling {
            #expect(route.access == .anyone && route.method == .get && route.limit == .none && route.body == nil)
            #expect(!route.path.description.contains("/auth") && !route.path.description.contains("/users"))
        }

        let fixture = try await APIFixture { $0.isDevelopment = true }
        let token = try await fixture.token("ada")
        for (method, path) in [(HTTPRequest.Method.get, "/auth/me"), (.get, "/auth/verify"), (.get, "/protected/user")]
        {
            let seen = await fixture.send(method, path, token: token)
            #expect(seen.status < 300 && seen["x-process-time"] == nil, "\(path)")
        }
        let login = await fixture.send(.post, "/auth/login", #"{"username":"ada","password":"x"}"#)
        #expect(login.status == 401 && login["x-process-time"] == nil)
    }
}
