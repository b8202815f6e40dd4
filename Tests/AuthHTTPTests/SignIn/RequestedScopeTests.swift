// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// - Source: RFC 6749 §3.3 and §5.2
@Suite("Requested scope") struct RequestedScopeTests {
    private static func login(_ scope: String, password: String = TestAuthority.password) -> String {
        #"{"username":"ada","password":"\#(password)","scope":"\#(scope)"}"#
    }

    @Test("of which the role grants nothing is refused, and opens no session", arguments: [false, true])
    func nothing(asForm: Bool) async throws {
        let fixture = try await APIFixture()
        let token = try await fixture.token("ada")
        let password = TestAuthority.password.split(separator: " ").joined(separator: "+")

        for scope in ["notes:write", "users:read audit:read"] {
            let refused =
                asForm
                ? await fixture.submit(
                    "/auth/token",
                    "username=ada&password=\(password)&scope=\(scope.split(separator: " ").joined(separator: "+"))")
                : await fixture.send(.post, "/auth/login", Self.login(scope))
            #expect(refused.status == 400)
            #expect(refused.code == "invalid_scope")
            #expect(!refused.holdsToken)
        }

        let sessions = await fixture.send(.get, "/auth/sessions", token: token)
        #expect(try JSONReader.read(sessions.reply.body).arrayValue?.count == 1)
        await fixture.service.completeDeferredWork()
        let admin = try await fixture.token("root", role: .admin)
        let audit = await fixture.send(.get, "/audit?outcome=refused&action=sign_in", token: admin)
        let reasons = (audit.json?["items"]?.arrayValue ?? []).compactMap { $0.objectValue?["reason"]?.stringValue }
        #expect(Set(reasons) == ["scope_not_granted"])
    }

    @Test("of which the role grants a part gives that part, and says so")
    func part() async throws {
        let fixture = try await APIFixture()
        _ = try await fixture.token("ada")

        let granted = await fixture.send(.post, "/auth/login", Self.login("notes:write items:read"))

        #expect(granted.status == 200)
        #expect(granted.text("scope") == "items:read")
    }

    @Test("reveals what a role grants only to the right password")
    func wrongPassword() async throws {
        let fixture = try await APIFixture()
        _ = try await fixture.token("ada")

        let wrong = await fixture.send(.post, "/auth/login", Self.login("notes:write", password: "another one"))

        #expect(wrong.status == 401)
        #expect(wrong.code == "invalid_credentials")
    }

    @Test("of which another role grants nothing any more ends the session at its refresh")
    func refresh() async throws {
        let fixture = try await APIFixture()
        _ = try await fixture.token("ada")
        let admin = try await fixture.token("root", role: .admin)
        let narrow = await fixture.send(.post, "/auth/login", Self.login("items:write"))
        let wide = await fixture.send(.post, "/auth/login", Self.login("items"))
        let id = try await fixture.id(of: "ada")
        #expect(await fixture.send(.put, "/users/\(id)/role", #"{"role":"guest"}"#, token: admin).status == 200)
        func refresh(_ tokens: Seen) async -> Seen {
            await fixture.send(
                .post, "/auth/refresh", #"{"refresh_token":"\#(tokens.text("refresh_token") ?? "")"}"#)
        }

        let refused = await refresh(narrow)
        #expect(refused.status == 400)
        #expect(refused.code == "invalid_scope")
        // Not the code of a stolen token.
        #expect(await refresh(narrow).code == "invalid_refresh_token")
        let refreshed = await refresh(wide)
        #expect(refreshed.status == 200)
        #expect(refreshed.text("scope") == "items:read")
    }

    @Test("a sign-in without an identifier asks for `username`, the field of the documentation")
    func missingIdentifier() async throws {
        let fixture = try await APIFixture()

        #expect(await fixture.send(.post, "/auth/login", "{}").wrongFields == ["username", "password"])
        #expect(await fixture.send(.post, "/auth/login", #"{"email":"","password":"x"}"#).wrongFields == ["email"])
        #expect(
            await fixture.send(.post, "/auth/login", #"{"username":null}"#).wrongFields == ["username", "password"])
        #expect(await fixture.submit("/auth/token", "").wrongFields == ["username", "password"])
    }
}
