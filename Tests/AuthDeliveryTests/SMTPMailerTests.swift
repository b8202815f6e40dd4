// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthService
import Testing

/// Serialized because each test starts an interpreter, and thirty at once would starve one another.
@Suite("SMTP mailer", .serialized, .timeLimit(.minutes(10)))
struct SMTPMailerTests {
    @Test("a message arrives complete, in both forms, without defects")
    func arrives() async throws {
        try await ChildServer.running("smtp_server") { server in
            try await mailer(for: server).send(resetMail)

            let received = try server.received
            let mail = try #require(received.first)
            #expect(received.count == 1)
            #expect(mail.mailFrom == "auth@example.test")
            #expect(mail.recipients == ["ada@example.test"])
            #expect(mail.client == "example.test")
            #expect(mail.from == "Prüfstelle, Inc.")
            #expect(mail.to == "Ada Lovelace")
            #expect(mail.subject == "Reset your Prüfung & Co password")
            #expect(mail.contentType == "multipart/alternative")
            #expect(mail.date == "2001-09-09T01:46:40+00:00")
            #expect(mail.text?.contains("\nprt_Geheim.1\n") == true)
            #expect(mail.text?.contains("\nhttps://app.example.test/reset#token=prt_Geheim.1\n") == true)
            #expect(mail.html?.contains("<code>prt_Geheim.1</code>") == true)
            #expect(mail.html?.contains("Prüfung &amp; Co") == true)
            #expect(mail.defects == [])
            #expect(mail.isEncrypted == false)
        }
    }

    @Test("the header names the message as automatic, and lines stay within their limit")
    func headers() async throws {
        try await ChildServer.running("smtp_server") { server in
            try await mailer(for: server).send(resetMail)

            let mail = try #require(try server.received.first)
            #expect(mail.headers.contains("auto-submitted"))
            #expect(mail.raw.contains("\r\nMessage-ID: <0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f@example.test>\r\n"))
            #expect(mail.raw.utf8.allSatisfy { $0 < 0x80 })
            let lines = mail.raw.split(omittingEmptySubsequences: false) { $0 == "\r\n" }
            #expect(lines.allSatisfy { $0.utf8.count <= 78 })
        }
    }

    @Test("a name cannot add a header or a recipient, and none is lost")
    func hostileNames() async throws {
        let names = [
            ("Ada\r\nBcc: eve@example.test", "Ada Bcc: eve@example.test"),
            ("Ada\u{2028}\u{85}\n\nbody", "Ada body"),
            ("\"Ada\" <eve@example.test>, Bob", "\"Ada\" <eve@example.test>, Bob"),
            ("=?UTF-8?B?QmNj?=", "=?UTF-8?B?QmNj?="),
            ("Ada \\", "Ada \\"),
            (String(repeating: "長い名前🙂", count: 30), String(repeating: "長い名前🙂", count: 30)),
        ]
        try await ChildServer.running("smtp_server") { server in
            for (name, _) in names {
                try await mailer(for: server, fromName: name).send(resetMail)
            }

            let received = try server.received
            #expect(received.map(\.from) == names.map(\.1))
            #expect(received.allSatisfy { $0.recipients == ["ada@example.test"] && !$0.headers.contains("bcc") })
            #expect(received.flatMap(\.defects) == [])
        }
    }

    @Test("a recipient's name that could pass for an offer appears nowhere in the mail")
    func offers() async throws {
        try await ChildServer.running("smtp_server") { server in
            let mail = OutgoingMail(
                recipient: try ada, recipientName: "Win at evil.test", message: .addressAlreadyRegistered)

            try await mailer(for: server).send(mail)

            let received = try #require(try server.received.first)
            #expect(received.to == "")
            #expect(!received.raw.contains("evil"))
        }
    }

    @Test("an internationalised address reaches a server that can take it")
    func internationalised() async throws {
        try await ChildServer.running("smtp_server", ["--smtputf8"]) { server in
            let recipient = try EmailAddress("jürgen@example.test")

            try await mailer(for: server).send(
                OutgoingMail(recipient: recipient, recipientName: nil, message: .passwordChanged))

            #expect(try server.received.first?.recipients == ["jürgen@example.test"])
        }
    }

    @Test("a domain outside ASCII needs no server that can take it: it goes out in Punycode, header fields too")
    func internationalDomain() async throws {
        try await ChildServer.running("smtp_server") { server in
            let recipient = try EmailAddress("Ada@Bücher.example")

            try await mailer(for: server).send(
                OutgoingMail(recipient: recipient, recipientName: "Ádám", message: .passwordChanged))

            let received = try #require(try server.received.first)
            #expect(received.recipients == ["Ada@xn--bcher-kva.example"])
            #expect(received.raw.contains("<Ada@xn--bcher-kva.example>"))
            #expect(received.raw.utf8.allSatisfy { $0 < 0x80 })
        }
    }

