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
        advice: "The refresh token is malformed, expired or used up, or its session has ended. Sign in again.")

    package static let refreshReused = ProblemKind(
        code: "refresh_reused", status: .unauthorized, title: "Refresh token reused",
        detail: "The refresh token was used before, so its session has been ended.",
        advice: "Somebody else may hold a copy of the token. Sign in again; if it was not you, change the password.")

    package static let sessionLimitReached = ProblemKind(
        code: "session_limit_reached", status: .forbidden, title: "Session limit reached",
        detail: "The user is signed in on as many devices as allowed.",
        advice:
            "Only told to who knows the password. Sign out elsewhere, or let an administrator end a session "
            + "(`SESSION_LIMIT_PER_USER`).")

    package static let reauthenticationRequired = ProblemKind(
        code: "reauthentication_required", status: .forbidden, title: "Reauthentication required",
        detail: "The current password, or a recent sign-in, is needed for this.",
        advice:
            "To move an address, send the same request to `/users/me` with `current_password`. To end other "
            + "sessions, sign in again and use the new token: a session may do it only for a while after its sign-in "
            + "(`RECENT_SIGN_IN_MINUTES`).")
}
