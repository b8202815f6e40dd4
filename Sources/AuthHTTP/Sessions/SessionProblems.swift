// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of sessions and their refresh tokens.
extension ProblemKind {
    static let sessions: [ProblemKind] = [
        .invalidRefreshToken, .refreshReused, .sessionLimitReached, .reauthenticationRequired,
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

    package static let reauthenticationRequired = ProblemKind(
        code: "reauthentication_required", status: .forbidden, title: "Reauthentication required",
        detail: "Enter your current password, or sign in again, and then retry.",
        advice:
            "To change the address, send the same request to `/users/me` with `current_password`. To revoke "
            + "other sessions, sign in again and use the new token: a session may do that only for a limited "
            + "time after its sign-in (`RECENT_SIGN_IN_MINUTES`).")
}
