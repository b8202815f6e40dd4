// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPTesting
import AuthService
import AuthStore
import AuthTesting
import HTTPTypes
import Testing

extension SupabaseScenario {
    private static let pair = "&code_challenge=\(SupabaseFixture.challenge)&code_challenge_method=s256"

    static let providers: [SupabaseScenario] = [
        SupabaseScenario("GET /authorize", "ok", 302) {
            let fixture = try await SupabaseFixture($0)
            let browser = fixture.browser()
            let departure = await fixture.send(
                .get,
                "/authorize?provider=corp&scopes=calendar&prompt=login&state=mine&redirect_to=https%3A%2F%2Fevil.test",
                by: browser)
            let location = try #require(departure.fields[.location])
            #expect(location.hasPrefix(fixture.provider.issuer) && location.contains("prompt=login"))
            #expect(location.contains("calendar") && !location.contains("state=mine"))
            #expect(location.contains("callback%2Fcorp"), "\(location)")
            #expect(browser.cookieNames.count == 1)
            return departure
        },
        SupabaseScenario("GET /authorize", "validation_failed", 400) {
            try await SupabaseFixture($0).send(.get, "/authorize?provider=other")
        },
        SupabaseScenario("GET /callback/{name}", "ok", 302) {
            let fixture = try await SupabaseFixture($0)
            let implicit = try await fixture.arrive("")
            #expect(implicit.inFragment("access_token") != nil && implicit.value("provider_token") == nil)
            #expect(implicit.inQuery("access_token") == nil)
            let answer = try await fixture.arrive(pair)
            let code = try #require(answer.inQuery("code"), "\(answer.fields)")
            let session = await fixture.send(
                .post, "/token?grant_type=pkce",
                ["auth_code": .string(code), "code_verifier": .string(SupabaseFixture.verifier)])
            #expect(session.status == 200, "\(session.text)")
            return answer
        },
        SupabaseScenario("GET /callback/{name}", "bad_oauth_state", 302) {
            let fixture = try await SupabaseFixture($0)
            let departure = await fixture.send(.get, "/authorize?provider=corp")
            let location = try #require(departure.fields[.location])
            // Another browser has no cookie of the flow.
            let query = try fixture.callback(location)
            return await fixture.send(.get, "/callback/corp?" + query)
        },
        SupabaseScenario("GET /callback/{name}", "bad_oauth_callback", 302) {
            let fixture = try await SupabaseFixture($0)
            fixture.provider.tell(.wrongAudience)
            return try await fixture.arrive("")
        },
        SupabaseScenario("GET /callback/{name}", "provider_email_needs_verification", 302) {
            let fixture = try await SupabaseFixture($0)
            _ = try await fixture.session()
            return try await fixture.arrive("", as: .init(email: "ada@example.test", isVerified: false))
        },
        SupabaseScenario("GET /callback/{name}", "signup_disabled", 302) {
            try await SupabaseFixture($0, service: { $0.registration = .closed }).arrive("")
        },
        SupabaseScenario("GET /callback/{name}", "user_banned", 302) {
            let fixture = try await SupabaseFixture($0)
            let token = try #require(try await fixture.arrive("").value("access_token"))
            try await fixture.ban(try await fixture.id(of: token))
            return try await fixture.arrive("")
        },
        SupabaseScenario("POST /callback/{name}", "ok", 303) {
            let fixture = try await SupabaseFixture($0, usesFormPost: true)
            let browser = fixture.browser()
            let departure = await fixture.send(.get, "/authorize?provider=corp", by: browser)
            let query = try fixture.callback(try #require(departure.fields[.location]))
            let parked = await post(fixture, "/callback/corp", query)
            let location = try #require(parked.fields[.location])
            #expect(location.hasPrefix(SupabaseFixture.base + "/callback/corp?state="), "\(location)")
            let back = await fixture.send(
                .get, String(location.dropFirst(SupabaseFixture.base.count)), by: browser)
            #expect(back.value("access_token") != nil, "\(back.fields)")
            return parked
        },
        SupabaseScenario("POST /callback/{name}", "bad_oauth_state", 303) {
            let fixture = try await SupabaseFixture($0)
            #expect(await post(fixture, "/callback/corp", "code=a").value("error_code") == "bad_oauth_state")
            return await post(fixture, "/callback/corp", "code=a&state=made-up")
        },
        SupabaseScenario("GET /callback", "bad_oauth_callback", 302) {
            let answer = try await SupabaseFixture($0).send(.get, "/callback?code=a&state=b")
            #expect(answer.fields[.location]?.hasPrefix(SupabaseFixture.site) == true)
            return answer
        },
        SupabaseScenario("POST /callback", "bad_oauth_callback", 303) {
            await post(try await SupabaseFixture($0), "/callback", "code=a&state=b")
        },
    ]

    /// Sends a form of another site, as a provider does.
    private static func post(
        _ fixture: SupabaseFixture, _ path: String, _ form: String
    ) async -> HTTPTestResponse {
        var request = HTTPRequest(
            method: .post, scheme: "https", authority: "id.example.test", path: "/auth/v1" + path,
            headerFields: fixture.version.fields)
        request.headerFields[.contentType] = "application/x-www-form-urlencoded"
        request.headerFields[.origin] = "https://corp.example.test"
        let (head, body) = await fixture.test.api.respond(
            to: request, body: Array(form.utf8), peer: IPAddress("192.0.2.1"))
        return HTTPTestResponse(head, body: body)
    }

    // MARK: Identities

    private static func linking(_ version: ContractVersion) async throws -> SupabaseFixture {
        try await SupabaseFixture(version, adjust: { $0.linksManually = true })
    }

    private static let authorize = "GET /user/identities/authorize"
    private static let unlink = "DELETE /user/identities/{id}"

    /// The id of the identity of a provider in the user of a token.
    private static func identity(
        _ fixture: SupabaseFixture, _ token: String, of provider: String
    ) async throws -> String {
        let user = await fixture.send(.get, "/user", bearing: token)
        let identities = try #require(user.json?.objectValue?["identities"]?.arrayValue)
        let found = identities.compactMap(\.objectValue).first { $0["provider"]?.stringValue == provider }
        return try #require(found?["identity_id"]?.stringValue, "\(user.text)")
    }

    /// Gives the user of a token as many identities as may be.
    private static func fill(_ fixture: SupabaseFixture, _ token: String) async throws {
        let caller = try await fixture.authority.service.supabase.caller(bearing: token)
        let now = fixture.clock.now
        for number in 0..<ProviderLimits.identitiesPerUser {
            let identity = Identity(
                id: IdentityID(UUIDv7(at: now, random: Array(repeating: UInt8(number), count: 10))),
                userID: caller.user.id, provider: fixture.provider.name,
                subject: try #require(ProviderSubject(issuer: fixture.provider.issuer, subject: "other-\(number)")),
                email: nil, emailIsVerified: false, isBound: false, createdAt: now, lastUsedAt: now)
            let linked = try await fixture.authority.store.link(
                identity, session: caller.session.id, context: OperationContext(now: now))
            guard case .linked = linked.outcome else { throw AuthError.internalFailure }
        }
    }

    static let identities: [SupabaseScenario] = [
        SupabaseScenario(authorize, "ok", 200) {
            let fixture = try await linking($0)
            let token = try await fixture.session().access
            let head = await fixture.send(.head, "/user/identities/authorize?provider=corp" + pair, bearing: token)
            #expect(head.status == 405)
            let answer = await fixture.send(
                .get, "/user/identities/authorize?provider=corp&prompt=login" + pair, bearing: token)
            #expect(answer["url"]?.contains("prompt=login") == true, "\(answer.text)")
            return answer
        },
        SupabaseScenario(authorize, "reauthentication_needed", 400) {
            let fixture = try await linking($0)
            let refresh = try await fixture.session().refresh
            fixture.clock.advance(by: .seconds(3_600))
            let refreshed = await fixture.send(
                .post, "/token?grant_type=refresh_token", ["refresh_token": .string(refresh)])
            let token = try #require(refreshed["access_token"], "\(refreshed.text)")
            return await fixture.send(.get, "/user/identities/authorize?provider=corp" + pair, bearing: token)
        },
        SupabaseScenario(authorize, "identity_already_exists", 422) {
            let fixture = try await linking($0)
            let token = try await fixture.session().access
            try await fill(fixture, token)
            return await fixture.send(.get, "/user/identities/authorize?provider=corp" + pair, bearing: token)
        },
        SupabaseScenario(authorize, "manual_linking_disabled", 404) {
            let fixture = try await SupabaseFixture($0)
            return await fixture.send(
                .get, "/user/identities/authorize?provider=corp" + pair, bearing: try await fixture.session().access)
        },
        SupabaseScenario(authorize, "validation_failed", 400) {
            let fixture = try await linking($0)
            return await fixture.send(
                .get, "/user/identities/authorize?provider=corp", bearing: try await fixture.session().access)
        },
        SupabaseScenario(unlink, "ok", 200) {
            let fixture = try await linking($0)
            let ada = try await fixture.id(of: fixture.session().access)
            // The address that the provider tells is that of the user, who has proven it.
            let token = try #require(try await fixture.arrive("").value("access_token"))
            #expect(try await fixture.id(of: token) == ada)
            let id = try await identity(fixture, token, of: "corp")
            return await fixture.send(.delete, "/user/identities/" + id, bearing: token)
        },
        SupabaseScenario(unlink, "manual_linking_disabled", 404) {
            let fixture = try await SupabaseFixture($0)
            let token = try await fixture.session().access
            return await fixture.send(
                .delete, "/user/identities/00000000-0000-7000-8000-000000000000", bearing: token)
        },
        SupabaseScenario(unlink, "single_identity_not_deletable", 422) { version in
            let fixture = try await linking(version)
            let token = try await fixture.session().access
            let byEmail = try await identity(fixture, token, of: "email")
            return await fixture.send(.delete, "/user/identities/" + byEmail, bearing: token)
        },
        SupabaseScenario(unlink, "identity_not_found", 422) {
            let fixture = try await linking($0)
            let token = try await fixture.session().access
            return await fixture.send(
                .delete, "/user/identities/00000000-0000-7000-8000-000000000000", bearing: token)
        },
        SupabaseScenario(unlink, "reauthentication_needed", 400) {
            let fixture = try await linking($0)
            _ = try await fixture.session()
            let arrived = try await fixture.arrive("")
            let refreshToken = try #require(arrived.value("refresh_token"))
            let first = try #require(arrived.value("access_token"))
            let id = try await identity(fixture, first, of: "corp")
            fixture.clock.advance(by: .seconds(3_600))
            let refreshed = await fixture.send(
                .post, "/token?grant_type=refresh_token", ["refresh_token": .string(refreshToken)])
            let token = try #require(refreshed["access_token"], "\(refreshed.text)")
            return await fixture.send(.delete, "/user/identities/" + id, bearing: token)
        },
    ]
}