    @Test("an internationalised address is refused for good where the server cannot take it")
    func internationalisedRefused() async throws {
        try await ChildServer.running("smtp_server") { server in
            let mailer = try mailer(for: server)
            let recipient = try EmailAddress("jürgen@example.test")

            let error = await failure(
                of: mailer, sending: OutgoingMail(recipient: recipient, recipientName: nil, message: .passwordChanged))

            guard case .rejected = error else {
                Issue.record("expected a refusal, got \(String(describing: error))")
                return
            }
            #expect(try server.received.isEmpty)
        }
    }

    @Test("a second message goes over the connection of the first")
    func reusesConnection() async throws {
        try await ChildServer.running("smtp_server") { server in
            let mailer = try mailer(for: server) { $0.connections = 1 }

            try await mailer.send(resetMail)
            try await mailer.send(resetMail)

            let peers = try server.received.map(\.peer)
            #expect(peers.count == 2)
            #expect(Set(peers).count == 1)
        }
    }

    @Test("a kept connection that the server has given up is replaced at once")
    func replacesStaleConnection() async throws {
        try await ChildServer.running("smtp_server", ["--one-message"]) { server in
            let mailer = try mailer(for: server) { $0.connections = 1 }

            try await mailer.send(resetMail)
            try await mailer.send(resetMail)

            #expect(Set(try server.received.map(\.peer)).count == 2)
        }
    }

    @Test("STARTTLS protects the sign-in and the message")
    func startTLS() async throws {
        try await ChildServer.running("smtp_server", ["--tls", "starttls", "--login", "authd:s3cret pass"]) { server in
            let credentials = SMTPCredentials(user: "authd", password: "s3cret pass")
            let mailer = try mailer(for: server, credentials, .startTLS) {
                $0.certificateAuthorities = server.certificate
            }

            try await mailer.send(resetMail)

            let mail = try #require(try server.received.first)
            #expect(mail.isEncrypted)
            #expect(mail.login == "authd")
        }
    }

    @Test("implicit TLS protects the message")
    func implicitTLS() async throws {
        try await ChildServer.running("smtp_server", ["--tls", "implicit"]) { server in
            let mailer = try mailer(for: server, nil, .implicitTLS) { $0.certificateAuthorities = server.certificate }

            try await mailer.send(resetMail)

            #expect(try server.received.first?.isEncrypted == true)
        }
    }

    @Test("opportunistic TLS is used when offered, and done without when not", arguments: ["starttls", "none"])
    func opportunistic(_ tls: String) async throws {
        try await ChildServer.running("smtp_server", ["--tls", tls]) { server in
            let mailer = try mailer(for: server, nil, .opportunistic) { configuration in
                if tls == "starttls" { configuration.certificateAuthorities = server.certificate }
            }

            try await mailer.send(resetMail)

            #expect(try server.received.first?.isEncrypted == (tls == "starttls"))
        }
    }

    @Test("a server with an untrusted certificate gets no mail", arguments: [SMTPSecurity.startTLS, .opportunistic])
    func untrustedCertificate(_ security: SMTPSecurity) async throws {
        try await ChildServer.running("smtp_server", ["--tls", "starttls"]) { server in
            let mailer = try mailer(for: server, nil, security)

            let error = try await failure(of: mailer, sending: resetMail)

            #expect(error?.isUnavailable(containing: "certificate") == true)
            #expect(try server.received.isEmpty)
        }
    }

    @Test("a server without STARTTLS gets no mail when TLS is required")
    func missingSTARTTLS() async throws {
        try await ChildServer.running("smtp_server") { server in
            let mailer = try mailer(for: server, nil, .startTLS)

            let error = try await failure(of: mailer, sending: resetMail)

            #expect(error?.isUnavailable(containing: "STARTTLS") == true)
            #expect(try server.received.isEmpty)
        }
    }

    @Test("a wrong password is a refusal whose diagnostic repeats no password")
    func wrongPassword() async throws {
        try await ChildServer.running("smtp_server", ["--login", "authd:right"]) { server in
            let credentials = SMTPCredentials(user: "authd", password: "wr0ng-pass")
            let mailer = try mailer(for: server, credentials)

            let error = try await failure(of: mailer, sending: resetMail)

            guard case .clientRefused(let diagnostic) = error else {
                Issue.record("expected a refusal, got \(String(describing: error))")
                return
            }
            #expect(diagnostic.contains("535"))
            #expect(!diagnostic.contains("wr0ng-pass"))
        }
    }

    @Test("a password that is replaced is used from the next message on, on a connection of its own")
    func replacedPassword() async throws {
        try await ChildServer.running("smtp_server", ["--login", "authd:right"]) { server in
            let mailer = try mailer(for: server, SMTPCredentials(user: "authd", password: "wrong")) {
                $0.connections = 1
            }
            #expect(try await failure(of: mailer, sending: resetMail) != nil)

            let credentials = SMTPCredentials(user: "authd", password: "right")
            mailer.replaceConfiguration(
                by: try SMTPConfiguration(
                    host: "127.0.0.1", port: server.port, credentials: credentials, from: try sender))
            try await mailer.send(resetMail)

            #expect(try server.received.map(\.login) == ["authd"])
        }
    }

