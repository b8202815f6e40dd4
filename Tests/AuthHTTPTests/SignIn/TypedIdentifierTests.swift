// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthStore
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// Keyboards, autofill and copying add invisible characters to the ends of a name or an address.
@Suite("Identifiers as they are typed") struct TypedIdentifierTests {
    static let decorations: [(before: String, after: String)] = [
        ("", " "), (" ", ""), ("  ", "\t "), ("", "\n"), ("\u{A0}", "\u{A0}"), ("\u{FEFF}", ""), ("", "\u{200B}"),
        ("\u{202A}", "\u{202C}"), ("\u{2060}", "\u{3000}"), ("\u{200E}", "\u{200F}"), ("", "\r\n"),
    ]

    private func json(_ text: String) -> String {
        String(decoding: JSONValue.string(text).serialized, as: UTF8.self)
    }

    @Test("signing in ignores white space around the identifier", arguments: decorations)
    func signIn(before: String, after: String) async throws {
        let fixture = try await APIFixture()
        _ = try await fixture.token("ada")
        for identifier in ["ada", "ADA", "ada@example.test", "Ada@Example.TEST", "ada\u{FF20}example.test"] {
            let typed = before + identifier + after
            for field in ["username", "email"] {
                let body = #"{"\#(field)":\#(json(typed)),"password":"\#(TestAuthority.password)"}"#
                #expect(await fixture.send(.post, "/auth/login", body).status == 200, "\(typed.debugDescription)")
            }
            for path in ["/auth/login/form", "/auth/token", "/token"] {
                let form = "username=\(PercentEncoding.encode(typed))&password=correct+horse+battery"
                #expect(await fixture.submit(path, form).status == 200, "\(typed.debugDescription)")
            }
        }
        let refusals = try await fixture.authority.store.auditEvents(before: nil, limit: 1_000).map(\.event)
            .filter { $0.action == .signIn && $0.refusal != nil }
        #expect(refusals.isEmpty)
    }

    @Test("registering, resetting, verifying and administering read it in the same way", arguments: decorations)
    func everywhere(before: String, after: String) async throws {
        let fixture = try await APIFixture()
        func typed(_ text: String) -> String { json(before + text + after) }
        let registered = await fixture.send(
            .post, "/auth/register",
            #"{"username":\#(typed("grace")),"email":\#(typed("Grace@example.test")),"password":"a compiler from 1952"}"#
        )
        #expect(registered.text("username") == "grace" && registered.text("email") == "Grace@example.test")
        let again = #"{"username":"\#("grace")","password":"a compiler from 1952"}"#
        #expect(await fixture.send(.post, "/auth/register", again).status == 409)

        for path in ["/auth/password/reset/request", "/auth/email/verification/resend"] {
            #expect(await fixture.send(.post, path, #"{"email":\#(typed("grace@example.test"))}"#).status == 200)
        }
        await fixture.service.completeDeferredWork()
        let mails = fixture.authority.mailer.messages(to: try EmailAddress("grace@example.test"))
        let tokens = mails.compactMap(\.token)
        #expect(tokens.count >= 2)
        let reset = try #require(
            await fixture.service.passwords.requestResetRevealing(
                of: EmailAddress("grace@example.test"), from: ClientContext()
            ).token)
        let body = #"{"token":\#(typed(reset.revealed)),"new_password":"nanoseconds of wire"}"#
        #expect(await fixture.send(.post, "/auth/password/reset/confirm", body).status == 200)

        let admin = try await fixture.token("root", role: .admin)
        let made = await fixture.send(
            .post, "/users", #"{"username":\#(typed("jane")),"email":\#(typed("jane@example.test"))}"#, token: admin)
        #expect(made.text("username") == "jane" && made.text("email") == "jane@example.test")
        let path = "/users/\(try #require(made.text("id")))"
        let changed = await fixture.send(.patch, path, #"{"username":\#(typed("janet"))}"#, token: admin)
        #expect(changed.text("username") == "janet")
    }

    @Test("inner white space, and passwords, stay unchanged")
    func unchanged() async throws {
        let fixture = try await APIFixture()
        _ = try await fixture.token("ada")
        for identifier in ["a da", "ada@exam ple.test", "ad\u{A0}a", "a\u{200B}da", " ", "\u{FEFF}", ""] {
            let body = #"{"username":\#(json(identifier)),"password":"\#(TestAuthority.password)"}"#
            #expect([401, 422].contains(await fixture.send(.post, "/auth/login", body).status))
        }
        for password in [
            " \(TestAuthority.password)", "\(TestAuthority.password) ", "\u{FEFF}\(TestAuthority.password)",
        ] {
            let body = #"{"username":"ada","password":\#(json(password))}"#
            #expect(await fixture.send(.post, "/auth/login", body).status == 401)
        }
        let padded = #"{"username":"blanks","password":"  padded with blanks  "}"#
        #expect(await fixture.send(.post, "/auth/register", padded).status == 201)
        #expect(await fixture.send(.post, "/auth/login", padded).status == 200)
        let bare = #"{"username":"blanks","password":"padded with blanks"}"#
        #expect(await fixture.send(.post, "/auth/login", bare).status == 401)
    }
}
