// SPDX-License-Identifier: Apache-2.0

import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// Registrations that come at once, and bodies that no form sends.
@Suite("Bodies of registrations") struct RegistrationBodyTests {
    // Behaviour A8
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
            "/auth/register", "/auth/login", "/auth/password/reset/request", "/auth/password/reset/confirm",
            "/auth/email/verification/resend", "/auth/email/verification/confirm",
        ])
    func hostile(path: String) async throws {
        let fixture = try await APIFixture()
        let long = String(repeating: "a", count: 60_000)
        let texts = [#"\u0000"#, long, #"ada\u0000@example.test"#, #"\ud800"#, "a@\(long).test"]
        for text in texts {
            let members = ["username", "email", "password", "token", "handle", "code", "new_password", "full_name"]
            let body = "{" + members.map { #""\#($0)":"\#(text)""# }.joined(separator: ",") + "}"
            // Eight long texts are more than a body may have.
            let short = "{" + members.prefix(1).map { #""\#($0)":"\#(text)""# }.joined() + "}"
            for body in [body, short] {
                let seen = await fixture.send(.post, path, body)
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
