// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// The test script of an API guide, step by step and with its own words, from registering to signing out.
@Suite("Test script of an API guide", .oneAtATime, .timeLimit(.minutes(10)))
struct GuideFlowTests {
    @Test("every step is answered as the script expects", arguments: DatabaseKind.allCases)
    func wholeFlow(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                try await GuideFlow(daemon: daemon).run()
            }
        }
    }
}

/// The steps of `test_authentication.py`.
private struct GuideFlow {
    let daemon: RunningDaemon

    func run() async throws {
        try await get("/health").expect(200)
        let user = try await register()
        try await post("/auth/login", #"{"username": "wrong_user", "password": "wrong_password"}"#)
            .expectProblem(401, "invalid_credentials")
        var tokens = try await login("SecurePass123")

        try await get("/users").expectProblem(401, "unauthenticated")
        // The guide lets every user list all others; here that is for administrators.
        try await get("/users", tokens.access).expectProblem(403, "insufficient_scope")
        let me = try await get("/auth/me", tokens.access)
        me.expect(200)
        #expect(try me.text("id") == user)
        #expect(try me.text("username") == "auth_test_user")

        let refreshed = try await post("/auth/refresh", #"{"refresh_token": "\#(tokens.refresh)"}"#)
        tokens = try pair(refreshed)
        tokens = try await changePassword(tokens)
        tokens = try await resetPassword()
        try await verifyAddress(tokens)
        try await verifyAddressOfAnother()

        try await post(
            "/users", #"{"username": "new_user", "email": "newuser@example.com", "password": "Password123"}"#,
            tokens.access
        ).expectProblem(403)
        let expired = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIiwiZXhwIjoxNjAwMDAwMDAwfQ.invalid"
        try await get("/auth/me", expired).expectProblem(401, "invalid_token")

        try await post("/auth/logout", nil, tokens.access).expect(200)
        try await get("/auth/me", tokens.access).expectProblem(401, "invalid_token")
        try await post("/auth/refresh", #"{"refresh_token": "\#(tokens.refresh)"}"#)
            .expectProblem(401, "invalid_refresh_token")
    }

    private func register() async throws -> String {
        let response = try await post(
            "/auth/register",
            """
            {"username": "auth_test_user", "email": "authtest@example.com", "password": "SecurePass123",
             "full_name": "Auth Test User"}
            """)
        response.expect(201)
        #expect(try response.text("email") == "authtest@example.com")
        #expect(try response.text("role") == "user")
        #expect(!response.body.contains("SecurePass123"))
        return try response.text("id")
    }

    private func changePassword(_ tokens: Pair) async throws -> Pair {
        try await post(
            "/auth/password/change", #"{"current_password": "SecurePass123", "new_password": "NewSecurePass123"}"#,
            tokens.access
        ).expect(200)
        // The old password and the old tokens are rejected.
        try await post("/auth/login", #"{"username": "auth_test_user", "password": "SecurePass123"}"#)
            .expectProblem(401, "invalid_credentials")
        try await get("/auth/me", tokens.access).expectProblem(401, "invalid_token")
        return try await login("NewSecurePass123")
    }

    private func resetPassword() async throws -> Pair {
        let request = try await post("/auth/password/reset/request", #"{"email": "authtest@example.com"}"#)
        let confirmation = #"{"token": "\#(try daemon.mailedToken(request))", "new_password": "ResetPass123"}"#
        try await post("/auth/password/reset/confirm", confirmation).expect(200)
        try await post("/auth/password/reset/confirm", confirmation).expectProblem(400, "bad_token")
        return try await login("ResetPass123")
    }

    /// Where the script comes to this, the reset has already proven the address: its token came by mail too.
    private func verifyAddress(_ tokens: Pair) async throws {
        let request = try await post("/auth/email/verification/request", nil, tokens.access)
        request.expect(200)
        #expect(try request.text("message") == "Email already verified")
        try await expectVerified(tokens.access)
    }

    /// The script's two requests for a user whose address is not verified.
    private func verifyAddressOfAnother() async throws {
        let another = try await daemon.signUp("another_user")
        let request = try await post("/auth/email/verification/request", nil, another.access)
        let confirmation = #"{"token": "\#(try daemon.mailedToken(request))"}"#
        try await post("/auth/email/verification/confirm", confirmation).expect(200)
        try await expectVerified(another.access)
        try await post("/auth/email/verification/confirm", confirmation).expectProblem(400, "bad_token")
    }

    private func expectVerified(_ token: String) async throws {
        let me = try await get("/auth/me", token)
        #expect(try me.json["is_verified"] == .bool(true), "\(me)")
    }

    private struct Pair {
        let access: String
        let refresh: String
    }

    private func login(_ password: String) async throws -> Pair {
        try pair(try await post("/auth/login", #"{"username": "auth_test_user", "password": "\#(password)"}"#))
    }

    private func pair(_ response: Response) throws -> Pair {
        response.expect(200)
        #expect(try response.text("token_type") == "bearer")
        return Pair(access: try response.text("access_token"), refresh: try response.text("refresh_token"))
    }

    private func get(_ path: String, _ token: String? = nil) async throws -> Response {
        try await daemon.send("GET", "/api/v1" + path, token: token)
    }

    private func post(_ path: String, _ json: String?, _ token: String? = nil) async throws -> Response {
        try await daemon.send("POST", "/api/v1" + path, token: token, json: json)
    }
}
