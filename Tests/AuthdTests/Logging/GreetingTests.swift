// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("Address in the log")
struct GreetingTests {
    @Test(
        "is one that a browser opens, and names the loopback address as tokens and cookies know it",
        arguments: [
            ("127.0.0.1", "http://localhost:8000"), ("localhost", "http://localhost:8000"),
            ("::1", "http://[::1]:8000"), ("127.0.0.2", "http://127.0.0.2:8000"), ("0.0.0.0", "http://0.0.0.0:8000"),
            ("id.example.com", "http://id.example.com:8000"),
        ])
    func address(_ host: String, _ expected: String) {
        #expect(Daemon.address(host: host, port: 8000) == expected)
    }
}
