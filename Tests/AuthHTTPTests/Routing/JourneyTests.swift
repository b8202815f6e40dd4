// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Journeys") struct JourneyTests {
    // Behaviour A1, A7
    @Test("the reference journey works from registration to sign-out", arguments: ["", "/api/v1"])
    func reference(base: String) async throws {
        let fixture = try await APIFixture { $0.isDevelopment = true }
        func send(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil, token: String? = nil) async
            -> Seen
        {
            await fixture.send(
                method, base + path, json, token: token, peer: "127.0.0.1", fields: ["Host": "127.0.0.1:8000"])
        }

        let registered = await send(
            .post, "/auth/register",
            """
            {"username":"auth_test_user","email":"authtest@example.com","password":"SecurePass123",
             "full_name":"Auth Test User","role":"admin","is_verified":true,"id":"7"}
            """)
        #expect(registered.status == 201)
        #expect(registered.text("role") == "user")
        #expect(registered.json?["is_verified"] == false)
        #expect(registered.json?["last_login"] == .null)
        #expect(registered.text("id") != "7")
        #expect(
            registered.json?.names.filter { $0 != "handle" } == [
                "id", "username", "email", "new_email", "full_name", "locale", "role", "permissions", "is_active",
                "is_verified", "created_at", "updated_at", "last_login", "user_metadata", "app_metadata",
            ])

        #expect(
            await send(.post, "/auth/login", #"{"username":"wrong_user","password":"wrong_password"}"#).status == 401)
        let login = await send(.post, "/auth/login", #"{"username":"auth_test_user","password":"SecurePass123"}"#)
        #expect(login.status == 200)
        #expect(login.text("token_type") == "bearer")
        #expect(login.json?["expires_in"]?.int64Value == 1800)
        let access = try #require(login.text("access_token"))
        let refresh = try #require(login.text("refresh_token"))

        let me = await send(.get, "/auth/me", token: access)
        #expect(me.text("email") == "authtest@example.com")
        #expect(await send(.get, "/users").status == 401)
        #expect(await send(.get, "/users", token: access).code == "insufficient_scope")
        let refreshed = await send(.post, "/auth/refresh", #"{"refresh_token":"\#(refresh)"}"#)
        #expect(refreshed.status == 200)
        #expect(refreshed.text("refresh_token") != refresh)

        let changed = await send(
            .post, "/auth/password/change",
            #"{"current_password":"SecurePass123","new_password":"NewSecurePass123"}"#, token: access)
        #expect(changed.text("message") == "Password changed successfully")
        #expect(await send(.get, "/auth/me", token: access).code == "invalid_token")
        let newAccess = try #require(changed.text("access_token"))
        #expect(await send(.get, "/auth/me", token: newAccess).status == 200)

        let verification = await send(.post, "/auth/email/verification/request", token: newAccess)
        let mailToken = try #require(verification.text("message")?.split(separator: ": ").last)
        #expect(
            await send(.post, "/auth/email/verification/confirm", #"{"token":"\#(mailToken)"}"#).text("message")
                == "Email verified successfully")
        #expect(await send(.get, "/auth/me", token: newAccess).json?["is_verified"] == true)

        let asked = await send(.post, "/auth/password/reset/request", #"{"email":"authtest@example.com"}"#)
        let resetToken = try #require(asked.text("message")?.split(separator: ": ").last)
        let confirm = #"{"token":"\#(resetToken)","new_password":"ResetPass123"}"#
        #expect(
            await send(.post, "/auth/password/reset/confirm", confirm).text("message") == "Password reset successful")
        #expect(await send(.post, "/auth/password/reset/confirm", confirm).code == "bad_token")
        #expect(await send(.get, "/auth/me", token: newAccess).code == "invalid_token")

        let again = await send(.post, "/auth/login", #"{"email":"AuthTest@Example.com","password":"ResetPass123"}"#)
        let last = try #require(again.text("access_token"))
        #expect(await send(.post, "/users", #"{"username":"new_user"}"#, token: last).status == 403)

        #expect(await send(.post, "/auth/logout", token: last).json?["success"] == true)
        #expect(await send(.get, "/auth/me", token: last).code == "invalid_token")
        #expect(await send(.get, "/auth/me", token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x").status == 401)
    }

    @Test(
        "the form routes sign in, and answer failures with 401",
        arguments: ["/auth/login/form", "/auth/token", "/token"])
    func forms(path: String) async throws {
        let fixture = try await APIFixture()
        _ = try await fixture.token("ada")
        let password = "correct+horse+battery"

        let granted = await fixture.submit(path, "grant_type=password&username=ada&password=\(password)&scope=me")
        #expect(granted.status == 200)
        #expect(granted.text("scope") == "me")
        #expect(granted["cache-control"] == "no-store")
        #expect(granted["set-cookie"] == nil)
        #expect(await fixture.submit(path, "username=ada%40example.test&password=\(password)").status == 200)
        #expect(await fixture.submit(path, "username=ada&password=wrong").code == "invalid_credentials")
        #expect(
            await fixture.submit(path, "grant_type=refresh_token&username=ada&password=\(password)").code
                == "unsupported_grant_type")
        #expect(await fixture.submit(path, "username=ada&password=\(password)&scope=a%00").code == "invalid_scope")
        #expect(await fixture.submit(path, "username=ada").wrongFields == ["password"])
        #expect(await fixture.send(.post, path, "{}").code == "unsupported_media_type")
    }

    @Test("registration by address alone works, and names every wrong field")
    func registration() async throws {
        let fixture = try await APIFixture()
        let body = #"{"email":"user@example.com","password":"secretpass123","full_name":"John Doe"}"#

        let created = await fixture.send(.post, "/auth/register", body)
        #expect(created.status == 201)
        #expect(created.json?["username"] == .null)
        #expect(await fixture.send(.post, "/auth/register", body).code == "email_taken")
        #expect(
            await fixture.send(.post, "/auth/register", #"{"username":"x","email":"y","full_name":"","password":null}"#)
                .wrongFields == ["username", "email", "full_name", "password"])
        #expect(
            await fixture.send(.post, "/auth/register", #"{"username":"ada","password":"password123"}"#).status == 422)
        #expect(await fixture.send(.post, "/auth/register", #"{"password":"secretpass123"}"#).wrongFields == ["email"])
    }

    // ASVS 6.3.8
    // Behaviour A2, A3
    @Test("private registration gets the same answer for a taken and a free address")
    func privateRegistration() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test", preventsEnumeration: true)
        settings.requiresVerifiedEmail = true
        let fixture = try await APIFixture(settings: settings)
        let body = #"{"email":"user@example.com","password":"secretpass123"}"#

        let first = await fixture.send(.post, "/auth/register", body)
        await fixture.service.completeDeferredWork()
        let second = await fixture.send(.post, "/auth/register", body)

        #expect(first.status == 202 && second.status == 202)
        #expect(first.textWithoutHandle == second.textWithoutHandle)
        #expect(first.text("handle") != second.text("handle"))
    }

    // ASVS 6.3.8
    @Test(
        "with REGISTRATION_PRIVACY, a change of address gets the same answer for a taken and a free one",
        arguments: ["/users/me", "/api/v1/users/me/"])
    func privateAddressChange(path: String) async throws {
        let fixture = try await APIFixture(
            settings: AuthSettings(issuer: "https://auth.example.test", preventsEnumeration: true))
        for name in ["ada", "bob"] {
            let draft = UserDraft(
                username: try Username(name), email: try EmailAddress("\(name)@example.test"), fullName: nil,
                password: try Password(TestAuthority.password), isVerified: true)
            _ = try await fixture.service.users.create(
                draft, by: .commandLine, mustChangePassword: false, from: ClientContext())
        }
        let token = try await fixture.authority.signIn(as: "ada").accessToken
        func change(_ method: HTTPRequest.Method, to name: String) async -> [[String]] {
            let body = #"{"email":"\#(name)@example.test","current_password":"\#(TestAuthority.password)"}"#
            let same = ["X-Request-ID": "same"]
            let changed = await fixture.send(method, path, body, token: token, fields: same)
            #expect(changed.status == 200)
            // Nor may a later look tell: before the mail is written, after it, and by asking again.
            let before = await fixture.send(.get, "/users/me", token: token, fields: same)
            await fixture.service.completeDeferredWork()
            let after = await fixture.send(.get, "/users/me", token: token, fields: same)
            let again = await fixture.send(method, path, body, token: token, fields: same)
            let verification = await fixture.send(
                .post, "/auth/email/verification/request", token: token, fields: same)
            // The address itself is shown, as it was asked for.
            return [changed, before, after, again, verification].map { seen in
                seen.whole.map { $0.replacing("\(name)@example.test", with: "address") }
            }
        }

        for method in [HTTPRequest.Method.patch, .put] {
            // Of equal length, as the answers are then.
            #expect(await change(method, to: "bob") == change(method, to: "eve"))
        }
    }

    // ASVS 6.3.8
    @Test("unknown users and wrong passwords get the same answer")
    func sameAnswer() async throws {
        let fixture = try await APIFixture()
        _ = try await fixture.token("ada")
        let id = ["X-Request-ID": "same"]

        let unknown = await fixture.send(.post, "/auth/login", #"{"username":"bob","password":"wrong"}"#, fields: id)
        let wrong = await fixture.send(.post, "/auth/login", #"{"username":"ada","password":"wrong"}"#, fields: id)
        let noName = await fixture.send(.post, "/auth/login", #"{"username":"???","password":"wrong"}"#, fields: id)

        #expect(unknown.text == wrong.text && wrong.text == noName.text)
        #expect(unknown.reply.httpResponse == wrong.reply.httpResponse)
        #expect(unknown.code == "invalid_credentials")
        #expect(unknown["www-authenticate"] == "Bearer realm=\"authd\"")
    }

    @Test("a refresh token that is reused after the grace time revokes its session")
    func refreshReuse() async throws {
        let fixture = try await APIFixture()
        let pair = try await fixture.authority.signIn(as: "ada")
        var token = pair.refreshToken
        for _ in 0..<3 {
            let next = await fixture.send(.post, "/auth/refresh", #"{"refresh_token":"\#(token)"}"#)
            token = try #require(next.text("refresh_token"))
            fixture.authority.clock.advance(by: .seconds(60))
        }

        let reused = await fixture.send(.post, "/auth/refresh", #"{"refresh_token":"\#(pair.refreshToken)"}"#)

        #expect(reused.code == "refresh_reused")
        #expect(
            await fixture.send(.post, "/auth/refresh", #"{"refresh_token":"\#(token)"}"#).code
                == "invalid_refresh_token")
        #expect(await fixture.send(.get, "/auth/me", token: pair.accessToken).code == "invalid_token")
        #expect(
            await fixture.send(.post, "/auth/refresh", #"{"refresh_token":"junk"}"#).code == "invalid_refresh_token")
    }

    @Test("tokens are shown to callers on this host in development only")
    func revealing() async throws {
        let development = try await APIFixture { $0.isDevelopment = true }
        let production = try await APIFixture()
        let body = #"{"email":"ada@example.test"}"#
        for fixture in [development, production] { _ = try await fixture.token("ada") }
        func message(_ fixture: APIFixture, peer: String, fields: [String: String] = [:]) async -> String {
            await fixture.send(
                .post, "/auth/password/reset/request", body, peer: peer,
                fields: fields.merging(["Host": "localhost:8000"]) { given, _ in given }
            ).text("message") ?? ""
        }

        #expect(await message(development, peer: "127.0.0.1").contains("(DEV ONLY)"))
        #expect(await message(development, peer: "::1").contains("(DEV ONLY)"))
        #expect(await !message(development, peer: "192.0.2.1").contains("(DEV ONLY)"))
        #expect(
            await !message(development, peer: "127.0.0.1", fields: ["X-Forwarded-For": "127.0.0.1"]).contains("DEV"))
        #expect(await !message(production, peer: "127.0.0.1").contains("DEV"))
        let unknown = await development.send(
            .post, "/auth/password/reset/request", #"{"email":"nobody@example.test"}"#, peer: "127.0.0.1")
        #expect(unknown.text("message") == "If the email exists, a password reset link has been sent")
    }

    @Test("another server's router gets the same answers")
    func embedding() async throws {
        let fixture = try await APIFixture()
        var request = HTTPRequest(method: .get, scheme: "https", authority: "id.example.test", path: "/auth/me")
        request.headerFields[.authorization] = "Bearer \(try await fixture.token("ada"))"

        let (response, body) = await fixture.api.respond(to: request, body: [], peer: IPAddress("192.0.2.1"))

        #expect(response.status == .ok)
        #expect(response.headerFields[.contentType] == "application/json")
        #expect(try JSONReader.read(body).objectValue?["username"]?.stringValue == "ada")
    }
}
