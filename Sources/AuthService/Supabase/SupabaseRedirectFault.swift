// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// An error as it goes along with a browser: the clients need all three parameters.
struct SupabaseRedirectFault {
    /// The word of RFC 6749.
    let error: String
    /// The contract's code.
    let code: String
    let description: String

    var parameters: [(String, String)] {
        [("error", error), ("error_code", code), ("error_description", description)]
    }

    private init(_ error: String, _ code: String, _ description: String) {
        (self.error, self.code, self.description) = (error, code, description)
    }

    /// What ended the redemption of a mailed link.
    init(_ fault: SupabaseError) {
        switch fault {
        case .otpExpired: self.init("access_denied", "otp_expired", "Email link is invalid or has expired")
        case .userBanned: self.init("access_denied", "user_banned", "User is banned")
        case .insufficientLevel: self.init("access_denied", "insufficient_aal", "A second factor is required")
        case .validation(let sentence): self.init("invalid_request", "validation_failed", sentence)
        case .tooManyRequests, .mailTooOften:
            self.init("temporarily_unavailable", "over_request_rate_limit", "Request rate limit reached")
        case .badJSON, .invalidCredentials, .emailNotConfirmed, .emailProviderDisabled, .phoneProviderDisabled,
            .signUpDisabled, .userAlreadyExists, .emailExists, .weakPassword, .samePassword, .reauthenticationNeeded,
            .reauthenticationNotValid, .currentPasswordInvalid, .refreshTokenNotFound, .refreshTokenUsed,
            .sessionExpired, .sessionNotFound, .otpDisabled, .flowStateNotFound, .flowStateExpired, .badVerifier,
            .badOAuthState, .badOAuthCallback, .providerEmailNeedsVerification, .providerDisabled, .anonymousDisabled,
            .manualLinkingDisabled, .singleIdentity, .identityNotFound, .identityExists, .factorNotFound,
            .enrollDisabled, .userNotFound, .notAdmin, .noAuthorization, .badJWT, .samlDisabled, .featureDisabled,
            .oauth, .service:
            self.init("server_error", "unexpected_failure", "The request could not be completed")
        }
    }

    /// What ended a flow of a provider.
    init(_ answer: ProviderFlowError) {
        switch answer {
        case .accessDenied: self.init("access_denied", "bad_oauth_callback", "The user declined at the provider")
        case .flowExpired: self.init("invalid_request", "flow_state_expired", "The sign-in took too long")
        case .emailNotVerified, .signInToLink:
            self.init(
                "access_denied", "provider_email_needs_verification",
                "The provider does not prove an email address that is accepted here")
        case .registrationClosed, .domainNotAllowed:
            self.init("access_denied", "signup_disabled", "Signups not allowed for this instance")
        case .identityTaken:
            self.init("invalid_request", "identity_already_exists", "Identity is already linked to another user")
        case .userDisabled: self.init("access_denied", "user_banned", "User is banned")
        case .secondFactorRequired: self.init("access_denied", "insufficient_aal", "A second factor is required")
        case .providerError, .invalidResponse:
            self.init("server_error", "bad_oauth_callback", "The answer of the provider cannot be accepted")
        case .providerUnavailable, .sessionLimitReached, .sessionChanged, .temporarilyUnavailable:
            self.init("server_error", "unexpected_failure", "The sign-in could not be completed")
        }
    }
}
