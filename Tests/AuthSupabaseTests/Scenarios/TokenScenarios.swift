// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPTesting
import AuthService
import AuthTesting
import HTTPTypes
import Testing

extension SupabaseScenario {
    private static let byPassword = "POST /token?grant_type=password"
    private static let byRefresh = "POST /token?grant_type=refresh_token"
    private static let byCode = "POST /token?grant_type=pkce"
    private static let byIDToken = "POST /token?grant_type=id_token"

    private static func signIn(
        _ fixture: SupabaseFixture, _ password: String = SupabaseFixture.password
    ) async -> HTTPTestResponse {
        await fixture.send(
            .post, "/token?grant_type=password",
            ["email": "ADA@example.test", "password": .string(password), "data": nil, "unknown": [1, nil]])
    }

    static let passwords: [SupabaseScenario] = [
        SupabaseScenario("POST /token", "invalid_credentials", 400) {
            try await SupabaseFixture($0).send(.post, "/token?grant_type=other", [:])
        },
        SupabaseScenario(byPassword, "ok", 200) {
            let fixture = try await SupabaseFixture.confirmed($0)
            _ = try await fixture.session()
            let answer = await signIn(fixture)
            #expect(answer["token_type"] == "bearer" && answer.json?.objectValue?["user"]?.objectValue != nil)
            return answer
        },
        SupabaseScenario(byPassword, "validation_failed", 400) {
            try await SupabaseFixture($0).send(.post, "/token?grant_type=password", ["email": "ada@example.test"])
        },
        SupabaseScenario(byPassword, "invalid_credentials", 400) { version in
            let fixture = try await SupabaseFixture.confirmed(version)
            let unknown = await signIn(fixture)
            _ = try await fixture.session()
            let wrong = await signIn(fixture, SupabaseFixture.otherPassword)
            #expect(unknown.body == wrong.body && unknown.status == wrong.status)
            return wrong
        },
        SupabaseScenario(byPassword, "email_not_confirmed", 400) {
            let fixture = try await SupabaseFixture($0)
            #expect(await fixture.signUp().status == 200)
            return await signIn(fixture)
        },
        SupabaseScenario(byPassword, "user_banned", 400) { version in
            let fixture = try await SupabaseFixture.confirmed(version)
            try await fixture.ban(try await fixture.id(of: fixture.session().access))
            let wrong = await signIn(fixture, SupabaseFixture.otherPassword)
            #expect(wrong.code(version) == "invalid_credentials")
            return await signIn(fixture)
        },
        SupabaseScenario(byPassword, "phone_provider_disabled", 422) {
            try await SupabaseFixture($0).send(
                .post, "/token?grant_type=password",
                ["phone": "+4930123456", "password": .string(SupabaseFixture.password)])
        },
        SupabaseScenario(byPassword, "insufficient_aal", 403) {
            let fixture = try await SupabaseFixture.confirmed($0)
            let id = try await fixture.id(of: fixture.session().access)
            fixture.factor.enroll(try #require(UserID(parsing: id)))
            return await signIn(fixture)
        },
    ]

    private static func refresh(_ fixture: SupabaseFixture, _ token: String) async -> HTTPTestResponse {
        await fixture.send(.post, "/token?grant_type=refresh_token", ["refresh_token": .string(token)])
    }

    static let refreshing: [SupabaseScenario] = [
        SupabaseScenario(byRefresh, "ok", 200) {
            let fixture = try await SupabaseFixture.confirmed($0)
            let tokens = try await fixture.session()
            let answer = await refresh(fixture, tokens.refresh)
            #expect(answer["refresh_token"].map { $0 != tokens.refresh } == true)
            return answer
        },
        SupabaseScenario(byRefresh, "validation_failed", 400) {
            try await SupabaseFixture($0).send(.post, "/token?grant_type=refresh_token", [:])
        },
        SupabaseScenario(byRefresh, "refresh_token_not_found", 400) { version in
            let fixture = try await SupabaseFixture.confirmed(version)
            // A native one is none of this API.
            let native = try await fixture.authority.signIn(as: "grace").refreshToken
            #expect(await refresh(fixture, native).code(version) == "refresh_token_not_found")
            return await refresh(fixture, "abcdef012345")
        },
        SupabaseScenario(byRefresh, "refresh_token_already_used", 400) {
            let fixture = try await SupabaseFixture.confirmed($0)
            let first = try await fixture.session().refresh
            let second = try #require(await refresh(fixture, first)["refresh_token"])
            _ = try #require(await refresh(fixture, second)["refresh_token"])
            fixture.clock.advance(by: .seconds(3_600))
            return await refresh(fixture, first)
        },
        SupabaseScenario(byRefresh, "session_not_found", 400) {
            let fixture = try await SupabaseFixture.confirmed($0)
            let tokens = try await fixture.session()
            #expect(await fixture.send(.post, "/logout", bearing: tokens.access).status == 204)
            return await refresh(fixture, tokens.refresh)
        },
        SupabaseScenario(byRefresh, "session_expired", 400) {
            let fixture = try await SupabaseFixture.confirmed($0)
            let tokens = try await fixture.session()
            fixture.clock.advance(by: .seconds(400 * 86_400))
            return await refresh(fixture, tokens.refresh)
        },
        SupabaseScenario(byRefresh, "user_banned", 400) {
            let fixture = try await SupabaseFixture.confirmed($0)
            let tokens = try await fixture.session()
            try await fixture.ban(try await fixture.id(of: tokens.access))
            return await refresh(fixture, tokens.refresh)
        },
    ]

    // MARK: Codes

    /// Begins a flow with a verifier by a mail, and opens its link; the code.
    private static func code(_ fixture: SupabaseFixture) async throws -> String {
        let answer = await fixture.signUp(more: SupabaseFixture.pair)
        #expect(answer.status == 200, "\(answer.text)")
        let opened = await fixture.send(.get, "/verify?" + (try await fixture.link()))
        #expect(opened.status == 303, "\(opened.text)")
        return try #require(opened.value("code"), "\(opened.fields)")
    }

    private static func exchange(
        _ fixture: SupabaseFixture, _ code: String, verifier: String = SupabaseFixture.verifier,
        bearing token: String? = nil
    ) async -> HTTPTestResponse {
        await fixture.send(
            .post, "/token?grant_type=pkce", ["auth_code": .string(code), "code_verifier": .string(verifier)],
            bearing: token)
    }

    private static func opening(_ version: ContractVersion) async throws -> SupabaseFixture {
        try await SupabaseFixture(
            version,
            adjust: {
                $0.verifiesOnGet = true
                $0.linksManually = true
            })
    }

    /// Begins to link an identity to the user of a session, and comes back; the code.
    private static func linkCode(_ fixture: SupabaseFixture, _ token: String) async throws -> String {
        let begun = await fixture.send(
            .get,
            "/user/identities/authorize?provider=corp&skip_http_redirect=true&code_challenge_method=s256"
                + "&code_challenge=\(SupabaseFixture.challenge)", bearing: token)
        let url = try #require(begun["url"], "\(begun.text)")
        #expect(url.hasPrefix(SupabaseFixture.base + "/authorize?"))
        let browser = fixture.browser()
        let departure = await fixture.send(.get, String(url.dropFirst(SupabaseFixture.base.count)), by: browser)
        let location = try #require(departure.fields[.location], "\(departure.text)")
        let back = await fixture.send(.get, "/callback/corp?" + (try fixture.callback(location)), by: browser)
        return try #require(back.value("code"), "\(back.fields)")
    }

    /// Begins a flow with a verifier by a provider, and comes back; the code.
    private static func providerCode(
        _ fixture: SupabaseFixture, as person: MockProviderTransport.Person = .init()
    ) async throws -> String {
        let back = try await fixture.arrive(
            "&code_challenge_method=s256&code_challenge=\(SupabaseFixture.challenge)", as: person)
        return try #require(back.inQuery("code"), "\(back.fields)")
    }

    static let exchanges: [SupabaseScenario] = [
        SupabaseScenario(byCode, "signup_disabled", 422) {
            let fixture = try await SupabaseFixture($0, service: { $0.registration = .closed })
            return await exchange(fixture, try await providerCode(fixture))
        },
        SupabaseScenario(byCode, "provider_email_needs_verification", 422) {
            let fixture = try await SupabaseFixture($0)
            _ = try await fixture.session()
            let person = MockProviderTransport.Person(email: "ada@example.test", isVerified: false)
            return await exchange(fixture, try await providerCode(fixture, as: person))
        },
        SupabaseScenario(byCode, "insufficient_aal", 403) {
            let fixture = try await SupabaseFixture($0)
            let token = try #require(try await fixture.arrive("").value("access_token"))
            let id = try await fixture.id(of: token)
            fixture.factor.enroll(try #require(UserID(parsing: id)))
            return await exchange(fixture, try await providerCode(fixture))
        },
        SupabaseScenario(byCode, "ok", 200) {
            let fixture = try await opening($0)
            return await exchange(fixture, try await code(fixture))
        },
        SupabaseScenario(byCode, "validation_failed", 400) {
            await exchange(try await SupabaseFixture($0), "a", verifier: "")
        },
        SupabaseScenario(byCode, "flow_state_not_found", 404) { version in
            let fixture = try await opening(version)
            let code = try await code(fixture)
            #expect(await exchange(fixture, code).status == 200)
            #expect(await exchange(fixture, "00000000-0000-4000-8000-000000000000").status == 404)
            // The code of a link is as one that there is not without the session that began to link, and stays good for it.
            let token = try await fixture.session("grace@example.test").access
            let link = try await linkCode(fixture, token)
            #expect(await exchange(fixture, link).code(version) == "flow_state_not_found")
            #expect(await exchange(fixture, link, bearing: token).status == 200)
            return await exchange(fixture, code)
        },
        SupabaseScenario(byCode, "flow_state_expired", 422) {
            let fixture = try await opening($0)
            let code = try await code(fixture)
            fixture.clock.advance(by: .seconds(301))
            return await exchange(fixture, code)
        },
        SupabaseScenario(byCode, "bad_code_verifier", 400) { version in
            let fixture = try await opening(version)
            let code = try await code(fixture)
            let wrong = await exchange(fixture, code, verifier: String(repeating: "a", count: 64))
            // One wrong verifier does not void it; three do.
            #expect(await exchange(fixture, code).status == 200)
            return wrong
        },
        SupabaseScenario(byCode, "user_banned", 400) {
            let fixture = try await opening($0)
            let code = try await code(fixture)
            let users = await fixture.send(.get, "/admin/users", bearing: try await fixture.key())
            let list = try #require(users.json?.objectValue?["users"]?.arrayValue)
            try await fixture.ban(try #require(list.first?.objectValue?["id"]?.stringValue))
            return await exchange(fixture, code)
        },
        SupabaseScenario(byCode, "identity_already_exists", 422) {
            let fixture = try await opening($0)
            let grace = try await fixture.session("grace@example.test").access
            let ada = try await fixture.session("lovelace@example.test").access
            let linked = await exchange(fixture, try await linkCode(fixture, grace), bearing: grace)
            #expect(linked.status == 200, "\(linked.text)")
            return await exchange(fixture, try await linkCode(fixture, ada), bearing: ada)
        },
    ]

    // MARK: Id tokens

    private static func idToken(
        _ fixture: SupabaseFixture, provider: String = "corp", token: String, nonce: String
    ) async -> HTTPTestResponse {
        await fixture.send(
            .post, "/token?grant_type=id_token",
            [
                "provider": .string(provider), "id_token": .string(token), "nonce": .string(nonce),
                "access_token": nil,
            ])
    }

    /// The hexadecimal SHA-256 of `a nonce`.
    private static let hashedNonce = SHA256Hex.of("a nonce")

    static let idTokens: [SupabaseScenario] = [
        SupabaseScenario(byIDToken, "ok", 200) {
            let fixture = try await SupabaseFixture($0)
            return await idToken(
                fixture, token: try fixture.provider.idToken(nonce: hashedNonce), nonce: "a nonce")
        },
        SupabaseScenario(byIDToken, "oauth", 400) {
            let fixture = try await SupabaseFixture($0)
            return await idToken(
                fixture, token: try fixture.provider.idToken(nonce: hashedNonce), nonce: "another nonce")
        },
        SupabaseScenario(byIDToken, "validation_failed", 400) {
            try await SupabaseFixture($0).send(.post, "/token?grant_type=id_token", ["provider": 1])
        },
        SupabaseScenario(byIDToken, "provider_disabled", 400) {
            await idToken(try await SupabaseFixture($0), provider: "other", token: "a.b.c", nonce: "a nonce")
        },
    ]
}
