// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthService
import Testing

/// Serialized for the same reason as the tests of the mailer.
@Suite("Look at a mail server", .serialized, .timeLimit(.minutes(10)))
struct SMTPLookTests {
    private func look(
        at port: Int, _ credentials: SMTPCredentials? = nil, _ security: SMTPSecurity? = nil,
        authorities: String? = nil, timeout: Duration = .seconds(60)
    ) async throws -> SMTPServerFault? {
        var configuration = try SMTPConfiguration(
            host: "127.0.0.1", port: port, credentials: credentials, security: security,
            from: try EmailAddress("auth@example.test"))
        configuration.certificateAuthorities = authorities
        let mailer = try SMTPMailer(
            configuration,
            composer: MailComposer(
                appName: "Kettle", templates: try MailTemplates()),
            now: { Timestamp(seconds: 1_000_000_000) }, randomBytes: { Array(repeating: 0x0F, count: $0) })
        defer { mailer.close() }
        do throws(SMTPServerFault) {
            try await mailer.look(timeout: timeout)
            return nil
        } catch {
            return error
        }
    }

    @Test("a server that lets the client in has no fault, with and without TLS and sign-in, and gets no mail")
    func welcomes() async throws {
        try await ChildServer.running("smtp_server") { server in
            let fault = try await look(at: server.port)
            #expect(fault == nil)
            #expect(try server.received.isEmpty)
        }
        let login = SMTPCredentials(user: "authd", password: "s3cret pass")
        try await ChildServer.running("smtp_server", ["--tls", "starttls", "--login", "authd:s3cret pass"]) { server in
            let fault = try await look(at: server.port, login, .startTLS, authorities: server.certificate)
            #expect(fault == nil)
            #expect(try server.received.isEmpty)
        }
        try await ChildServer.running("smtp_server", ["--tls", "implicit"]) { server in
            let fault = try await look(at: server.port, nil, .implicitTLS, authorities: server.certificate)
            #expect(fault == nil)
        }
    }

    @Test("each fault is told by its kind, and none repeats the password")
    func faults() async throws {
        let wrong = SMTPCredentials(user: "authd", password: "wr0ng pass")
        try await ChildServer.running("smtp_server", ["--tls", "starttls", "--login", "authd:right"]) { server in
            let refused = try await look(at: server.port, wrong, .startTLS, authorities: server.certificate)
            guard case .signIn(let words) = refused else { throw Unexpected(fault: refused) }
            #expect(!words.contains("wr0ng"))
            let untrusted = try await look(at: server.port, nil, .startTLS)
            guard case .certificate = untrusted else { throw Unexpected(fault: untrusted) }
        }
        try await ChildServer.running("smtp_server") { server in
            let plain = try await look(at: server.port, nil, .startTLS)
            guard case .tls = plain else { throw Unexpected(fault: plain) }
            let early = try await look(at: server.port, nil, .implicitTLS)
            guard case .tls = early else { throw Unexpected(fault: early) }
        }
        let reserved = try SilentPort()
        let closed = try await look(at: reserved.number)
        guard case .unreachable = closed else { throw Unexpected(fault: closed) }
    }

    @Test("a server that says nothing is silent when the time is over")
    func silent() async throws {
        try await ChildServer.running("smtp_server", ["--silent"]) { server in
            let fault = try await look(at: server.port, timeout: .milliseconds(200))
            guard case .silent = fault else { throw Unexpected(fault: fault) }
        }
    }

    private struct Unexpected: Error {
        let fault: SMTPServerFault?
    }
}
