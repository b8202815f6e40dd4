// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTestSupport
import AuthTesting
import HTTPTypes
import Logging
import Testing

@testable import AuthHTTP

@Suite("Access log") struct AccessLogTests {
    // Behaviour C44
    @Test("names route, status and request id, and nothing that a client sent")
    func canaries() async throws {
        let lines = LogLines()
        let authority = try await TestAuthority()
        var configuration = HTTPConfiguration()
        configuration.isDevelopment = true
        // A machine under load may take a second for a password.
        configuration.slowRequest = nil
        let api = AuthAPI(
            service: authority.service, configuration: configuration, requestIDSeed: 1,
            logger: Logger(label: "test") { _ in lines.handler })
        let pair = try await authority.signIn(as: "canary-user")

        _ = await api.send(
            .post, "/auth/login", type: "application/json",
            body: #"{"username":"canary-user","password":"canary-password"}"#, fields: ["X-Request-ID": "id-1"])
        _ = await api.send(
            .post, "/auth/refresh", type: "application/json", body: #"{"refresh_token":"\#(pair.refreshToken)"}"#)
        _ = await api.send(
            .post, "/auth/password/reset/request", type: "application/json",
            body: #"{"email":"canary-user@example.test"}"#, peer: "127.0.0.1")
        _ = await api.send(.get, "/users?q=canary-query", token: pair.accessToken)
        _ = await api.send(.get, "/canary-path?token=canary-token", fields: ["User-Agent": "canary-agent"])

        let text = lines.all.joined(separator: "\n")
        #expect(lines.all.count == 5)
        #expect(text.contains("route=/auth/login") && text.contains("status=401") && text.contains("request_id=id-1"))
        #expect(!text.contains("canary"))
        #expect(!text.contains(pair.refreshToken) && !text.contains(pair.accessToken))
    }

    /// The lines of one request under a configuration.
    private func lines(
        peer: String = "192.0.2.7", fields: [String: String] = [:], _ target: String = "/nothing",
        _ configure: (inout HTTPConfiguration) -> Void
    ) async throws -> [String] {
        let log = LogLines()
        let fixture = try await APIFixture(log: log) {
            $0.slowRequest = nil
            configure(&$0)
        }
        _ = await fixture.send(.get, target, peer: peer, fields: fields)
        return log.all
    }

    @Test("has the client's address, whole, as its network, or not at all")
    func addresses() async throws {
        let examples: [(LoggedClientAddress, peer: String, shown: String?)] = [
            (.full, "192.0.2.7", "192.0.2.7"), (.full, "2001:db8:1:2::3", "2001:db8:1:2::3"),
            (.network, "192.0.2.7", "192.0.2.0/24"), (.network, "2001:db8:1:2::3", "2001:db8:1::/48"),
            (.full, "none", "unknown"), (.network, "none", "unknown"), (.off, "192.0.2.7", nil),
        ]
        for (policy, peer, shown) in examples {
            let lines = try await lines(peer: peer) { $0.loggedClientAddress = policy }
            #expect(lines.count == 1)
            let field = lines.first?.firstMatch(of: #/ client=(\S+) /#).map { String($0.output.1) }
            #expect(field == shown, "\(policy) \(peer): \(lines)")
        }
    }

    @Test("has the address that a trusted proxy names, and not one that any other peer names")
    func forwardedAddress() async throws {
        let fields = ["X-Forwarded-For": "203.0.113.9"]
        let network = try #require(IPNetwork("192.0.2.0/24"))
        let trusted = try await lines(fields: fields) { $0.proxies = ProxyTrust(networks: [network]) }
        #expect(trusted.first?.contains(" client=203.0.113.9 ") == true, "\(trusted)")
        let foreign = try await lines(fields: fields) { _ in }
        #expect(foreign.first?.contains(" client=192.0.2.7 ") == true, "\(foreign)")
    }

    @Test("a request beyond the time is a warning with its route, also where it would not be logged otherwise")
    func slowRequests() async throws {
        let every = try await lines("/health") { $0.slowRequest = .zero }
        #expect(every.count == 1)
        #expect(every.first?.hasPrefix("slow request ") == true && every.first?.contains("route=/health ") == true)
        let both = try await lines("/nothing") { $0.slowRequest = .zero }
        #expect(both.map { String($0.prefix(7)) } == ["request", "slow re"], "\(both)")
        #expect(try await lines("/health") { $0.slowRequest = .seconds(1_000_000_000_000) } == [])
        #expect(try await lines("/health") { $0.slowRequest = nil } == [])
    }
}
