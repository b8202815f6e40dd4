// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthService
import Testing

/// A server that fails at each step of a delivery, over TLS and with a sign-in.
///
/// Serialized for the same reason as the tests of the mailer.
@Suite("Faults of a mail server", .serialized, .timeLimit(.minutes(10)))
struct SMTPFaultTests {
    /// What a queue does with the mail.
    enum Outcome: Equatable {
        case sent, rejected, postponed, unavailable, clientRefused, unconfirmed, cancelled, other

        init(_ error: MailError?) {
            switch error {
            case nil: self = .sent
            case .rejected: self = .rejected
            case .postponed: self = .postponed
            case .unavailable: self = .unavailable
            case .clientRefused: self = .clientRefused
            case .unconfirmed: self = .unconfirmed
            case .cancelled: self = .cancelled
            case .notConfigured, .overloaded: self = .other
            @unknown default: self = .other
            }
        }
    }

    static let faults: [(fault: String, outcome: Outcome)] = [
        ("connect=hangup", .unavailable),
        ("connect=421 4.3.2 closing", .unavailable),
        ("connect=554 5.3.2 no service here", .clientRefused),
        ("ehlo=hangup", .unavailable),
        ("ehlo=550 5.7.1 not you", .clientRefused),
        ("starttls=454 4.7.0 not now", .unavailable),
        ("starttls=hangup", .unavailable),
        ("auth=535 5.7.8 wrong password", .clientRefused),
        ("auth=454 4.7.0 not now", .unavailable),
        ("auth=hangup", .unavailable),
        ("mail=451 4.3.0 not now", .unavailable),
        ("mail=550 5.7.1 not your address", .clientRefused),
        ("mail=552 5.3.4 too large", .rejected),
        ("mail=hangup", .unavailable),
        ("rcpt=450 4.2.0 greylisted", .postponed),
        ("rcpt=550 5.1.1 no such mailbox", .rejected),
        ("rcpt=530 5.7.0 sign in first", .clientRefused),
        ("rcpt=421 4.3.2 closing", .unavailable),
        ("rcpt=hangup", .unavailable),
        ("data=451 4.3.0 not now", .postponed),
        ("data=554 5.5.1 no", .rejected),
        ("data=hangup", .unavailable),
        ("content=451 4.3.0 not now", .postponed),
        ("content=554 5.6.0 looks like spam", .rejected),
        ("content=421 4.3.2 closing", .unavailable),
        ("content=251 2.1.5 will forward", .sent),
        ("content=hangup", .unconfirmed),
    ]

    @Test("each fault is told as what it means for the mail, and when the server is back the mail arrives")
    func everyStep() async throws {
        let script = Self.faults.map(\.fault).joined(separator: ";")
        let arguments = ["--tls", "starttls", "--login", "authd:s3cret", "--faults", script]
        try await ChildServer.running("smtp_server", arguments) { server in
            for (fault, outcome) in Self.faults {
                // A mailer of its own, so that each fault meets a new connection.
                let mailer = try mailer(for: server, startingTLS: true)
                defer { mailer.close() }
                let error = try await failure(of: mailer, sending: mail(1))
                #expect(Outcome(error) == outcome, "\(fault): \(String(describing: error))")
            }
            let mailer = try mailer(for: server, startingTLS: true)
            try await mailer.send(mail(1))

            let received = try server.received
            // The one whose answer was lost, and its second delivery: the same to the octet.
            #expect(received.count == 2)
            #expect(received.first?.raw == received.last?.raw)
            #expect(received.last?.isEncrypted == true && received.last?.login == "authd")
        }
    }

    @Test("a mail keeps its Message-ID and its date however often it is sent, and another mail has others")
    func stamps() async throws {
        try await ChildServer.running("smtp_server", ["--faults", "content=hangup"]) { server in
            let mailer = try mailer(for: server)
            let first = await failure(of: mailer, sending: try mail(1))
            #expect(Outcome(first) == .unconfirmed)
            try await mailer.send(mail(1))
            try await mailer.send(mail(2))

            let lines = try server.received.map { mail in
                mail.raw.split { $0 == "\r\n" }.filter { $0.hasPrefix("Message-ID: ") }.map { String($0) }
            }
            let name = "Message-ID: <00000000000000000000000000000"
            #expect(
                lines == [["\(name)001@example.test>"], ["\(name)001@example.test>"], ["\(name)002@example.test>"]])
            #expect(Set(try server.received.map(\.date)) == ["2001-09-09T01:46:40+00:00"])
        }
    }

    @Test("a mailer outlives a server that hangs up, and sends again when the server is back")
    func comesBack() async throws {
        let faults = "connect=hangup;rcpt=hangup;content=hangup;connect=421 4.3.2 closing"
        try await ChildServer.running("smtp_server", ["--faults", faults]) { server in
            let mailer = try mailer(for: server)
            var outcomes: [Outcome] = []
            for _ in 0..<5 { outcomes.append(Outcome(await failure(of: mailer, sending: try mail(1)))) }

            #expect(outcomes == [.unavailable, .unavailable, .unconfirmed, .unavailable, .sent])
            #expect(try server.received.count == 2)
        }
    }

    @Test(
        "a delivery that is called off has not left before the message is sent, and may have left after",
        arguments: [("rcpt", .cancelled), ("content", .unconfirmed)] as [(String, Outcome)])
    func calledOff(_ step: String, _ outcome: Outcome) async throws {
        try await ChildServer.running("smtp_server", ["--faults", "\(step)=silence"]) { server in
            let mailer = try mailer(for: server)
            let mail = try mail(1)
            let task = Task { await failure(of: mailer, sending: mail) }
            try await server.wrote(step)

            task.cancel()

            #expect(Outcome(await task.value) == outcome)
        }
    }

    private func mail(_ number: UInt64) throws -> OutgoingMail {
        OutgoingMail(
            recipient: try EmailAddress("ada@example.test"), recipientName: nil, message: .passwordChanged,
            stamp: MailStamp(
                date: Timestamp(seconds: 1_000_000_000), identifier: UUIDv7(high: 0, low: number)))
    }

    private func mailer(for server: ChildServer, startingTLS: Bool = false) throws -> SMTPMailer {
        var configuration = try SMTPConfiguration(
            host: "127.0.0.1", port: server.port,
            credentials: startingTLS ? SMTPCredentials(user: "authd", password: "s3cret") : nil,
            security: startingTLS ? .startTLS : nil, from: try EmailAddress("auth@example.test"))
        configuration.connections = 1
        configuration.timeout = .seconds(60)
        if startingTLS { configuration.certificateAuthorities = server.certificate }
        return try SMTPMailer(
            configuration, composer: MailComposer(appName: "Shop", templates: try MailTemplates()),
            // What has no stamp would be sent with these.
            now: { Timestamp(seconds: 0) }, randomBytes: { Array(repeating: 0xEE, count: $0) })
    }
}
