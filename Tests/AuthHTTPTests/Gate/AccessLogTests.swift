// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import AuthHTTP

@Suite("access log") struct AccessLogTests {
    @Test("names route, status and request id, and nothing that a client sent")
    func canaries() async throws {
        let lines = Lines()
        let authority = try await TestAuthority()
        var configuration = HTTPConfiguration()
        configuration.isDevelopment = true
        let api = AuthAPI(
            service: authority.service, configuration: configuration, requestIDSeed: 1,
            logger: Logger(label: "test") { _ in RecordingLogHandler(lines: lines) })
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

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
}

private struct RecordingLogHandler: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted()
        lines.add(([event.message.description] + fields).joined(separator: " "))
    }
}
