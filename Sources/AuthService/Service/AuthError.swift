// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Why a use case did not come about: a closed list, which only an adapter translates into what the public may know.
///
/// - Warning: The cases tell an embedder the truth. An adapter that passes `.userDisabled` or `.sessionEnded` on to a
///   stranger tells them about the user.
public enum AuthError: Error, Hashable, Sendable {
    /// What was given breaks rules; every violation is listed.
    case invalid([FieldViolation])
    /// Sign-in is refused; unknown, wrong, disabled and locked are one case on purpose.
    case invalidCredentials
    /// The password is right, but the address must be proven first.
    case emailNotVerified
    /// No token was presented where one is needed.
    case tokenMissing
    /// The access token is not good.
    case badToken(TokenError)
    /// The access token is authentic, but its session is over or its user's epoch has passed.
    case tokenRevoked
    /// The text is no refresh token that this service made.
    case badRefreshToken
    /// The refresh token's session does not exist.
    case sessionNotFound
    /// The session is past one of its limits.
    case sessionExpired
    /// The session was ended before.
    case sessionEnded(SessionEnd)
    /// The refresh token had been spent; its session ended by this.
    case refreshReused
    /// The user may not hold a session.
    case userDisabled
    /// The caller may not do this.
    case denied(AccessDenial)
    /// The credentials are right, but the user has as many sessions as they may.
    case sessionLimitReached
    /// The user must set a password of their own before anything else.
    case passwordChangeRequired
    /// What was asked for needs the current password besides the token.
    case reauthenticationRequired
    /// The current password, asked for again, was wrong.
    case wrongCurrentPassword
    /// The one-time token is unknown, spent, expired or meant for something else.
    case invalidOneTimeToken
    /// Another user holds the identifier of this kind.
    case identifierTaken(IdentifierKind)
    /// There is no such user, or none that the caller may know of.
    case userNotFound
    /// A rule about administrators stands against the act.
    case refused(AdministrativeRefusal)
    /// Mail is needed for this and no way to send it is configured.
    case mailUnavailable
    /// The user has tried this too often; worth trying again after this time.
    case tooManyAttempts(retryAfter: Duration)
    /// Too much is being asked for at once; worth trying again after this time.
    case overloaded(retryAfter: Duration)
    /// The store cannot be reached, or the change feed has been silent for too long.
    case unavailable
    /// Something is wrong in this process or its data; the log has the diagnostic.
    case internalFailure
    /// The caller gave up waiting.
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
        case .sessionLimitReached: "session_limit_reached"
        case .passwordChangeRequired: "password_change_required"
        case .reauthenticationRequired: "reauthentication_required"
        case .wrongCurrentPassword: "wrong_current_password"
        case .invalidOneTimeToken: "invalid_one_time_token"
        case .identifierTaken: "identifier_taken"
        case .userNotFound: "user_not_found"
        case .refused: "refused"
        case .mailUnavailable: "mail_unavailable"
        case .tooManyAttempts: "too_many_attempts"
        case .overloaded: "overloaded"
        case .unavailable: "unavailable"
        case .internalFailure: "internal_failure"
        case .cancelled: "cancelled"
        }
    }
}
