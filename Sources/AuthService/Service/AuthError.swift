// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Why a use case failed.
///
/// The list is fixed. An adapter maps each case to the response that an unauthenticated client may see.
///
/// - Warning: The cases tell an embedder the truth. An adapter that passes `.userDisabled` or `.sessionEnded` on to an
///   unauthenticated client allows user enumeration.
public enum AuthError: Error, Hashable, Sendable {
    /// The input violates rules; every violation is listed.
    case invalid([FieldViolation])
    /// Sign-in is rejected; unknown, wrong, disabled and locked are one case on purpose.
    case invalidCredentials
    /// The password is right, but the address must be verified first.
    case emailNotVerified
    /// No token was presented where one is needed.
    case tokenMissing
    /// The access token is not valid.
    case badToken(TokenError)
    /// The access token is authentic, but its session has ended or its user's epoch was raised.
    case tokenRevoked
    /// The text is no refresh token of this service.
    case badRefreshToken
    /// The refresh token's session does not exist.
    case sessionNotFound
    /// The session is past one of its limits.
    case sessionExpired
    /// The session was ended before.
    case sessionEnded(SessionEnd)
    /// The refresh token had been superseded; its session was revoked because of it.
    case refreshReused
    /// The user may not sign in.
    case userDisabled
    /// The caller may not do this.
    case denied(AccessDenial)
    /// The credentials are right, but the user is granted nothing of the scope that was asked for.
    case scopeNotGranted
    /// The credentials are right, but the user has as many sessions as the limit allows.
    case sessionLimitReached
    /// The user must set a new password first.
    case passwordChangeRequired
    /// The operation needs a proof of who the user is besides the token: the current password, or a recent sign-in.
    case reauthenticationRequired
    /// The user cannot prove in this way who they are; these are the ways that they have.
    case reauthenticationUnavailable([ReauthenticationMethod])
    /// The user has a password already.
    case passwordAlreadySet
    /// The current password was wrong.
    case wrongCurrentPassword
    /// The one-time token is unknown, used, expired or for another purpose.
    case invalidOneTimeToken
    /// The code of a mail is wrong, too old or void; so many more may be typed, which may be none.
    case wrongCode(triesLeft: Int)
    /// Signing in by a mail is turned off.
    case mailSignInDisabled
    /// Another user holds the identifier of this kind, or it is reserved.
    case identifierTaken(IdentifierKind)
    /// Registration is closed.
    case registrationClosed
    /// The user does not exist, or the caller may not see it.
    case userNotFound
    /// A rule about administrators forbids the action.
    case refused(AdministrativeRefusal)
    /// A rule about roles forbids the change, or there is no such role.
    case roleRefused(RoleChangeRefusal)
    /// A rule about invitations forbids the action, or there is no such invitation.
    case invitationRefused(InvitationRefusal)
    /// There is no identity provider of this name.
    case unknownProvider
    /// A sign-in by a provider was not begun here, was completed before, has expired, or is not this client's.
    case providerFlowInvalid
    /// A sign-in by a provider, or a link, is refused, and why.
    case providerRefused(ProviderFlowError)
    /// The user has no such identity.
    case identityNotFound
    /// The user could not sign in any more without this identity.
    case lastWayIn
    /// The user has as many identities as there may be.
    case tooManyIdentities
    /// As many secret keys of Supabase's API are live as there may be.
    case tooManyKeys
    /// The operation needs mail, and no mail server is configured.
    case mailUnavailable
    /// The user has tried this too often; may be retried after this time.
    case tooManyAttempts(retryAfter: Duration)
    /// Too many concurrent requests; may be retried after this time.
    case overloaded(retryAfter: Duration)
    /// The store cannot be reached, or the change feed has been silent for too long.
    case unavailable
    /// A fault of this process or its data; the log has the diagnostic.
    case internalFailure
    /// The caller was cancelled.
    case cancelled
}

extension AuthError {
    /// The stable name of the reason, for logs, metrics and the audit.
    public var reason: String {
        switch self {
        case .invalid: "invalid"
        case .invalidCredentials: "invalid_credentials"
        case .emailNotVerified: "email_not_verified"
        case .tokenMissing: "token_missing"
        case .badToken(let error): "bad_token_" + error.code
        case .tokenRevoked: "token_revoked"
        case .badRefreshToken: "bad_refresh_token"
        case .sessionNotFound: "session_not_found"
        case .sessionExpired: "session_expired"
        case .sessionEnded: "session_ended"
        case .refreshReused: "refresh_reused"
        case .userDisabled: "user_disabled"
        case .denied: "denied"
        case .scopeNotGranted: "scope_not_granted"
        case .sessionLimitReached: "session_limit_reached"
        case .passwordChangeRequired: "password_change_required"
        case .reauthenticationRequired: "reauthentication_required"
        case .reauthenticationUnavailable: "reauthentication_unavailable"
        case .passwordAlreadySet: "password_already_set"
        case .wrongCurrentPassword: "wrong_current_password"
        case .invalidOneTimeToken: "invalid_one_time_token"
        case .wrongCode: "wrong_code"
        case .mailSignInDisabled: "mail_sign_in_disabled"
        case .identifierTaken: "identifier_taken"
        case .registrationClosed: "registration_closed"
        case .userNotFound: "user_not_found"
        case .refused: "refused"
        case .roleRefused(let refusal): refusal.rawValue
        case .invitationRefused(let refusal): refusal.rawValue
        case .unknownProvider: "unknown_provider"
        case .providerFlowInvalid: "provider_flow_invalid"
        case .providerRefused(let refusal): refusal.rawValue
        case .identityNotFound: "identity_not_found"
        case .lastWayIn: "last_way_in"
        case .tooManyIdentities: "too_many_identities"
        case .tooManyKeys: "too_many_keys"
        case .mailUnavailable: "mail_unavailable"
        case .tooManyAttempts: "too_many_attempts"
        case .overloaded: "overloaded"
        case .unavailable: "unavailable"
        case .internalFailure: "internal_failure"
        case .cancelled: "cancelled"
        }
    }
}
