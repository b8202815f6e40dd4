// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// What a client of the contract is told of a failure.
struct SupabaseFault: Hashable, Sendable {
    /// The status.
    let status: Status
    /// The contract's name of the failure.
    let code: String
    /// A sentence for the client's developer.
    let message: String
    /// What is wrong with a password; `nil` for every other failure.
    var reasons: [String]?
    /// Seconds until a new attempt makes sense.
    var retryAfter: Int64?
    /// Whether the body is the one of OAuth, in which ``code`` is the `error`.
    var isOAuth = false
    /// The true reason, for the log; ``code`` where it is `nil`.
    var reason: String?

    init(_ status: Status, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    /// A parameter of the path that nothing can have.
    static let badPathID = SupabaseFault(.notFound, "validation_failed", "The id must be a UUID")

    private static func tooOften(_ code: String, _ seconds: Int64) -> SupabaseFault {
        var fault = SupabaseFault(
            .tooManyRequests, code,
            "For security purposes, you can only request this after \(max(1, seconds)) seconds.")
        fault.retryAfter = max(1, seconds)
        return fault
    }

    private static func unexpected(_ status: Status, reason: String, retryAfter: Int64? = nil) -> SupabaseFault {
        var fault = SupabaseFault(
            status, "unexpected_failure", "Unexpected failure, please check server logs for more information")
        fault.reason = reason
        fault.retryAfter = retryAfter ?? (status == .serviceUnavailable ? 1 : nil)
        return fault
    }
}

// MARK: What the service refuses

extension SupabaseFault {
    /// The answer to a failure of a use case; its status depends on where it happened.
    init(_ error: SupabaseError, at surface: SupabaseSurface) {
        switch error {
        case .validation(let sentence): self.init(.badRequest, "validation_failed", sentence)
        case .badJSON: self.init(.badRequest, "bad_json", "Could not parse request body as JSON")
        case .invalidCredentials: self.init(.badRequest, "invalid_credentials", "Invalid login credentials")
        case .emailNotConfirmed:
            self.init(
                surface == .user ? .unprocessableContent : .badRequest, "email_not_confirmed", "Email not confirmed")
        case .userBanned:
            self.init(surface == .token ? .badRequest : .forbidden, "user_banned", "User is banned")
        case .emailProviderDisabled:
            self.init(.badRequest, "email_provider_disabled", "Email signups are disabled")
        case .phoneProviderDisabled:
            self.init(
                surface == .token ? .unprocessableContent : .badRequest, "phone_provider_disabled",
                "Unsupported phone provider")
        case .signUpDisabled:
            self.init(.unprocessableContent, "signup_disabled", "Signups not allowed for this instance")
        case .userAlreadyExists:
            self.init(.unprocessableContent, "user_already_exists", "User already registered")
        case .emailExists:
            self.init(
                .unprocessableContent, "email_exists", "A user with this email address has already been registered")
        case .weakPassword(let reasons):
            self.init(.unprocessableContent, "weak_password", "Password does not meet the requirements")
            self.reasons = reasons
        case .samePassword:
            self.init(
                .unprocessableContent, "same_password", "New password should be different from the old password.")
        case .reauthenticationNeeded:
            self.init(.badRequest, "reauthentication_needed", "This change requires reauthentication")
        case .reauthenticationNotValid:
            self.init(.unprocessableContent, "reauthentication_not_valid", "Nonce has expired or is invalid")
        case .currentPasswordInvalid:
            self.init(.badRequest, "current_password_invalid", "Current password is incorrect")
        case .refreshTokenNotFound:
            self.init(.badRequest, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
        case .refreshTokenUsed:
            self.init(.badRequest, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
        case .sessionExpired:
            self.init(.badRequest, "session_expired", "Invalid Refresh Token: Session Expired")
        case .sessionNotFound:
            self.init(
                surface == .token ? .badRequest : .forbidden, "session_not_found",
                "Session from session_id claim in JWT does not exist")
        case .otpExpired(let isByLink):
            self.init(
                .forbidden, "otp_expired",
                isByLink ? "Email link is invalid or has expired" : "Token has expired or is invalid")
        case .otpDisabled: self.init(.unprocessableContent, "otp_disabled", "Signups not allowed for otp")
        case .flowStateNotFound, .flowStateExpired, .badVerifier, .badOAuthState, .badOAuthCallback,
            .providerEmailNeedsVerification, .providerDisabled, .anonymousDisabled, .manualLinkingDisabled,
            .singleIdentity, .identityNotFound, .identityExists, .factorNotFound, .insufficientLevel, .enrollDisabled,
            .userNotFound, .notAdmin, .noAuthorization, .badJWT, .mailTooOften, .samlDisabled, .featureDisabled, .oauth,
            .tooManyRequests, .service:
            self = Self.further(error, at: surface)
        }
    }

    /// The second half of the list, which is too long for one function.
    private static func further(_ error: SupabaseError, at surface: SupabaseSurface) -> SupabaseFault {
        switch error {
        case .flowStateNotFound:
            return Self(.notFound, "flow_state_not_found", "invalid flow state, no valid flow state found")
        case .flowStateExpired:
            return Self(.unprocessableContent, "flow_state_expired", "invalid flow state, flow state has expired")
        case .badVerifier:
            return Self(
                .badRequest, "bad_code_verifier", "code challenge does not match previously saved code verifier")
        case .badOAuthState: return Self(.badRequest, "bad_oauth_state", "OAuth state parameter is invalid")
        case .badOAuthCallback: return Self(.badRequest, "bad_oauth_callback", "OAuth callback is invalid")
        case .providerEmailNeedsVerification:
            return Self(
                .unprocessableContent, "provider_email_needs_verification",
                "The provider has not verified the email address")
        case .providerDisabled: return Self(.badRequest, "provider_disabled", "Provider is not enabled")
        case .anonymousDisabled:
            return Self(.unprocessableContent, "anonymous_provider_disabled", "Anonymous sign-ins are disabled")
        case .manualLinkingDisabled:
            return Self(.notFound, "manual_linking_disabled", "Manual linking is disabled")
        case .singleIdentity:
            return Self(
                .unprocessableContent, "single_identity_not_deletable",
                "User must have at least 1 identity after unlinking")
        case .identityNotFound:
            return Self(.unprocessableContent, "identity_not_found", "Identity doesn't exist")
        case .identityExists:
            return Self(
                .unprocessableContent, "identity_already_exists", "Identity is already linked to another user")
        case .factorNotFound: return Self(.notFound, "mfa_factor_not_found", "Factor not found")
        case .insufficientLevel:
            return Self(
                surface == .user ? .unauthorized : .forbidden, "insufficient_aal",
                "AAL2 session is required to complete this request")
        case .enrollDisabled(let type):
            return Self(.unprocessableContent, "mfa_\(type)_enroll_not_enabled", "MFA enroll is disabled for this type")
        case .userNotFound:
            return Self(surface == .admin ? .notFound : .forbidden, "user_not_found", "User not found")
        case .notAdmin: return Self(.forbidden, "not_admin", "User not allowed")
        // A user's own calls have shown a token: what is missing is that the user has an identity.
        case .noAuthorization:
            return surface == .user
                ? Self(.forbidden, "no_authorization", "Anonymous user not allowed to perform these actions")
                : Self(.unauthorized, "no_authorization", "This endpoint requires a valid Bearer token")
        case .badJWT:
            return Self(.forbidden, "bad_jwt", "invalid JWT: unable to parse or verify signature")
        case .mailTooOften(let seconds): return tooOften("over_email_send_rate_limit", seconds)
        case .samlDisabled: return Self(.notFound, "saml_provider_disabled", "SAML 2.0 is disabled")
        case .featureDisabled: return Self(.notFound, "feature_disabled", "The feature is disabled")
        case .oauth(let error, let description):
            var fault = Self(.badRequest, error, description)
            fault.isOAuth = true
            return fault
        case .tooManyRequests(let seconds): return tooOften("over_request_rate_limit", seconds)
        case .service(let error): return Self.init(failure: error)
        case .validation, .badJSON, .invalidCredentials, .emailNotConfirmed, .userBanned, .emailProviderDisabled,
            .phoneProviderDisabled, .signUpDisabled, .userAlreadyExists, .emailExists, .weakPassword, .samePassword,
            .reauthenticationNeeded, .reauthenticationNotValid, .currentPasswordInvalid, .refreshTokenNotFound,
            .refreshTokenUsed, .sessionExpired, .sessionNotFound, .otpExpired, .otpDisabled:
            return unexpected(.internalServerError, reason: "internal_failure")
        }
    }

    /// The answer where the service could not do its work.
    private init(failure error: AuthError) {
        switch error {
        case .overloaded(let delay):
            self = Self.unexpected(
                .serviceUnavailable, reason: error.reason, retryAfter: max(1, delay.secondsRoundedUp))
        // A cancelled caller does not read the answer.
        case .unavailable, .cancelled: self = Self.unexpected(.serviceUnavailable, reason: error.reason)
        default: self = Self.unexpected(.internalServerError, reason: error.reason)
        }
    }
}

// MARK: What is refused before the routes do their work

extension SupabaseFault {
    /// The answer to what the gate has refused.
    init(_ refusal: Refusal) {
        switch refusal.kind {
        case .rateLimited: self = Self.tooOften("over_request_rate_limit", refusal.retryAfterSeconds ?? 1)
        case .bodyTooLarge:
            self.init(.contentTooLarge, "request_entity_too_large", "Request body exceeds the limit")
        case .malformedJSON, .unsupportedMediaType:
            self.init(.badRequest, "bad_json", "Could not parse request body as JSON")
        case .malformedForm: self.init(.badRequest, "validation_failed", "The form cannot be read")
        case .notFound: self.init(.notFound, "not_found", "There is no such path")
        case .methodNotAllowed:
            self.init(.methodNotAllowed, "method_not_allowed", "The path does not have this method")
        case .unavailable, .overloaded:
            self = Self.unexpected(
                .serviceUnavailable, reason: refusal.kind.code, retryAfter: refusal.retryAfterSeconds)
        default: self = Self.unexpected(.internalServerError, reason: refusal.kind.code)
        }
        reason = refusal.reason ?? refusal.kind.code
    }
}