    struct Refusal: CustomTestStringConvertible {
        let arguments: [String]
        let error: MailError
        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test(
        "a server's rejection is temporary or final by its first digit",
        arguments: [
            Refusal(
                arguments: ["--reply-to-rcpt", "550 5.1.1 no such mailbox"],
                error: .rejected(diagnostic: "RCPT failed: 550; the server said: 550 5.1.1 no such mailbox")),
            Refusal(
                arguments: ["--reply-to-rcpt", "450 4.2.0 greylisted"],
                error: .postponed(diagnostic: "RCPT failed: 450; the server said: 450 4.2.0 greylisted")),
        ])
    func refusedRecipient(_ refusal: Refusal) async throws {
        try await ChildServer.running("smtp_server", refusal.arguments) { server in
            let mailer = try mailer(for: server)

            let error = try await failure(of: mailer, sending: resetMail)

            #expect(error == refusal.error)
        }
    }

    @Test("a refusal after the message is final too")
    func refusedMessage() async throws {
        try await ChildServer.running("smtp_server", ["--reply-to-data", "554 5.7.1 looks like spam"]) { server in
            let mailer = try mailer(for: server)

            let error = try await failure(of: mailer, sending: resetMail)

            guard case .rejected(let diagnostic) = error else {
                Issue.record("expected a refusal, got \(String(describing: error))")
                return
            }
            #expect(diagnostic.contains("554 5.7.1 looks like spam"))
        }
    }

    @Test("a server that repeats the message does not get the token into a diagnostic")
    func echoedToken() async throws {
        try await ChildServer.running("smtp_server", ["--reply-to-data", "554 refused: {body}"]) { server in
            let mailer = try mailer(for: server)

            let error = try await failure(of: mailer, sending: resetMail)

            #expect(error == .rejected(diagnostic: "the server repeated a secret in its answer"))
        }
    }

    @Test("a silent server is given up after the configured time")
    func silentServer() async throws {
        try await ChildServer.running("smtp_server", ["--silent"]) { server in
            let mailer = try mailer(for: server) { $0.timeout = .milliseconds(300) }

            let error = try await failure(of: mailer, sending: resetMail)

            #expect(error?.isUnavailable(containing: "no answer in time") == true)
        }
    }

    @Test("a closed port is unavailable")
    func nobodyListens() async throws {
        let reserved = try SilentPort()
        let configuration = try SMTPConfiguration(host: "127.0.0.1", port: reserved.number, from: try sender)
        let mailer = try SMTPMailer(
            configuration, composer: try composer, now: { moment }, randomBytes: { Array(repeating: 0, count: $0) })

        let error = try await failure(of: mailer, sending: resetMail)

        #expect(error?.isUnavailable(containing: "connect") == true)
    }

    @Test("cancelling the caller ends a delivery that hangs")
    func cancelled() async throws {
        try await ChildServer.running("smtp_server", ["--silent"]) { server in
            let mailer = try mailer(for: server)
            let mail = try resetMail

            let task = Task { await failure(of: mailer, sending: mail) }
            task.cancel()

            #expect(await task.value == .cancelled)
        }
    }

    @Test("a closed mailer sends nothing")
    func closed() async throws {
        try await ChildServer.running("smtp_server") { server in
            let mailer = try mailer(for: server)
            mailer.close()

            let error = try await failure(of: mailer, sending: resetMail)

            #expect(error == .cancelled)
            #expect(try server.received.isEmpty)
        }
    }
}

private let moment = Timestamp(seconds: 1_000_000_000)

private var ada: EmailAddress { get throws { try EmailAddress("ada@example.test") } }
private var sender: EmailAddress { get throws { try EmailAddress("auth@example.test") } }

private var resetMail: OutgoingMail {
    get throws {
        OutgoingMail(
            recipient: try ada, recipientName: "Ada Lovelace",
            message: .passwordReset(token: MailToken("prt_Geheim.1"), validFor: .seconds(3600)))
    }
}

private var composer: MailComposer {
    get throws {
        MailComposer(
            appName: "Prüfung & Co", templates: try MailTemplates(),
            resetLink: MailLink("https://app.example.test/reset"))
    }
}

private func mailer(
    for server: ChildServer, _ credentials: SMTPCredentials? = nil, _ security: SMTPSecurity? = nil,
    fromName: String = "Prüfstelle, Inc.", adjust: (inout SMTPConfiguration) -> Void = { _ in }
) throws -> SMTPMailer {
    var configuration = try SMTPConfiguration(
        host: "127.0.0.1", port: server.port, credentials: credentials, security: security, from: try sender,
        fromName: fromName)
    adjust(&configuration)
    return try SMTPMailer(
        configuration, composer: try composer, now: { moment }, randomBytes: { Array(repeating: 0x0F, count: $0) })
}
