// SPDX-License-Identifier: Apache-2.0

/// The contract as a table: what each route answers.
///
/// What every route can answer has tests of its own: `bad_json`, `over_request_rate_limit` and `unexpected_failure`.
enum SupabaseContract {
    /// A route with its answers.
    struct Route: Sendable {
        let name: String
        /// The status of success, and `nil` for a route that has none.
        let success: Int?
        /// The codes of failures.
        let codes: [String]

        init(_ name: String, _ success: Int?, _ codes: [String] = []) {
            self.name = name
            self.success = success
            self.codes = codes
        }
    }

    /// One answer of one route: `ok` for success.
    struct Cell: Hashable, Sendable, CustomStringConvertible {
        let route: String
        let answer: String
        var description: String { "\(route) \(answer)" }
    }

    static var cells: Set<Cell> {
        Set(
            routes.flatMap { route in
                (route.success == nil ? [] : [Cell(route: route.name, answer: "ok")])
                    + route.codes.map { Cell(route: route.name, answer: $0) }
            })
    }

    private static let user = ["no_authorization", "bad_jwt", "session_not_found", "user_not_found", "user_banned"]
    private static let admin = ["no_authorization", "bad_jwt", "not_admin"]

    private static let mailed = [
        "validation_failed", "phone_provider_disabled", "over_email_send_rate_limit", "email_provider_disabled",
    ]

    static let routes: [Route] = [
        Route("GET /health", 200), Route("GET /settings", 200), Route("GET /.well-known/jwks.json", 200),
        Route(
            "POST /signup", 200,
            [
                "validation_failed", "signup_disabled", "weak_password", "user_already_exists",
                "email_provider_disabled", "phone_provider_disabled", "anonymous_provider_disabled",
                "over_email_send_rate_limit", "user_banned", "insufficient_aal", "email_not_confirmed",
            ]),
        Route("POST /token", nil, ["invalid_credentials"]),
        Route(
            "POST /token?grant_type=password", 200,
            [
                "validation_failed", "invalid_credentials", "email_not_confirmed", "user_banned",
                "phone_provider_disabled", "insufficient_aal",
            ]),
        Route(
            "POST /token?grant_type=refresh_token", 200,
            [
                "validation_failed", "refresh_token_not_found", "refresh_token_already_used", "session_not_found",
                "session_expired", "user_banned",
            ]),
        Route(
            "POST /token?grant_type=pkce", 200,
            [
                "validation_failed", "flow_state_not_found", "flow_state_expired", "bad_code_verifier", "user_banned",
                "identity_already_exists", "signup_disabled", "provider_email_needs_verification", "insufficient_aal",
            ]),
        Route("POST /token?grant_type=id_token", 200, ["oauth", "validation_failed", "provider_disabled"]),
        Route(
            "POST /otp", 200,
            [
                "validation_failed", "otp_disabled", "signup_disabled", "phone_provider_disabled",
                "over_email_send_rate_limit", "email_provider_disabled",
            ]),
        Route(
            "POST /magiclink", 200,
            [
                "validation_failed", "signup_disabled", "phone_provider_disabled", "over_email_send_rate_limit",
                "email_provider_disabled",
            ]),
        Route("POST /recover", 200, mailed), Route("POST /resend", 200, mailed),
        Route("POST /verify", 200, ["validation_failed", "otp_expired", "user_banned", "insufficient_aal"]),
        Route("GET /verify", 200, ["not_found", "gone"]),
        Route("GET /verify redirecting", 303, ["otp_expired"]),
        Route("POST /verify form", 303, ["otp_expired", "csrf"]),
        Route("GET /authorize", 302, ["validation_failed"]),
        Route(
            "GET /callback/{name}", 302,
            [
                "bad_oauth_state", "bad_oauth_callback", "provider_email_needs_verification", "signup_disabled",
                "user_banned",
            ]),
        Route("POST /callback/{name}", 303, ["bad_oauth_state"]),
        Route("GET /callback", nil, ["bad_oauth_callback"]), Route("POST /callback", nil, ["bad_oauth_callback"]),
        Route("GET /user", 200, user),
        Route(
            "PUT /user", 200,
            user + [
                "validation_failed", "reauthentication_needed", "reauthentication_not_valid",
                "current_password_invalid", "same_password", "weak_password", "email_exists", "not_admin",
                "phone_provider_disabled", "over_email_send_rate_limit", "email_provider_disabled", "insufficient_aal",
            ]),
        Route(
            "GET /reauthenticate", 200,
            user + ["email_not_confirmed", "over_email_send_rate_limit", "email_provider_disabled"]),
        Route("POST /logout", 204, user + ["validation_failed"]),
        Route(
            "GET /user/identities/authorize", 200,
            user + [
                "manual_linking_disabled", "validation_failed", "reauthentication_needed", "identity_already_exists",
            ]),
        Route(
            "DELETE /user/identities/{id}", 200,
            user + [
                "manual_linking_disabled", "single_identity_not_deletable", "identity_not_found",
                "reauthentication_needed",
            ]),
        Route("POST /invite", 200, admin + ["validation_failed", "email_exists", "email_provider_disabled"]),
        Route(
            "POST /admin/generate_link", 200,
            admin + ["validation_failed", "email_exists", "user_not_found", "weak_password"]),
        Route("GET /admin/users", 200, admin + ["validation_failed"]),
        Route(
            "POST /admin/users", 200,
            admin + [
                "validation_failed", "email_exists", "user_already_exists", "weak_password", "phone_provider_disabled",
            ]),
        Route("GET /admin/users/{id}", 200, admin + ["validation_failed", "user_not_found"]),
        Route(
            "PUT /admin/users/{id}", 200,
            admin + [
                "validation_failed", "user_not_found", "email_exists", "weak_password", "phone_provider_disabled",
            ]),
        Route("DELETE /admin/users/{id}", 200, admin + ["validation_failed", "user_not_found"]),
        Route("GET /admin/users/{id}/factors", 200, admin + ["validation_failed", "user_not_found"]),
        Route(
            "PUT /admin/users/{id}/factors/{factor}", nil,
            admin + ["validation_failed", "user_not_found", "mfa_factor_not_found"]),
        Route(
            "DELETE /admin/users/{id}/factors/{factor}", nil,
            admin + ["validation_failed", "user_not_found", "mfa_factor_not_found"]),
        Route("GET /admin/audit", 200, admin + ["validation_failed"]),
        Route(
            "POST /factors", nil,
            user + [
                "validation_failed", "mfa_totp_enroll_not_enabled", "mfa_phone_enroll_not_enabled",
                "mfa_webauthn_enroll_not_enabled",
            ]),
        Route("POST /factors/{id}/challenge", nil, user + ["mfa_factor_not_found"]),
        Route("POST /factors/{id}/verify", nil, user + ["mfa_factor_not_found"]),
        Route("DELETE /factors/{id}", nil, user + ["mfa_factor_not_found"]),
        Route("POST /sso", nil, ["saml_provider_disabled"]),
    ]
}
