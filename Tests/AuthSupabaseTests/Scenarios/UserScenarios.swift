// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPTesting
import AuthService
import AuthTesting
import HTTPTypes
import Testing

extension SupabaseScenario {
    /// A session that was opened an hour ago, so that it proves nothing any more.
    private static func old(_ version: ContractVersion) async throws -> (fixture: SupabaseFixture, token: String) {
        let fixture = try await SupabaseFixture(version)
        let tokens = try await fixture.session()
        fixture.clock.advance(by: .seconds(3_600))
        let refreshed = await fixture.send(
            .post, "/token?grant_type=refresh_token", ["refresh_token": .string(tokens.refresh)])
        return (fixture, try #require(refreshed["access_token"], "\(refreshed.text)"))
    }

    /// A session that a provider has opened, where no mail can be sent.
    private static func withoutMail(
        _ version: ContractVersion
    ) async throws -> (fixture: SupabaseFixture, token: String) {
        let fixture = try await SupabaseFixture(version, hasMail: false)
        let arrived = try await fixture.arrive("")
        return (fixture, try #require(arrived.value("access_token"), "\(arrived.fields)"))
    }

    private static func recent(_ version: ContractVersion) async throws -> (fixture: SupabaseFixture, token: String) {
        let fixture = try await SupabaseFixture(version)
        return (fixture, try await fixture.session().access)
    }

    static let users: [SupabaseScenario] = [
        SupabaseScenario("GET /user", "ok", 200) {
            let (fixture, token) = try await recent($0)
            let answer = await fixture.send(.get, "/user", bearing: token)
            let user = try #require(answer.json?.objectValue)
            #expect(user["aud"] == "authenticated" && user["role"] == "authenticated")
            #expect(user["is_anonymous"] == false && user["phone"] == "" && user["email_confirmed_at"] != nil)
            #expect(user["app_metadata"]?.objectValue?["provider"] == "email")
            #expect(user["user_metadata"]?.objectValue?["email_verified"] == true)
            return answer
        },
        SupabaseScenario("GET /reauthenticate", "ok", 200) {
            let (fixture, token) = try await recent($0)
            let head = await fixture.send(.head, "/reauthenticate", bearing: token)
            #expect(head.status == 405)
            let answer = await fixture.send(.get, "/reauthenticate", bearing: token)
            #expect(answer.text == "{}")
            #expect(try await fixture.mail().token == nil)
            return answer
        },
        SupabaseScenario("GET /reauthenticate", "email_not_confirmed", 422) {
            let fixture = try await SupabaseFixture($0, adjust: { $0.isAnonymousAllowed = true })
            return await fixture.send(.get, "/reauthenticate", bearing: try await fixture.anonymous().access)
        },
        SupabaseScenario("GET /reauthenticate", "over_email_send_rate_limit", 429) {
            let (fixture, token) = try await recent($0)
            #expect(await fixture.send(.get, "/reauthenticate", bearing: token).status == 200)
            return await fixture.send(.get, "/reauthenticate", bearing: token)
        },
        SupabaseScenario("GET /reauthenticate", "email_provider_disabled", 400) {
            let user = try await withoutMail($0)
            return await user.fixture.send(.get, "/reauthenticate", bearing: user.token)
        },
        SupabaseScenario("POST /logout", "ok", 204) { version in
            let (fixture, token) = try await recent(version)
            let answer = await fixture.send(.post, "/logout?scope=local", bearing: token)
            #expect(await fixture.send(.get, "/user", bearing: token).code(version) == "session_not_found")
            return answer
        },
        SupabaseScenario("POST /logout", "validation_failed", 400) {
            let (fixture, token) = try await recent($0)
            return await fixture.send(.post, "/logout?scope=everything", bearing: token)
        },
    ]

    private static func put(
        _ user: (fixture: SupabaseFixture, token: String), _ body: JSONValue
    ) async -> HTTPTestResponse {
        await user.fixture.send(.put, "/user", body, bearing: user.token)
    }

    private static let newPassword: JSONValue = ["password": .string(SupabaseFixture.otherPassword)]

    static let updating: [SupabaseScenario] = [
        SupabaseScenario("PUT /user", "ok", 200) {
            let user = try await old($0)
            let data = await put(user, ["data": ["colour": "red"], "role": "admin"])
            #expect(data.json?.objectValue?["user_metadata"]?.objectValue?["colour"] == "red", "\(data.text)")
            #expect(data["role"] == "authenticated")
            return await put(
                user,
                [
                    "password": .string(SupabaseFixture.otherPassword),
                    "current_password": .string(SupabaseFixture.password), "nonce": nil,
                ])
        },
        SupabaseScenario("PUT /user", "validation_failed", 400) { await put(try await recent($0), ["email": "ada"]) },
        SupabaseScenario("PUT /user", "reauthentication_needed", 400) { await put(try await old($0), newPassword) },
        SupabaseScenario("PUT /user", "reauthentication_not_valid", 422) {
            let user = try await old($0)
            #expect(await user.fixture.send(.get, "/reauthenticate", bearing: user.token).status == 200)
            let code = try #require(try await user.fixture.mail().typedCode)
            return await put(
                user,
                [
                    "password": .string(SupabaseFixture.otherPassword),
                    "nonce": .string(code == "12345678" ? "12345679" : "12345678"),
                ])
        },
        SupabaseScenario("PUT /user", "current_password_invalid", 400) {
            await put(
                try await old($0),
                [
                    "password": .string(SupabaseFixture.otherPassword),
                    "current_password": "not the current password",
                ])
        },
        SupabaseScenario("PUT /user", "same_password", 422) {
            await put(try await recent($0), ["password": .string(SupabaseFixture.password)])
        },
        SupabaseScenario("PUT /user", "weak_password", 422) { await put(try await recent($0), ["password": "short"]) },
        SupabaseScenario("PUT /user", "email_exists", 422) {
            let user = try await recent($0)
            _ = try await user.fixture.session("grace@example.test")
            return await put(user, ["email": "grace@example.test"])
        },
        SupabaseScenario("PUT /user", "over_email_send_rate_limit", 429) {
            let user = try await recent($0)
            #expect(await put(user, ["email": "lovelace@example.test"]).status == 200)
            return await put(user, ["email": "countess@example.test"])
        },
        SupabaseScenario("PUT /user", "email_provider_disabled", 400) {
            await put(try await withoutMail($0), ["email": "lovelace@example.test"])
        },
        SupabaseScenario("PUT /user", "insufficient_aal", 401) {
            let user = try await recent($0)
            let id = try await user.fixture.id(of: user.token)
            user.fixture.factor.enroll(try #require(UserID(parsing: id)))
            #expect(await put(user, ["data": ["colour": "red"]]).status == 200)
            return await put(user, newPassword)
        },
        SupabaseScenario("PUT /user", "not_admin", 403) {
            await put(try await recent($0), ["app_metadata": ["plan": "gold"]])
        },
        SupabaseScenario("PUT /user", "phone_provider_disabled", 400) {
            await put(try await recent($0), ["phone": "+4930123456"])
        },
    ]

    // MARK: Credentials

    /// The routes that a user calls.
    private static let routes: [(name: String, method: HTTPRequest.Method, path: String, body: JSONValue?)] = [
        ("GET /user", .get, "/user", nil), ("PUT /user", .put, "/user", [:]),
        ("GET /reauthenticate", .get, "/reauthenticate", nil), ("POST /logout", .post, "/logout", nil),
        ("GET /user/identities/authorize", .get, "/user/identities/authorize?provider=corp", nil),
        ("DELETE /user/identities/{id}", .delete, "/user/identities/a", nil),
        ("POST /factors", .post, "/factors", ["factor_type": "totp"]),
        ("POST /factors/{id}/challenge", .post, "/factors/a/challenge", [:]),
        ("POST /factors/{id}/verify", .post, "/factors/a/verify", [:]),
        ("DELETE /factors/{id}", .delete, "/factors/a", nil),
    ]

    static let credentialsOfUsers: [SupabaseScenario] = routes.flatMap { route -> [SupabaseScenario] in
        [
            SupabaseScenario(route.name, "no_authorization", 401) {
                try await SupabaseFixture($0).send(route.method, route.path, route.body)
            },
            SupabaseScenario(route.name, "bad_jwt", 403) { version in
                let fixture = try await SupabaseFixture(version)
                // A native token is none of this API.
                let native = try await fixture.authority.signIn(as: "grace").accessToken
                let answer = await fixture.send(route.method, route.path, route.body, bearing: native)
                #expect(answer.code(version) == "bad_jwt")
                return await fixture.send(route.method, route.path, route.body, bearing: "a.b.c")
            },
            SupabaseScenario(route.name, "session_not_found", 403) {
                let fixture = try await SupabaseFixture.confirmed($0)
                let token = try await fixture.session().access
                #expect(await fixture.send(.post, "/logout", bearing: token).status == 204)
                return await fixture.send(route.method, route.path, route.body, bearing: token)
            },
            SupabaseScenario(route.name, "user_not_found", 403) {
                let fixture = try await SupabaseFixture.confirmed($0)
                let token = try await fixture.session().access
                let id = try await fixture.id(of: token)
                let deleted = await fixture.send(
                    .delete, "/admin/users/\(id)", ["should_soft_delete": false], bearing: try await fixture.key())
                #expect(deleted.status == 200, "\(deleted.text)")
                return await fixture.send(route.method, route.path, route.body, bearing: token)
            },
            SupabaseScenario(route.name, "user_banned", 403) {
                let fixture = try await SupabaseFixture.confirmed($0)
                let token = try await fixture.session().access
                try await fixture.ban(try await fixture.id(of: token))
                return await fixture.send(route.method, route.path, route.body, bearing: token)
            },
        ]
    }
}
