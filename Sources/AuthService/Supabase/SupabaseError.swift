// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Why a use case of Supabase's API failed, in the contract's terms.
///
/// The list is fixed. The adapter maps each case to one code, status and message.
public enum SupabaseError: Error, Hashable, Sendable {
    /// A parameter is missing or ill-formed; the sentence is a fixed one and holds nothing that the client sent.
    case validation(String)
    /// The body cannot be read.
    case badJSON
    /// Sign-in is rejected; unknown, wrong and locked are one case on purpose.
    case invalidCredentials
    /// The password is right, and the address is not confirmed.
    case emailNotConfirmed
    /// The user is banned or deactivated.
    case userBanned
    /// No mail can be sent that a sign-up needs.
    case emailProviderDisabled
    /// Phones are not served.
    case phoneProviderDisabled
    /// Registration is closed.
    case signUpDisabled
    /// Another user has the address, and addresses are confirmed without a mail.
    case userAlreadyExists
    /// Another user has the address that a user or a key asks for.
    case emailExists
    /// The new password violates the policy, for these reasons of the contract.
    case weakPassword([String])
    /// The new password is the present one.
    case samePassword
    /// The change needs a recent sign-in, the current password or a nonce.
    case reauthenticationNeeded
    /// The nonce is wrong or too old.
    case reauthenticationNotValid
    /// The current password is wrong.
    case currentPasswordInvalid
    /// The text is no refresh token of this API.
    case refreshTokenNotFound
    /// The refresh token was superseded, and its session has ended for it.
    case refreshTokenUsed
    /// The session is past one of its limits.
    case sessionExpired
    /// The session was ended.
    case sessionNotFound
    /// The code or the link is wrong, used or too old.
    case otpExpired(byLink: Bool)
    /// A code was asked for an address without a user, and none is to be made.
    case otpDisabled
    /// The code of a PKCE flow is unknown or used.
    case flowStateNotFound
    /// The code of a PKCE flow is too old.
    case flowStateExpired
    /// The verifier is not the one of the flow.
    case badVerifier
    /// The callback belongs to no flow of this browser.
    case badOAuthState
    /// The provider has refused, or answered what cannot be accepted.
    case badOAuthCallback
    /// The address that the provider tells does not suffice.
    case providerEmailNeedsVerification
    /// The provider is not configured.
    case providerDisabled
    /// Users without an identifier cannot be made.
    case anonymousDisabled
    /// Users may not link and unlink by themselves.
    case manualLinkingDisabled
    /// The identity is the last way in, or the one by e-mail.
    case singleIdentity
    /// The user has no such identity.
    case identityNotFound
    /// Another user has the identity.
    case identityExists
    /// There is no such factor.
    case factorNotFound
    /// A second factor is needed.
    case insufficientLevel
    /// Factors of this type cannot be enrolled.
    case enrollDisabled(String)
    /// The user does not exist.
    case userNotFound
    /// The credential is not a key that may do this.
    case notAdmin
    /// No credential was shown, or one that cannot do this.
    case noAuthorization
    /// The token is not valid.
    case badJWT
    /// The address has had as many mails as it may have for now.
    case mailTooOften(seconds: Int64)
    /// SAML is not served.
    case samlDisabled
    /// The feature is not served.
    case featureDisabled
    /// The form of the id-token grant.
    case oauth(error: String, description: String)
    /// Too many requests.
    case tooManyRequests(seconds: Int64)
    /// The service could not do its work: `.overloaded`, `.unavailable`, `.internalFailure`, `.cancelled` or `.mailUnavailable`.
    case service(AuthError)
}

/// Where an error happened, as far as the contract's answer depends on it.
public enum SupabaseSurface: Hashable, Sendable, CaseIterable {
    /// `/token`.
    case token
    /// What a user does with an access token.
    case user
    /// What a key does.
    case admin
    /// Everything else.
    case other
}

extension SupabaseError {
    /// The one translation of the use cases' errors.
    public init(_ error: AuthError, at surface: SupabaseSurface) {
        switch error {
        case .invalid: self = .validation(SupabaseSentence.badEmail)
        case .invalidCredentials: self = .invalidCredentials
        case .emailNotVerified: self = .emailNotConfirmed
        case .tokenMissing: self = .noAuthorization
        case .badToken: self = .badJWT
        case .tokenRevoked: self = .sessionNotFound
        case .badRefreshToken: self = .refreshTokenNotFound
        case .sessionNotFound, .sessionEnded: self = .sessionNotFound
        case .sessionExpired: self = .sessionExpired
        case .refreshReused: self = .refreshTokenUsed
        case .userDisabled: self = .userBanned
        case .denied, .scopeNotGranted: self = surface == .user ? .noAuthorization : .notAdmin
        case .sessionLimitReached: self = .tooManyRequests(seconds: 60)
        case .passwordChangeRequired: self = .validation(SupabaseSentence.mustChangePassword)
        case .reauthenticationRequired, .reauthenticationUnavailable: self = .reauthenticationNeeded
        case .passwordAlreadySet: self = .samePassword
        case .wrongCurrentPassword: self = .currentPasswordInvalid
        case .invalidOneTimeToken: self = .otpExpired(byLink: true)
        case .wrongCode: self = .otpExpired(byLink: false)
        case .mailSignInDisabled: self = .otpDisabled
        case .identifierTaken: self = .emailExists
        case .registrationClosed: self = .signUpDisabled
        case .userNotFound: self = .userNotFound
        case .refused, .roleRefused, .invitationRefused: self = .notAdmin
        case .unknownProvider: self = .providerDisabled
        case .providerFlowInvalid: self = .flowStateNotFound
        case .providerRefused(let reason): self.init(reason)
        case .identityNotFound: self = .identityNotFound
        case .lastWayIn: self = .singleIdentity
        case .tooManyIdentities: self = .identityExists
        case .tooManyKeys: self = .service(.internalFailure)
        case .tooManyAttempts(let after): self = .tooManyRequests(seconds: max(1, after.secondsRoundedUp))
        case .mailUnavailable, .overloaded, .unavailable, .internalFailure, .cancelled: self = .service(error)
        }
    }

    /// What the refusal of a sign-in by a provider is in this API.
    init(_ reason: ProviderFlowError) {
        switch reason {
        case .flowExpired: self = .flowStateExpired
        case .emailNotVerified, .signInToLink: self = .providerEmailNeedsVerification
        case .registrationClosed: self = .signUpDisabled
        case .identityTaken: self = .identityExists
        case .userDisabled: self = .userBanned
        case .secondFactorRequired: self = .insufficientLevel
        case .domainNotAllowed: self = .validation(SupabaseSentence.otherDomain)
        case .sessionChanged: self = .noAuthorization
        case .sessionLimitReached: self = .tooManyRequests(seconds: 60)
        case .temporarilyUnavailable: self = .service(.unavailable)
        case .accessDenied, .providerError, .providerUnavailable, .invalidResponse: self = .badOAuthCallback
        }
    }
}
