// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer
import AuthService
import HTTPTypes
import Testing

@testable import AuthSupabase

@Suite("Errors of Supabase's API")
struct SupabaseErrorFormTests {
    private static func request(_ versions: [String]) throws -> Request {
        let name = try #require(HTTPField.Name("X-Supabase-Api-Version"))
        var request = HTTPRequest(method: .get, scheme: "https", authority: "a.test", path: "/auth/v1/user")
        for version in versions { request.headerFields.append(HTTPField(name: name, value: version)) }
        return Request(request, peer: nil)
    }

    @Test("a version is a date from 2024-01-01 on, and anything else is the old form")
    func versions() throws {
        for version in ["2024-01-01", "2024-01-02", "2025-12-31", "9999-99-99"] {
            #expect(SupabaseErrorForm.speaksNewVersion(try Self.request([version])), "\(version)")
        }
        for versions in [
            [], [""], ["2023-12-31"], ["2024-01-1"], ["2024-01-011"], ["2024/01/01"], ["20240101"], ["٢٠٢٤-٠١-٠١"],
            ["2024-01-01", "2024-01-01"], ["abcd-ef-gh"],
        ] {
            #expect(!SupabaseErrorForm.speaksNewVersion(try Self.request(versions)), "\(versions)")
        }
    }

    /// Every error, with its status and code at each place.
    private static let faults: [(SupabaseError, SupabaseSurface, Int, String)] = [
        (.validation("a"), .other, 400, "validation_failed"), (.badJSON, .other, 400, "bad_json"),
        (.invalidCredentials, .token, 400, "invalid_credentials"),
        (.emailNotConfirmed, .token, 400, "email_not_confirmed"),
        (.emailNotConfirmed, .user, 422, "email_not_confirmed"),
        (.userBanned, .token, 400, "user_banned"), (.userBanned, .user, 403, "user_banned"),
        (.userBanned, .other, 403, "user_banned"),
        (.emailProviderDisabled, .other, 400, "email_provider_disabled"),
        (.phoneProviderDisabled, .token, 422, "phone_provider_disabled"),
        (.phoneProviderDisabled, .other, 400, "phone_provider_disabled"),
        (.signUpDisabled, .other, 422, "signup_disabled"),
        (.userAlreadyExists, .other, 422, "user_already_exists"), (.emailExists, .admin, 422, "email_exists"),
        (.weakPassword(["length"]), .other, 422, "weak_password"), (.samePassword, .user, 422, "same_password"),
        (.reauthenticationNeeded, .user, 400, "reauthentication_needed"),
        (.reauthenticationNotValid, .user, 422, "reauthentication_not_valid"),
        (.currentPasswordInvalid, .user, 400, "current_password_invalid"),
        (.refreshTokenNotFound, .token, 400, "refresh_token_not_found"),
        (.refreshTokenUsed, .token, 400, "refresh_token_already_used"),
        (.sessionExpired, .token, 400, "session_expired"), (.sessionNotFound, .token, 400, "session_not_found"),
        (.sessionNotFound, .other, 403, "session_not_found"), (.otpExpired(byLink: true), .other, 403, "otp_expired"),
        (.otpDisabled, .other, 422, "otp_disabled"), (.flowStateNotFound, .token, 404, "flow_state_not_found"),
        (.flowStateExpired, .token, 422, "flow_state_expired"), (.badVerifier, .token, 400, "bad_code_verifier"),
        (.badOAuthState, .other, 400, "bad_oauth_state"), (.badOAuthCallback, .other, 400, "bad_oauth_callback"),
        (.providerEmailNeedsVerification, .token, 422, "provider_email_needs_verification"),
        (.providerDisabled, .token, 400, "provider_disabled"),
        (.anonymousDisabled, .other, 422, "anonymous_provider_disabled"),
        (.manualLinkingDisabled, .user, 404, "manual_linking_disabled"),
        (.singleIdentity, .user, 422, "single_identity_not_deletable"),
        (.identityNotFound, .user, 422, "identity_not_found"),
        (.identityExists, .token, 422, "identity_already_exists"),
        (.factorNotFound, .user, 404, "mfa_factor_not_found"), (.insufficientLevel, .token, 403, "insufficient_aal"),
        (.insufficientLevel, .user, 401, "insufficient_aal"),
        (.enrollDisabled("totp"), .user, 422, "mfa_totp_enroll_not_enabled"),
        (.userNotFound, .admin, 404, "user_not_found"), (.userNotFound, .other, 403, "user_not_found"),
        (.notAdmin, .admin, 403, "not_admin"), (.noAuthorization, .other, 401, "no_authorization"),
        (.noAuthorization, .user, 403, "no_authorization"), (.badJWT, .other, 403, "bad_jwt"),
        (.mailTooOften(seconds: 42), .other, 429, "over_email_send_rate_limit"),
        (.samlDisabled, .other, 404, "saml_provider_disabled"), (.featureDisabled, .other, 404, "feature_disabled"),
        (.oauth(error: "invalid_grant", description: "a"), .token, 400, "invalid_grant"),
        (.tooManyRequests(seconds: 7), .token, 429, "over_request_rate_limit"),
        (.service(.unavailable), .other, 503, "unexpected_failure"),
        (.service(.overloaded(retryAfter: .seconds(3))), .other, 503, "unexpected_failure"),
        (.service(.internalFailure), .other, 500, "unexpected_failure"),
        (.service(.mailUnavailable), .other, 500, "unexpected_failure"),
    ]

