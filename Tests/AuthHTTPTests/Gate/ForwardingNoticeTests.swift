// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthTestSupport
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Warnings about untrusted proxies") struct ForwardingNoticeTests {
    private func lines(
        trusting networks: String = "", _ requests: [(peer: String, fields: [String: String])]
    ) async throws -> [String] {
        let log = LogLines()
        let trust = networks.isEmpty ? [] : try #require(IPNetwork.list(networks))
        let fixture = try await APIFixture(log: log) { $0.proxies = ProxyTrust(networks: trust) }
        for request in requests {
            _ = await fixture.send(
                .post, "/auth/login", #"{"username":"ada","password":"x"}"#, peer: request.peer, fields: request.fields)
        }
        return log.all.filter { $0.contains("TRUSTED_PROXIES") }
    }

    @Test("an untrusted proxy on this host is logged once, and another one once more")
    func once() async throws {
        let forwarded = ["X-Forwarded-For": "203.0.113.9\u{1B}[31m"]
        let lines = try await lines([
            ("127.0.0.1", forwarded), ("::1", forwarded), ("127.0.0.1", ["Forwarded": "for=203.0.113.9"]),
            ("10.0.0.5", forwarded), ("10.0.0.6", forwarded), ("203.0.113.7", ["X-Real-IP": "1.2.3.4"]),
        ])

        #expect(lines.count == 2)
        #expect(lines.first?.contains("X-Forwarded-For came from 127.0.0.1, and TRUSTED_PROXIES is empty") == true)
        #expect(lines.last?.contains("X-Forwarded-For came from 10.0.0.5, which is not in TRUSTED_PROXIES") == true)
        #expect(lines.allSatisfy { !$0.contains("203.0.113") && !$0.contains("\u{1B}") })
    }

    @Test("a trusted proxy, and a request without such fields, are not logged")
    func silence() async throws {
        let lines = try await lines(
            trusting: "10.0.0.0/8",
            [("10.0.0.5", ["X-Forwarded-For": "203.0.113.9"]), ("127.0.0.1", [:]), ("203.0.113.7", [:])])
        #expect(lines.isEmpty)
    }

    @Test("with trusted networks, a peer on this host outside of them is logged like any other")
    func loopbackOutside() async throws {
        let lines = try await lines(
            trusting: "10.0.0.0/8", [("127.0.0.1", ["X-Forwarded-For": "203.0.113.9", "Via": "1.1 x"])])
        #expect(lines.count == 1)
        #expect(lines.first?.contains("X-Forwarded-For came from 127.0.0.1, which is not in TRUSTED_PROXIES") == true)
    }
}
