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
}
