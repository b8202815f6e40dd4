// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPTesting
import AuthService
import AuthTesting
import HTTPTypes
import Testing

extension SupabaseScenario {
    private static let route = "POST /signup"

    static let signUp: [SupabaseScenario] = [
        SupabaseScenario("GET /health", "ok", 200) { try await SupabaseFixture($0).send(.get, "/health") },
        SupabaseScenario("GET /settings", "ok", 200) { try await SupabaseFixture($0).send(.get, "/settings") },
        SupabaseScenario("GET /.well-known/jwks.json", "ok", 200) {
            try await SupabaseFixture($0).send(.get, "/.well-known/jwks.json")
        },
        SupabaseScenario(route, "ok", 200) {
            let answer = try await SupabaseFixture($0).signUp(more: [("data", ["colour": "red"])])
            let identities = answer.json?.objectValue?["identities"]?.arrayValue
            #expect(answer["email"] == "ada@example.test" && identities?.count == 1, "\(answer.text)")
            return answer
        },
        SupabaseScenario(route, "validation_failed", 400) { try await SupabaseFixture($0).signUp("ada") },
        SupabaseScenario(route, "signup_disabled", 422) {
            try await SupabaseFixture($0, service: { $0.registration = .closed }).signUp()
        },
        SupabaseScenario(route, "weak_password", 422) {
            let answer = try await SupabaseFixture($0).signUp(password: "short")
            let weak = answer.json?.objectValue?["weak_password"]?.objectValue
            #expect(weak?["reasons"]?.arrayValue?.contains("length") == true, "\(answer.text)")
            return answer
        },
        SupabaseScenario(route, "user_already_exists", 422) {
            let fixture = try await SupabaseFixture.confirmed($0)
            #expect(await fixture.signUp()["access_token"] != nil)
            return await fixture.signUp(password: SupabaseFixture.otherPassword)
        },
        SupabaseScenario(route, "user_banned", 403) {
            let fixture = try await SupabaseFixture.confirmed($0)
            try await fixture.ban(try await fixture.id(of: fixture.session().access))
            return await fixture.signUp()
        },
        SupabaseScenario(route, "insufficient_aal", 403) {
            let fixture = try await SupabaseFixture.confirmed($0)
            let id = try await fixture.id(of: fixture.session().access)
            fixture.factor.enroll(try #require(UserID(parsing: id)))
            return await fixture.signUp()
        },
        SupabaseScenario(route, "email_not_confirmed", 400) {
            let fixture = try await SupabaseFixture.confirmed($0)
            let made = await fixture.send(
                .post, "/admin/users",
                ["email": "ada@example.test", "password": .string(SupabaseFixture.password)],
                bearing: try await fixture.key())
            #expect(made.status == 200, "\(made.text)")
            return await fixture.signUp()
        },
        SupabaseScenario(route, "email_provider_disabled", 400) {
            try await SupabaseFixture($0, hasMail: false).signUp()
        },
        SupabaseScenario(route, "phone_provider_disabled", 400) {
            try await SupabaseFixture($0).send(
                .post, "/signup", ["phone": "+4930123456", "password": .string(SupabaseFixture.password)])
        },
        SupabaseScenario(route, "anonymous_provider_disabled", 422) {
            try await SupabaseFixture($0).send(.post, "/signup", ["data": nil, "email": nil, "password": nil])
        },
        SupabaseScenario(route, "over_email_send_rate_limit", 429) {
            let fixture = try await SupabaseFixture($0)
            #expect(await fixture.signUp().status == 200)
            return await fixture.signUp()
        },
    ]
}
