// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import AuthTokens
import HTTPTypes
import Testing

@testable import AuthHTTP

/// Services that see nothing but a token must not let in a user whom the daemon itself would refuse.
@Suite("Tokens of users who must do something first") struct PendingDutyTests {
    private static let first = "FirstPassword12"

    private func fixture(_ settings: AuthSettings? = nil) async throws -> APIFixture {
        try await APIFixture(
            settings: settings ?? AuthSettings(issuer: "https://auth.example.test"),
            signing: .stored(.es256, rotationPeriod: nil))
    }

    /// Makes a user as an administrator does over HTTP.
    private func make(_ fixture: APIFixture, role: String) async throws {
        let admin = try await fixture.token("root", role: .admin)
        let made = await fixture.send(
            .post, "/users", #"{"username":"jane","password":"\#(Self.first)","role":"\#(role)"}"#, token: admin)
        #expect(made.status == 201)
    }

    @Test(
        "while a password change is pending, access tokens carry neither scope nor role", arguments: ["admin", "user"])
    func pendingPassword(role: String) async throws {
        let fixture = try await fixture()
        let server = try await ResourceServer(fixture)
        try await make(fixture, role: role)
        let ways: [(String, Bool)] = [
            (#"{"username":"jane","password":"\#(Self.first)"}"#, false),
            (#"{"username":"jane","password":"\#(Self.first)","scope":"items:write"}"#, false),
            ("grant_type=password&username=jane&password=\(Self.first)", true),
        ]
        for (body, isForm) in ways {
            let signedIn =
                isForm ? await fixture.submit("/auth/token", body) : await fixture.send(.post, "/auth/login", body)
            #expect(signedIn.status == 200)
            var answer = signedIn
            for _ in 0..<3 {
                #expect(answer.text("scope") == "")
                let claims = try server.claims(try #require(answer.text("access_token")))
                #expect(claims.scope.isEmpty && claims.role == nil && claims.authenticationContext == "0")
                let refresh = try #require(answer.text("refresh_token"))
                answer = await fixture.send(.post, "/auth/refresh", #"{"refresh_token":"\#(refresh)"}"#)
                #expect(answer.status == 200)
            }
        }
    }

    @Test("the routes that the user needs keep working, and the change gives a session with the full scope")
    func afterTheChange() async throws {
        let fixture = try await fixture()
        let server = try await ResourceServer(fixture)
        try await make(fixture, role: "admin")
        let login = await fixture.send(.post, "/auth/login", #"{"username":"jane","password":"\#(Self.first)"}"#)
        let token = try #require(login.text("access_token"))

        for path in ["/auth/me", "/users/me"] { #expect(await fixture.send(.get, path, token: token).status == 200) }
        for path in ["/users", "/auth/sessions", "/auth/verify", "/audit"] {
            #expect(await fixture.send(.get, path, token: token).code == "password_change_required", "\(path)")
        }
        let changed = await fixture.send(
            .post, "/auth/password/change",
            #"{"current_password":"\#(Self.first)","new_password":"another good one"}"#, token: token)
        let fresh = try #require(changed.text("access_token"))

        let claims = try server.claims(fresh)
        #expect(claims.scope == "*" && claims.role == "admin" && claims.authenticationContext == "1")
        #expect(await fixture.send(.get, "/users", token: fresh).status == 200)
        let again = await fixture.send(.post, "/auth/login", #"{"username":"jane","password":"another good one"}"#)
        #expect(try server.claims(try #require(again.text("access_token"))).scope == "*")
        let out = await fixture.send(.post, "/auth/login", #"{"username":"jane","password":"another good one"}"#)
        #expect(await fixture.send(.post, "/auth/logout", token: out.text("access_token")).status == 200)
    }

    @Test(
        "with REQUIRE_VERIFIED_EMAIL, a user whose address an administrator changed has no access until it is verified")
    func unprovenAddress() async throws {
        let fixture = try await fixture(
            AuthSettings(issuer: "https://auth.example.test", requiresVerifiedEmail: true))
        let server = try await ResourceServer(fixture)
        for (name, role) in [("ada", Role.user), ("root", .admin)] {
            let draft = UserDraft(
                username: try Username(name), email: try EmailAddress("\(name)@example.test"), fullName: nil,
                password: try Password(TestAuthority.password), role: role, isVerified: true)
            _ = try await fixture.service.users.create(
                draft, by: .commandLine, mustChangePassword: false, from: ClientContext())
        }
        let admin = try await fixture.authority.signIn(as: "root").accessToken
        let pair = try await fixture.authority.signIn(as: "ada")
        #expect(try server.opens(pair.accessToken))

        let path = "/users/\(try await fixture.id(of: "ada"))"
        let changed = await fixture.send(.patch, path, #"{"email":"lovelace@example.test"}"#, token: admin)
        #expect(changed.json?["is_verified"] == false)

        #expect(await fixture.send(.get, "/auth/verify", token: pair.accessToken).status == 403)
        #expect(await fixture.send(.get, "/auth/me", token: pair.accessToken).status == 200)
        let refreshed = await fixture.send(
            .post, "/auth/refresh", #"{"refresh_token":"\#(pair.refreshToken)"}"#)
        let next = try #require(refreshed.text("access_token"))
        #expect(try server.claims(next).scope.isEmpty && server.claims(next).role == nil)
        #expect(await fixture.send(.get, "/auth/verify", token: next).code == "email_not_verified")

        let proof = try await fixture.service.users.requestEmailVerification(
            for: fixture.service.access.authenticate(next), from: ClientContext(), revealing: true)
        guard case .sent(_, let token?) = proof else {
            Issue.record("no token")
            return
        }
        try await fixture.service.users.confirmEmailVerification(
            ActionProof(token: token.revealed), from: ClientContext())
        let last = await fixture.send(
            .post, "/auth/refresh", #"{"refresh_token":"\#(try #require(refreshed.text("refresh_token")))"}"#)
        #expect(try server.opens(try #require(last.text("access_token"))))
        #expect(await fixture.send(.get, "/auth/verify", token: last.text("access_token")).status == 204)
    }

    @Test(
        "with REQUIRE_VERIFIED_EMAIL, users keep the verified address until the new one is verified, and cannot remove it"
    )
    func ownAddressStaysProven() async throws {
        let fixture = try await fixture(
            AuthSettings(issuer: "https://auth.example.test", requiresVerifiedEmail: true))
        let draft = UserDraft(
            username: try Username("ada"), email: try EmailAddress("ada@example.test"), fullName: nil,
            password: try Password(TestAuthority.password), isVerified: true)
        _ = try await fixture.service.users.create(
            draft, by: .commandLine, mustChangePassword: false, from: ClientContext())
        let pair = try await fixture.authority.signIn(as: "ada")
        func change(_ address: String) async -> Seen {
            await fixture.send(
                .patch, "/users/me", #"{"email":\#(address),"current_password":"\#(TestAuthority.password)"}"#,
                token: pair.accessToken)
        }

        let changed = await change(#""lovelace@example.test""#)
        #expect(changed.status == 200 && changed.text("email") == "ada@example.test")
        #expect(changed.json?["is_verified"] == true)
        #expect(await change("null").wrongFields == ["email"])
        await fixture.service.completeDeferredWork()
        let mails = fixture.authority.mailer.messages(to: try EmailAddress("lovelace@example.test"))
        let token = try #require(mails.first?.token)
        let confirmed = await fixture.send(.post, "/auth/email/change/confirm", #"{"token":"\#(token)"}"#)
        #expect(confirmed.status == 200)
        let own = await fixture.send(.get, "/auth/me", token: pair.accessToken)
        #expect(own.text("email") == "lovelace@example.test" && own.json?["is_verified"] == true)
    }

    @Test("deactivated and deleted users get no further token; users with another role get its scope")
    func administered() async throws {
        let fixture = try await fixture()
        let server = try await ResourceServer(fixture)
        let admin = try await fixture.token("root", role: .admin)
        var refresh: [String: String] = [:]
        for name in ["off", "gone", "less"] {
            refresh[name] = try await fixture.authority.signIn(as: name).refreshToken
        }
        func path(_ name: String) async throws -> String { "/users/\(try await fixture.id(of: name))" }
        let (off, gone, less) = (try await path("off"), try await path("gone"), try await path("less"))
        #expect(await fixture.send(.patch, off, #"{"is_active":false}"#, token: admin).status == 200)
        #expect(await fixture.send(.delete, gone, token: admin).status == 204)
        #expect(await fixture.send(.put, less + "/role", #"{"role":"guest"}"#, token: admin).status == 200)

        for name in ["off", "gone"] {
            let seen = await fixture.send(
                .post, "/auth/refresh", #"{"refresh_token":"\#(refresh[name] ?? "")"}"#)
            #expect(seen.code == "invalid_refresh_token", "\(name)")
        }
        let seen = await fixture.send(.post, "/auth/refresh", #"{"refresh_token":"\#(refresh["less"] ?? "")"}"#)
        let claims = try server.claims(try #require(seen.text("access_token")))
        #expect(claims.scope == "items:read me:read" && claims.role == "guest")
    }
}
