// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of sessions and their refresh tokens.
extension ProblemKind {
    static let sessions: [ProblemKind] = [
        .invalidRefreshToken, .refreshReused, .sessionLimitReached,
    ]

    package static let invalidRefreshToken = ProblemKind(
        code: "invalid_refresh_token", status: .unauthorized, title: "Invalid refresh token",
        detail: "Invalid refresh token",
        advice: "The refresh token is malformed, expired or superseded, or its session was revoked. Sign in again.")

    package static let refreshReused = ProblemKind(
        code: "refresh_reused", status: .unauthorized, title: "Refresh token reused",
        detail: "The refresh token was already used, so its session was revoked.",
        advice: "The token may have been stolen. Sign in again; if this was not you, change your password.")

    package static let sessionLimitReached = ProblemKind(
        code: "session_limit_reached", status: .forbidden, title: "Session limit reached",
        detail: "The user is signed in on as many devices as allowed.",
        advice:
            "Only returned after a correct password. Sign out on another device, or ask an administrator to "
            + "revoke a session (`SESSION_LIMIT_PER_USER`).")
}