    @Test("each error has the status and the code of the contract")
    func faults() {
        for (error, surface, status, code) in Self.faults {
            let fault = SupabaseFault(error, at: surface)
            #expect(Int(fault.status.rawValue) == status && fault.code == code, "\(error) \(surface)")
            #expect(!fault.message.isEmpty)
            #expect((fault.retryAfter != nil) == (status == 429 || status == 503), "\(error)")
        }
        #expect(SupabaseFault(.mailTooOften(seconds: 42), at: .other).message.contains("after 42 seconds"))
        #expect(SupabaseFault(.badJWT, at: .other).message.hasPrefix("invalid JWT"))
        #expect(
            SupabaseFault(.validation("a sentence"), at: .other).message == "a sentence"
                && SupabaseFault(.weakPassword(["pwned"]), at: .other).reasons == ["pwned"])
        #expect(SupabaseFault(.service(.overloaded(retryAfter: .seconds(3))), at: .other).retryAfter == 3)
    }

    @Test("what the gate refuses has the contract's words")
    func refusals() {
        let words: [(ProblemKind, Int, String)] = [
            (.malformedJSON, 400, "bad_json"), (.unsupportedMediaType, 400, "bad_json"),
            (.bodyTooLarge, 413, "request_entity_too_large"), (.notFound, 404, "not_found"),
            (.methodNotAllowed, 405, "method_not_allowed"), (.unavailable, 503, "unexpected_failure"),
            (.overloaded, 503, "unexpected_failure"), (.internalError, 500, "unexpected_failure"),
            (.forbidden, 500, "unexpected_failure"), (.rateLimited, 429, "over_request_rate_limit"),
        ]
        for (kind, status, code) in words {
            let fault = SupabaseFault(Refusal(kind))
            #expect(Int(fault.status.rawValue) == status && fault.code == code, "\(kind.code)")
            #expect(fault.reason == kind.code)
        }
        #expect(SupabaseFault(Refusal(.rateLimited, retryAfter: .seconds(9))).retryAfter == 9)
    }

    @Test("pages lead with their number in the first place, and the last one names no next")
    func links() {
        let cases: [(Int, Int, Int64, String)] = [
            (1, 50, 0, #"</u?page=1&per_page=50>; rel="last""#), (1, 50, 50, #"</u?page=1&per_page=50>; rel="last""#),
            (1, 50, 51, #"</u?page=2&per_page=50>; rel="next", </u?page=2&per_page=50>; rel="last""#),
            (3, 10, 100, #"</u?page=4&per_page=10>; rel="next", </u?page=10&per_page=10>; rel="last""#),
            (99, 10, 100, #"</u?page=10&per_page=10>; rel="last""#),
        ]
        for (number, size, total, expected) in cases {
            #expect(SupabasePage(number: number, size: size).links(of: "/u", total: total) == expected)
        }
    }
}
