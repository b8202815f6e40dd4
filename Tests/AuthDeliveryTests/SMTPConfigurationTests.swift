// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@testable import AuthDelivery

@Suite("SMTP configuration")
struct SMTPConfigurationTests {
    private let credentials = SMTPCredentials(user: "authd", password: "geheim")

    struct Usual: CustomTestStringConvertible {
        let host: String
        let port: Int
        var signsIn = false
        let security: SMTPSecurity
        var testDescription: String { "\(host):\(port)\(signsIn ? " signing in" : "")" }
    }

    @Test(
        "the port decides the defaults",
        arguments: [
            Usual(host: "mail.example.test", port: 465, security: .implicitTLS),
            Usual(host: "mail.example.test", port: 587, security: .startTLS),
            Usual(host: "mail.example.test", port: 2525, security: .startTLS),
            Usual(host: "mail.example.test", port: 25, security: .opportunistic),
            Usual(host: "mail.example.test", port: 25, signsIn: true, security: .startTLS),
            Usual(host: "127.0.0.1", port: 25, signsIn: true, security: .none),
            Usual(host: "localhost", port: 1025, security: .none),
            Usual(host: "::1", port: 465, security: .implicitTLS),
        ])
    func usual(_ usual: Usual) throws {
        let configuration = try SMTPConfiguration(
            host: usual.host, port: usual.port, credentials: usual.signsIn ? credentials : nil,
            from: EmailAddress("auth@example.test"))

        #expect(configuration.security == usual.security)
    }

    struct Mistake: CustomTestStringConvertible {
        var host = "mail.example.test"
        var port = 587
        var user: String?
        var password = "p"
        var security: SMTPSecurity?
        let error: SMTPConfigurationError
        var testDescription: String { "\(host.debugDescription) \(port) \(String(describing: security)) \(error)" }
    }

    @Test(
        "contradictory settings are rejected",
        arguments: [
            Mistake(host: "", error: .malformedHost),
            Mistake(host: "mail.example.test/path", error: .malformedHost),
            Mistake(host: "user@mail.example.test", error: .malformedHost),
            Mistake(host: "mail.example.test\r\n", error: .malformedHost),
            Mistake(host: "[::1]", error: .malformedHost),
            Mistake(port: 0, error: .malformedPort),
            Mistake(port: 65_536, error: .malformedPort),
            Mistake(user: "", error: .malformedCredentials),
            Mistake(user: "a", password: "b\u{0}c", error: .malformedCredentials),
            Mistake(user: "a\r\n", error: .malformedCredentials),
            Mistake(user: "a", security: .opportunistic, error: .credentialsWithoutTLS),
            Mistake(user: "a", security: SMTPSecurity.none, error: .credentialsWithoutTLS),
        ])
    func mistakes(_ mistake: Mistake) {
        let credentials = mistake.user.map { SMTPCredentials(user: $0, password: mistake.password) }

        #expect(throws: mistake.error) {
            try SMTPConfiguration(
                host: mistake.host, port: mistake.port, credentials: credentials, security: mistake.security,
                from: EmailAddress("auth@example.test"))
        }
    }

    @Test("a password is shown by no description of the settings")
    func redaction() throws {
        let configuration = try SMTPConfiguration(
            host: "mail.example.test", port: 587, credentials: credentials, from: EmailAddress("auth@example.test"))
        var dumped = ""
        dump(configuration, to: &dumped)

        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("geheim"))
        }
    }
}
