// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPTesting
import AuthService
import AuthStore
import AuthTesting
import HTTPTypes
import Testing

/// What several calls of the contract lead to together.
@Suite("Flows of Supabase's API")
struct SupabaseFlowTests {
    @Test("a session of a recovery sets a new password, which ends every other session")
    func recovery() async throws {
        let fixture = try await SupabaseFixture(.new)
        let before = try await fixture.session()
        fixture.clock.advance(by: .seconds(3_600))
        #expect(await fixture.send(.post, "/recover", ["email": "ada@example.test"]).status == 200)
        let code = try #require(try await fixture.mail().typedCode)
        let opened = await fixture.send(
            .post, "/verify", ["type": "recovery", "email": "ada@example.test", "token": .string(code)])
        let token = try #require(opened["access_token"], "\(opened.text)")
        let changed = await fixture.send(
            .put, "/user", ["password": .string(SupabaseFixture.otherPassword)], bearing: token)
        #expect(changed.status == 200, "\(changed.text)")

        #expect(await fixture.send(.get, "/user", bearing: token).status == 200)
        let old = await fixture.send(
            .post, "/token?grant_type=refresh_token", ["refresh_token": .string(before.refresh)])
        #expect(old.status == 400, "\(old.text)")
        let signIn = await fixture.send(
            .post, "/token?grant_type=password",
            ["email": "ada@example.test", "password": .string(SupabaseFixture.otherPassword)])
        #expect(signIn.status == 200, "\(signIn.text)")
    }

    @Test("a change of a proven address is confirmed at both addresses, and the first answer has the text 200")
    func changeOfAddress() async throws {
        let fixture = try await SupabaseFixture(.new)
        let token = try await fixture.session().access
        fixture.clock.advance(by: .seconds(61))
        let asked = await fixture.send(.put, "/user", ["email": "lovelace@example.test"], bearing: token)
        #expect(asked.status == 200 && asked["new_email"] == "lovelace@example.test", "\(asked.text)")
        #expect(asked["email"] == "ada@example.test")

        func confirm(_ address: String) async throws -> HTTPTestResponse {
            let code = try #require(try await fixture.mail(to: address).typedCode)
            return await fixture.send(
                .post, "/verify", ["type": "email_change", "email": .string(address), "token": .string(code)])
        }
        let first = try await confirm("ada@example.test")
        #expect(first.status == 200 && first["code"] == "200" && first["msg"] != nil, "\(first.text)")
        let second = try await confirm("lovelace@example.test")
        #expect(second.status == 200, "\(second.text)")
        let user = try #require(second.json?.objectValue?["user"]?.objectValue)
        #expect(user["email"] == "lovelace@example.test" && user["new_email"] == nil)
    }

    @Test("an anonymous user becomes one with an address, and has the role guest until then")
    func anonymous() async throws {
        let fixture = try await SupabaseFixture(.new, adjust: { $0.isAnonymousAllowed = true })
        let token = try await fixture.anonymous().access
        let user = await fixture.send(.get, "/user", bearing: token)
        #expect(user.json?.objectValue?["is_anonymous"] == true && user["email"] == "", "\(user.text)")
        #expect(user.json?.objectValue?["identities"]?.arrayValue?.isEmpty == true)
        let text = try #require(user["id"])
        let id = try #require(UserID(parsing: text))
        #expect(try await fixture.authority.store.user(withID: id)?.role == .guest)

        let withoutAddress = await fixture.send(
            .put, "/user", ["password": .string(SupabaseFixture.password)], bearing: token)
        #expect(withoutAddress.code(.new) == "validation_failed", "\(withoutAddress.text)")
        let asked = await fixture.send(.put, "/user", ["email": "ada@example.test"], bearing: token)
        #expect(asked.status == 200, "\(asked.text)")
        let code = try #require(try await fixture.mail().typedCode)
        let confirmed = await fixture.send(
            .post, "/verify", ["type": "email_change", "email": "ada@example.test", "token": .string(code)])
        let after = try #require(confirmed.json?.objectValue?["user"]?.objectValue, "\(confirmed.text)")
        #expect(after["is_anonymous"] == false && after["email"] == "ada@example.test")
        #expect(after["id"]?.stringValue == user["id"])
        #expect(try await fixture.authority.store.user(withID: id)?.role == .user)
    }

