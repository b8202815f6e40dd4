// SPDX-License-Identifier: Apache-2.0

import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// Registrations that come at once, and bodies that no form sends.
@Suite("Bodies of registrations") struct RegistrationBodyTests {
    // Behaviour A4, A8
    @Test("of simultaneous registrations of one address, in any case, one makes a user")
    func simultaneous() async throws {
        let fixture = try await APIFixture()
        let answers = await withTaskGroup(of: UInt16.self) { group in
            for number in 0..<20 {
                let name = number.isMultiple(of: 2) ? "ada@example.test" : "ADA@EXAMPLE.TEST"
                let body = #"{"email":"\#(name)","password":"notes on the engine"}"#
                group.addTask { await fixture.send(.post, "/auth/register", body).status }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0 == 201 } == 1)
        #expect(answers.count { $0 == 409 || $0 == 400 } == 19, "\(answers)")
    }

    // Behaviour A9, A10
    @Test(
        "zero octets, texts without end and broken JSON are the client's mistakes, on every route that takes them",
        arguments: [
            "/auth/register", "/auth/login", "/auth/refresh", "/auth/setup", "/auth/invitations/accept",
            "/auth/password/reset/request", "/auth/password/reset/confirm", "/auth/email/verification/resend",
            "/auth/email/verification/confirm", "/auth/email/change/confirm", "/auth/email/change/undo",
            "/auth/login/mail/request", "/auth/login/mail/confirm", "/auth/unlock/request", "/auth/unlock/confirm",
        ])
    func hostile(path: String) async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.signsInByMail = true
        let fixture = try await APIFixture(settings: settings)
        let long = String(repeating: "a", count: 60_000)
        let texts = [#"\u0000"#, long, #"ada\u0000@example.test"#, #"\ud800"#, "a@\(long).test"]
        let members = [
            "username", "email", "password", "token", "handle", "code", "new_password", "full_name", "refresh_token",
        ]
        for text in texts {
            // So many long texts are more than a body may have; each of them alone is not.
            let fields = members.map { #""\#($0)":"\#(text)""# }
            for body in fields + [fields.joined(separator: ",")] {
                let seen = await fixture.send(.post, path, "{\(body)}")
                #expect((400..<500).contains(seen.status), "\(path) \(seen.status)")
                #expect(seen.code != nil)
            }
        }
        let broken = await fixture.send(.post, path, "{")
        #expect(broken.status == 400 && broken.code != nil, "\(broken.status) \(broken.code ?? "")")
        let typed = await fixture.api.send(.post, path, type: "text/plain", body: "{}")
        #expect(typed.status == 415, "\(typed.status)")
    }
}
