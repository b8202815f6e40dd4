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

    // MARK: What is off

    private static func factor(
        _ version: ContractVersion, _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue
    ) async throws -> HTTPTestResponse {
        let fixture = try await SupabaseFixture.confirmed(version) { $0.isAnonymousAllowed = true }
        let anonymous = await fixture.send(method, path, body, bearing: try await fixture.anonymous().access)
        #expect(anonymous.status == 403 && anonymous.code(version) == "no_authorization", "\(anonymous.text)")
        return await fixture.send(method, path, body, bearing: try await fixture.session().access)
    }

    static let off: [SupabaseScenario] = [
        SupabaseScenario("POST /sso", "saml_provider_disabled", 404) {
            let answer = try await SupabaseFixture($0).send(.post, "/sso", ["domain": "example.test"])
            #expect(answer.text.contains("SAML 2.0 is disabled"))
            return answer
        },
        SupabaseScenario("POST /factors", "validation_failed", 400) {
            try await factor($0, .post, "/factors", ["factor_type": "sms"])
        },
        SupabaseScenario("POST /factors/{id}/challenge", "mfa_factor_not_found", 404) {
            try await factor($0, .post, "/factors/a/challenge", ["channel": nil])
        },
        SupabaseScenario("POST /factors/{id}/verify", "mfa_factor_not_found", 404) {
            try await factor($0, .post, "/factors/a/verify", ["factor_id": "a", "code": "123456"])
        },
        SupabaseScenario("DELETE /factors/{id}", "mfa_factor_not_found", 404) {
            try await factor($0, .delete, "/factors/a", [:])
        },
    ]

    static let factorTypes: [SupabaseScenario] = ["totp", "phone", "webauthn"].map { type in
        SupabaseScenario("POST /factors", "mfa_\(type)_enroll_not_enabled", 422) {
            try await factor($0, .post, "/factors", ["factor_type": .string(type), "friendly_name": nil])
        }
    }

    // MARK: Credentials

    /// The routes that a secret key opens.
    private static let routes: [(name: String, method: HTTPRequest.Method, path: String, body: JSONValue?)] = [
        ("POST /invite", .post, "/invite", ["email": "ada@example.test"]),
        ("POST /admin/generate_link", .post, "/admin/generate_link", [:]),
        ("GET /admin/users", .get, "/admin/users", nil), ("POST /admin/users", .post, "/admin/users", [:]),
        ("GET /admin/users/{id}", .get, "/admin/users/" + nowhere, nil),
        ("PUT /admin/users/{id}", .put, "/admin/users/" + nowhere, [:]),
        ("DELETE /admin/users/{id}", .delete, "/admin/users/" + nowhere, nil),
        ("GET /admin/users/{id}/factors", .get, "/admin/users/\(nowhere)/factors", nil),
        ("PUT /admin/users/{id}/factors/{factor}", .put, "/admin/users/\(nowhere)/factors/a", [:]),
        ("DELETE /admin/users/{id}/factors/{factor}", .delete, "/admin/users/\(nowhere)/factors/a", nil),
        ("GET /admin/audit", .get, "/admin/audit", nil),
    ]

    static let credentialsOfAdmins: [SupabaseScenario] = routes.flatMap { route -> [SupabaseScenario] in
        var scenarios = [
            SupabaseScenario(route.name, "no_authorization", 401) {
                try await SupabaseFixture($0).send(route.method, route.path, route.body)
            },
            SupabaseScenario(route.name, "bad_jwt", 403) {
                try await SupabaseFixture($0).send(route.method, route.path, route.body, bearing: "a.b.c")
            },
        ]
        // That route has a scenario of its own, of a key that may not do this.
        if route.name == "PUT /admin/users/{id}" { return scenarios }
        scenarios.append(
            SupabaseScenario(route.name, "not_admin", 403) { version in
                let fixture = try await SupabaseFixture.confirmed(version)
                var origin = HTTPFields()
                origin[.origin] = "https://app.example.test"
                let inBrowser = await fixture.send(
                    route.method, route.path, route.body, bearing: try await fixture.key(), fields: origin)
                #expect(inBrowser.status == 403 && inBrowser.code(version) == "not_admin", "\(inBrowser.text)")
                return await fixture.send(
                    route.method, route.path, route.body, bearing: try await fixture.session().access)
            })
        return scenarios
    }
}
