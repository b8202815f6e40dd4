// SPDX-License-Identifier: Apache-2.0

/// Every failure that is answered, each with its stable code.
///
/// The raw value is the `code` on the wire; clients branch on it, so a case is never renamed.
public enum ProblemKind: String, Hashable, Sendable, CaseIterable {
    // The request as a message.
    case malformedRequest = "malformed_request"
    case malformedJSON = "malformed_json"
    case malformedForm = "malformed_form"
    case invalidQuery = "invalid_query"
    case requestTimeout = "request_timeout"
    case bodyTooLarge = "body_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case expectationFailed = "expectation_failed"
    case headersTooLarge = "headers_too_large"
    case notImplemented = "not_implemented"
    case versionNotSupported = "version_not_supported"

    // Who is asking.
    case unauthenticated = "unauthenticated"
    case invalidToken = "invalid_token"
    case invalidCredentials = "invalid_credentials"
    case invalidRefreshToken = "invalid_refresh_token"
    case refreshReused = "refresh_reused"
    case insufficientScope = "insufficient_scope"
    case passwordChangeRequired = "password_change_required"
    case emailNotVerified = "email_not_verified"
    case reauthenticationRequired = "reauthentication_required"
    case sessionLimitReached = "session_limit_reached"
    case csrfRefused = "csrf_refused"
    case cookieModeUnavailable = "cookie_mode_unavailable"
    case ambiguousCredentials = "ambiguous_credentials"
    case forbidden = "forbidden"

    // What is asked for.
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case validationFailed = "validation_failed"
    case badToken = "bad_token"
    case wrongPassword = "wrong_password"
    case usernameTaken = "username_taken"
    case emailTaken = "email_taken"
    case lastAdmin = "last_admin"
    case ownUser = "own_user"
    case unsupportedGrantType = "unsupported_grant_type"
    case invalidScope = "invalid_scope"
    case cursorExpired = "cursor_expired"

    // The state of the server.
    case rateLimited = "rate_limited"
    case overloaded = "overloaded"
    case unavailable = "unavailable"
    case shuttingDown = "shutting_down"
    case mailUnavailable = "mail_unavailable"
    case internalError = "internal_error"

    /// The status that the problem is answered with.
    public var status: Status {
        switch self {
        case .malformedRequest, .malformedJSON, .malformedForm, .invalidQuery: .badRequest
        case .badToken, .wrongPassword, .unsupportedGrantType, .invalidScope: .badRequest
        case .cookieModeUnavailable, .ambiguousCredentials: .badRequest
        case .unauthenticated, .invalidToken, .invalidCredentials, .invalidRefreshToken, .refreshReused: .unauthorized
        case .insufficientScope, .passwordChangeRequired, .emailNotVerified, .reauthenticationRequired, .forbidden:
            .forbidden
        case .sessionLimitReached, .csrfRefused: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .requestTimeout: .requestTimeout
        case .usernameTaken, .emailTaken, .lastAdmin, .ownUser: .conflict
        case .cursorExpired: .gone
        case .bodyTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .expectationFailed: .expectationFailed
        case .validationFailed: .unprocessableContent
        case .rateLimited: .tooManyRequests
        case .headersTooLarge: .headerFieldsTooLarge
        case .internalError: .internalServerError
        case .notImplemented: .notImplemented
        case .overloaded, .unavailable, .shuttingDown, .mailUnavailable: .serviceUnavailable
        case .versionNotSupported: .versionNotSupported
        }
    }

    /// The last part of the problem's `type`.
    public var slug: String {
        String(rawValue.map { $0 == "_" ? "-" : $0 })
    }

    /// The problem of a transport failure.
    init(_ failure: TransportFailure) {
        switch failure {
        case .malformed: self = .malformedRequest
        case .headTooLarge: self = .headersTooLarge
        case .bodyTooLarge: self = .bodyTooLarge
        case .timeout: self = .requestTimeout
        case .unsupportedExpectation: self = .expectationFailed
        case .unsupportedCoding: self = .notImplemented
        case .unsupportedVersion: self = .versionNotSupported
        case .tooManyConnections: self = .overloaded
        }
    }
}