    @Test("an address that is taken is answered like a new one, but for its identities")
    func takenAddress() async throws {
        let fixture = try await SupabaseFixture(.new)
        _ = try await fixture.session()
        fixture.clock.advance(by: .seconds(61))
        let new = await fixture.signUp("grace@example.test")
        let taken = await fixture.signUp("ADA@example.test", password: SupabaseFixture.otherPassword)
        #expect(new.status == 200 && taken.status == 200)
        let names = try #require(new.json?.objectValue).names
        #expect(Set(names) == Set(try #require(taken.json?.objectValue).names))
        #expect(taken.json?.objectValue?["identities"]?.arrayValue?.isEmpty == true)
        #expect(taken["role"] == "" && taken["email"] == "ada@example.test")
    }

    @Test("the challenge method plain is refused, and one of the pair alone")
    func challenges() async throws {
        let fixture = try await SupabaseFixture(.new)
        for pair: [(String, JSONValue)] in [
            [("code_challenge", .string(SupabaseFixture.challenge)), ("code_challenge_method", "plain")],
            [("code_challenge", .string(SupabaseFixture.challenge))], [("code_challenge_method", "s256")],
            [("code_challenge", "short"), ("code_challenge_method", "s256")],
        ] {
            let answer = await fixture.signUp(more: pair)
            #expect(answer.code(.new) == "validation_failed", "\(answer.text)")
        }
        let upper = await fixture.signUp(more: [SupabaseFixture.pair[0], ("code_challenge_method", "S256")])
        #expect(upper.status == 200, "\(upper.text)")
    }

