// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPTesting
import AuthService
import AuthTesting
import HTTPTypes
import Testing

extension SupabaseScenario {
    private static let nowhere = "00000000-0000-7000-8000-000000000000"

    /// Sends a request with a secret key.
    private static func admin(
        _ fixture: SupabaseFixture, _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil
    ) async throws -> HTTPTestResponse {
        await fixture.send(method, path, body, bearing: try await fixture.key())
    }

    private static func admin(
        _ version: ContractVersion, _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil
    ) async throws -> HTTPTestResponse {
        try await admin(try await SupabaseFixture(version), method, path, body)
    }

    /// The path of a user who was made.
    private static func user(
        _ fixture: SupabaseFixture, _ email: String = "ada@example.test"
    ) async throws -> String {
        let made = try await admin(
            fixture, .post, "/admin/users",
            ["email": .string(email), "password": .string(SupabaseFixture.password), "email_confirm": true])
        return "/admin/users/" + (try #require(made["id"], "\(made.text)"))
    }

    static let administration: [SupabaseScenario] = [
        SupabaseScenario("POST /invite", "ok", 200) {
            let fixture = try await SupabaseFixture($0)
            let answer = try await admin(
                fixture, .post, "/invite", ["email": "ada@example.test", "data": ["team": "engine"]])
            #expect(try await fixture.link().contains("type=invite"))
            return answer
        },
        SupabaseScenario("POST /invite", "validation_failed", 400) {
            try await admin($0, .post, "/invite", ["email": "ada"])
        },
        SupabaseScenario("POST /invite", "email_exists", 422) {
            let fixture = try await SupabaseFixture($0)
            _ = try await user(fixture)
            return try await admin(fixture, .post, "/invite", ["email": "ada@example.test"])
        },
        SupabaseScenario("POST /invite", "email_provider_disabled", 400) {
            let fixture = try await SupabaseFixture($0, hasMail: false)
            return try await admin(fixture, .post, "/invite", ["email": "ada@example.test"])
        },
        SupabaseScenario("POST /admin/generate_link", "ok", 200) {
            let answer = try await admin(
                $0, .post, "/admin/generate_link",
                ["type": "magiclink", "email": "ada@example.test", "password": nil, "new_email": nil, "data": nil])
            #expect(answer["verification_type"] == "signup" && answer["email_otp"]?.utf8.count == 8, "\(answer.text)")
            #expect(answer["hashed_token"] != nil && answer["redirect_to"] != nil && answer["id"] != nil)
            #expect(answer["action_link"]?.hasPrefix(SupabaseFixture.base + "/verify?token=") == true)
            return answer
        },
        SupabaseScenario("POST /admin/generate_link", "validation_failed", 400) {
            try await admin($0, .post, "/admin/generate_link", ["type": "other", "email": "ada@example.test"])
        },
        SupabaseScenario("POST /admin/generate_link", "email_exists", 422) {
            let fixture = try await SupabaseFixture($0)
            _ = try await user(fixture)
            return try await admin(
                fixture, .post, "/admin/generate_link",
                [
                    "type": "signup", "email": "ada@example.test",
                    "password": .string(SupabaseFixture.password),
                ])
        },
        SupabaseScenario("POST /admin/generate_link", "user_not_found", 404) {
            try await admin($0, .post, "/admin/generate_link", ["type": "recovery", "email": "ada@example.test"])
        },
        SupabaseScenario("POST /admin/generate_link", "weak_password", 422) {
            try await admin(
                $0, .post, "/admin/generate_link",
                ["type": "signup", "email": "ada@example.test", "password": "short"])
        },
        SupabaseScenario("GET /admin/audit", "ok", 200) {
            let fixture = try await SupabaseFixture($0)
            _ = try await user(fixture)
            let answer = try await admin(fixture, .get, "/admin/audit?page=1&per_page=10")
            let events = try #require(answer.json?.arrayValue)
            let first = try #require(events.first?.objectValue)
            #expect(Set(first.names) == ["id", "payload", "created_at", "ip_address"])
            return answer
        },
        SupabaseScenario("GET /admin/audit", "validation_failed", 400) {
            try await admin($0, .get, "/admin/audit?page=0")
        },
    ]

    static let administeredUsers: [SupabaseScenario] = [
        SupabaseScenario("GET /admin/users", "ok", 200) {
            let fixture = try await SupabaseFixture($0)
            for name in ["ada", "grace", "mary"] { _ = try await user(fixture, name + "@example.test") }
            let whole = try await admin(fixture, .get, "/admin/users?page=&per_page=")
            #expect(whole["aud"] == "authenticated")
            let answer = try await admin(fixture, .get, "/admin/users?page=2&per_page=1")
            #expect(answer.json?.objectValue?["users"]?.arrayValue?.count == 1)
            let total = HTTPField.Name("X-Total-Count").flatMap { answer.fields[$0] }
            let links = HTTPField.Name("Link").flatMap { answer.fields[$0] }
            #expect(total == "3")
            #expect(
                links == "</auth/v1/admin/users?page=3&per_page=1>; rel=\"next\", "
                    + "</auth/v1/admin/users?page=3&per_page=1>; rel=\"last\"")
            return answer
        },
        SupabaseScenario("GET /admin/users", "validation_failed", 400) { version in
            let fixture = try await SupabaseFixture(version)
            for query in ["page=0", "page=-1", "page=a", "per_page=1001", "sort=email%20asc"] {
                let answer = try await admin(fixture, .get, "/admin/users?" + query)
                #expect(answer.status == 400 && answer.code(version) == "validation_failed", "\(query)")
            }
            return try await admin(fixture, .get, "/admin/users?per_page=0")
        },
        SupabaseScenario("POST /admin/users", "ok", 200) {
            let answer = try await admin(
                $0, .post, "/admin/users",
                [
                    "email": "ada@example.test", "email_confirm": true, "user_metadata": ["colour": "red"],
                    "role": "authenticated", "ban_duration": nil,
                ])
            #expect(answer["email_confirmed_at"] != nil && answer["role"] == "authenticated", "\(answer.text)")
            return answer
        },
        SupabaseScenario("POST /admin/users", "validation_failed", 400) { version in
            let fixture = try await SupabaseFixture(version)
            for body: JSONValue in [
                [:], ["email": "ada@example.test", "role": "service_role"],
                ["email": "ada@example.test", "ban_duration": "for ever"], ["email": 1],
            ] {
                let answer = try await admin(fixture, .post, "/admin/users", body)
                #expect(answer.code(version) == "validation_failed", "\(body) \(answer.text)")
            }
            return try await admin(fixture, .post, "/admin/users", ["email": "ada"])
        },
        SupabaseScenario("POST /admin/users", "email_exists", 422) {
            let fixture = try await SupabaseFixture($0)
            _ = try await user(fixture)
            return try await admin(fixture, .post, "/admin/users", ["email": "ADA@example.test"])
        },
        SupabaseScenario("POST /admin/users", "user_already_exists", 422) { version in
            let fixture = try await SupabaseFixture(version)
            let path = try await user(fixture)
            let id = String(path.dropFirst("/admin/users/".count))
            let other: JSONValue = ["email": "grace@example.test", "id": .string(id)]
            let taken = try await admin(fixture, .post, "/admin/users", other)
            #expect(taken.code(version) == "user_already_exists", "\(taken.text)")
            // Nor is it free once its user is deleted.
            #expect(try await admin(fixture, .delete, path).status == 200)
            return try await admin(fixture, .post, "/admin/users", other)
        },
        SupabaseScenario("POST /admin/users", "weak_password", 422) {
            try await admin($0, .post, "/admin/users", ["email": "ada@example.test", "password": "short"])
        },
        SupabaseScenario("POST /admin/users", "phone_provider_disabled", 400) {
            try await admin($0, .post, "/admin/users", ["phone": "+4930123456"])
        },
        SupabaseScenario("GET /admin/users/{id}", "ok", 200) {
            let fixture = try await SupabaseFixture($0)
            return try await admin(fixture, .get, try await user(fixture))
        },
        SupabaseScenario("GET /admin/users/{id}", "validation_failed", 404) {
            try await admin($0, .get, "/admin/users/ada")
        },
        SupabaseScenario("GET /admin/users/{id}", "user_not_found", 404) {
            try await admin($0, .get, "/admin/users/" + nowhere)
        },
        SupabaseScenario("PUT /admin/users/{id}", "ok", 200) {
            let fixture = try await SupabaseFixture($0)
            let path = try await user(fixture)
            let banned = try await admin(fixture, .put, path, ["ban_duration": "1h30m"])
            #expect(banned["banned_until"] != nil, "\(banned.text)")
            let answer = try await admin(
                fixture, .put, path, ["ban_duration": "none", "app_metadata": ["plan": "gold"]])
            #expect(answer["banned_until"] == nil)
            #expect(answer.json?.objectValue?["app_metadata"]?.objectValue?["plan"] == "gold")
            return answer
        },
        SupabaseScenario("PUT /admin/users/{id}", "validation_failed", 400) { version in
            let fixture = try await SupabaseFixture(version)
            let badID = try await admin(fixture, .put, "/admin/users/ada", [:])
            #expect(badID.status == 404 && badID.code(version) == "validation_failed", "\(badID.text)")
            return try await admin(fixture, .put, try await user(fixture), ["ban_duration": "a day"])
        },
        SupabaseScenario("PUT /admin/users/{id}", "user_not_found", 404) {
            try await admin($0, .put, "/admin/users/" + nowhere, ["user_metadata": ["colour": "red"]])
        },
        SupabaseScenario("PUT /admin/users/{id}", "email_exists", 422) {
            let fixture = try await SupabaseFixture($0)
            _ = try await user(fixture, "grace@example.test")
            return try await admin(fixture, .put, try await user(fixture), ["email": "grace@example.test"])
        },
        SupabaseScenario("PUT /admin/users/{id}", "weak_password", 422) {
            let fixture = try await SupabaseFixture($0)
            return try await admin(fixture, .put, try await user(fixture), ["password": "short"])
        },
        SupabaseScenario("PUT /admin/users/{id}", "phone_provider_disabled", 400) {
            let fixture = try await SupabaseFixture($0)
            return try await admin(fixture, .put, try await user(fixture), ["phone": "+4930123456"])
        },
        SupabaseScenario("PUT /admin/users/{id}", "not_admin", 403) { version in
            let fixture = try await SupabaseFixture(version)
            // A key does not choose the password of an administrator.
            _ = try await fixture.authority.signIn(as: "root", role: .admin)
            let list = try await admin(fixture, .get, "/admin/users")
            let root = try #require(
                list.json?.objectValue?["users"]?.arrayValue?.first?.objectValue?["id"]?.stringValue)
            return try await admin(
                fixture, .put, "/admin/users/" + root, ["password": .string(SupabaseFixture.otherPassword)])
        },
        SupabaseScenario("DELETE /admin/users/{id}", "ok", 200) {
            let fixture = try await SupabaseFixture($0)
            let path = try await user(fixture)
            let answer = try await admin(fixture, .delete, path, ["should_soft_delete": true])
            // The address is free again.
            _ = try await user(fixture)
            return answer
        },
        SupabaseScenario("DELETE /admin/users/{id}", "validation_failed", 404) {
            try await admin($0, .delete, "/admin/users/ada", [:])
        },
        SupabaseScenario("DELETE /admin/users/{id}", "user_not_found", 404) {
            try await admin($0, .delete, "/admin/users/" + nowhere)
        },
        SupabaseScenario("GET /admin/users/{id}/factors", "ok", 200) {
            let fixture = try await SupabaseFixture($0)
            let answer = try await admin(fixture, .get, try await user(fixture) + "/factors")
            #expect(answer.text == "[]")
            return answer
        },
        SupabaseScenario("GET /admin/users/{id}/factors", "user_not_found", 404) {
            try await admin($0, .get, "/admin/users/\(nowhere)/factors")
        },
        SupabaseScenario("GET /admin/users/{id}/factors", "validation_failed", 404) {
            try await admin($0, .get, "/admin/users/ada/factors")
        },
        SupabaseScenario("PUT /admin/users/{id}/factors/{factor}", "validation_failed", 404) {
            try await admin($0, .put, "/admin/users/ada/factors/a", [:])
        },
        SupabaseScenario("PUT /admin/users/{id}/factors/{factor}", "user_not_found", 404) {
            try await admin($0, .put, "/admin/users/\(nowhere)/factors/a", [:])
        },
        SupabaseScenario("DELETE /admin/users/{id}/factors/{factor}", "validation_failed", 404) {
            try await admin($0, .delete, "/admin/users/ada/factors/a")
        },
        SupabaseScenario("DELETE /admin/users/{id}/factors/{factor}", "user_not_found", 404) {
            try await admin($0, .delete, "/admin/users/\(nowhere)/factors/a")
        },
        SupabaseScenario("PUT /admin/users/{id}/factors/{factor}", "mfa_factor_not_found", 404) {
            let fixture = try await SupabaseFixture($0)
            return try await admin(fixture, .put, try await user(fixture) + "/factors/a", [:])
        },
        SupabaseScenario("DELETE /admin/users/{id}/factors/{factor}", "mfa_factor_not_found", 404) {
            let fixture = try await SupabaseFixture($0)
            return try await admin(fixture, .delete, try await user(fixture) + "/factors/a")
        },
    ]
}