    @Test("three wrong verifiers void a code")
    func wrongVerifiers() async throws {
        let fixture = try await SupabaseFixture(.new, adjust: { $0.verifiesOnGet = true })
        #expect(await fixture.signUp(more: SupabaseFixture.pair).status == 200)
        let opened = await fixture.send(.get, "/verify?" + (try await fixture.link()))
        let code = try #require(opened.value("code"), "\(opened.fields)")
        func exchange(_ verifier: String) async -> String? {
            let answer = await fixture.send(
                .post, "/token?grant_type=pkce", ["auth_code": .string(code), "code_verifier": .string(verifier)])
            return answer.code(.new)
        }
        for _ in 0..<3 { #expect(await exchange(String(repeating: "a", count: 64)) == "bad_code_verifier") }
        #expect(await exchange(SupabaseFixture.verifier) == "flow_state_not_found")
    }

    @Test("a link with a verifier leads back with a code, and one that is not admitted leads to the site")
    func redirects() async throws {
        for (asked, expected) in [
            ("https://app.example.test/welcome", "https://app.example.test/welcome"),
            ("https://beta.app.example.test/a/b", "https://beta.app.example.test/a/b"),
            ("https://app.example.test@evil.test/", SupabaseFixture.site),
            ("https://app.example.test.evil.test/", SupabaseFixture.site), ("//evil.test/", SupabaseFixture.site),
            ("javascript:alert(1)", SupabaseFixture.site), ("http://app.example.test/", SupabaseFixture.site),
            ("https://2130706433/", SupabaseFixture.site),
        ] {
            let fixture = try await SupabaseFixture(.new)
            var body: JSONObject = ["email": "ada@example.test", "password": .string(SupabaseFixture.password)]
            for (name, value) in SupabaseFixture.pair { body[name] = value }
            let escaped = asked.utf8.map { "%" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            let signedUp = await fixture.send(.post, "/signup?redirect_to=" + escaped, .object(body))
            #expect(signedUp.status == 200, "\(signedUp.text)")
            let answer = await SupabaseScenario.submit(fixture, try await fixture.link())
            let location = try #require(answer.fields[.location], "\(answer.text)")
            #expect(answer.status == 303 && location.hasPrefix(expected) && answer.value("code") != nil, "\(location)")
            #expect(!location.contains("evil") && !location.contains("access_token"))
        }
    }

    @Test("signing out of all sessions ends native ones, and a native sign-out of all those of this API")
    func signOutAcross() async throws {
        let fixture = try await SupabaseFixture.confirmed(.new)
        let token = try await fixture.session().access
        let id = try #require(UserID(parsing: try await fixture.id(of: token)))
        let signIn = await fixture.test.client().post(
            "/auth/login", json: ["username": "ada@example.test", "password": .string(SupabaseFixture.password)])
        let native = try #require(signIn["access_token"], "\(signIn.text)")
        #expect(await fixture.test.client().get("/auth/me", bearing: native).status == 200)
        #expect(await fixture.send(.post, "/logout?scope=global", bearing: token).status == 204)
        #expect(await fixture.test.client().get("/auth/me", bearing: native).problem == "invalid_token")

        let again = try await fixture.session()
        let user = try await fixture.authority.store.user(withID: id)
        #expect(user != nil)
        let other = await fixture.test.client().post(
            "/auth/login", json: ["username": "ada@example.test", "password": .string(SupabaseFixture.password)])
        let ended = await fixture.test.client().post(
            "/auth/logout?sessions=all", bearing: try #require(other["access_token"]))
        #expect(ended.status < 300, "\(ended.text)")
        #expect(await fixture.send(.get, "/user", bearing: again.access).code(.new) == "session_not_found")
    }

    @Test("no token of this API opens a native route, and no native one a route of this API")
    func strangers() async throws {
        let fixture = try await SupabaseFixture.confirmed(.new)
        let tokens = try await fixture.session()
        #expect(await fixture.test.client().get("/auth/me", bearing: tokens.access).problem == "invalid_token")
        let refreshed = await fixture.test.client().post(
            "/auth/refresh", json: ["refresh_token": .string(tokens.refresh)])
        #expect(refreshed.problem == "invalid_refresh_token", "\(refreshed.text)")
    }

    @Test("a mailed link of this API opens nothing natively, and a native one nothing here")
    func foreignLinks() async throws {
        let fixture = try await SupabaseFixture(.new)
        #expect(await fixture.signUp().status == 200)
        let token = try #require(try await fixture.mail().token)
        for path in ["/auth/email/verification/confirm", "/auth/password/reset/confirm"] {
            let answer = await fixture.test.client().post(
                path, json: ["token": .string(token), "new_password": .string(SupabaseFixture.otherPassword)])
            #expect(answer.problem == "bad_token", "\(path) \(answer.text)")
        }
        #expect(await SupabaseScenario.submit(fixture, try await fixture.link()).value("access_token") != nil)

        let asked = await fixture.test.client().post(
            "/auth/password/reset/request", json: ["email": "ada@example.test"])
        #expect(asked.status < 300, "\(asked.text)")
        let native = try #require(try await fixture.mail().token)
        for type in ["recovery", "magiclink", "email", "signup"] {
            let answer = await fixture.send(
                .post, "/verify", ["type": .string(type), "token_hash": .string(native)])
            #expect(answer.code(.new) == "otp_expired", "\(answer.text)")
        }
        #expect(await fixture.send(.get, "/verify?type=recovery&token=" + native).status == 404)
    }

    @Test("a password that no longer meets the rules signs in, with a note")
    func weakPassword() async throws {
        let store = try await SupabaseFixture.confirmed(.new)
        _ = try await store.session()
        var strict = SupabaseSettings(
            baseURL: SupabaseFixture.base, redirects: try RedirectAllowList(site: SupabaseFixture.site, globs: []))
        strict.autoconfirm = true
        strict.passwordMinimum = 64
        let later = try await SupabaseFixture(
            .new, store: store.authority.store, adjust: { $0 = strict })
        let answer = await later.send(
            .post, "/token?grant_type=password",
            ["email": "ada@example.test", "password": .string(SupabaseFixture.password)])
        let weak = answer.json?.objectValue?["weak_password"]?.objectValue
        #expect(answer.status == 200 && weak?["reasons"] == ["length"], "\(answer.text)")
    }

    @Test("what tells of the settings follows them, and tells no keys but public ones")
    func settings() async throws {
        let fixture = try await SupabaseFixture(.new, adjust: { $0.isAnonymousAllowed = true })
        let answer = try #require((await fixture.send(.get, "/settings")).json?.objectValue)
        let external = try #require(answer["external"]?.objectValue)
        #expect(external["email"] == true && external["phone"] == false && external["anonymous_users"] == true)
        #expect(external["corp"] == true && answer["disable_signup"] == false)
        #expect(answer["mailer_autoconfirm"] == false && answer["saml_enabled"] == false)

        let keys = await fixture.send(.get, "/.well-known/jwks.json")
        #expect(keys.fields[.cacheControl] == "public, max-age=600")
        let list = try #require(keys.json?.objectValue?["keys"]?.arrayValue?.compactMap { $0.objectValue })
        #expect(!list.isEmpty)
        for key in list {
            #expect(key["d"] == nil && key["k"] == nil && key["kid"] != nil)
            #expect(key["kty"] == "EC" || key["kty"] == "RSA")
        }
    }
}
