// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of signing in, with tokens or with cookies.
extension ProblemKind {
    static let signIn: [ProblemKind] = [
        .invalidCredentials, .unsupportedGrantType, .invalidScope, .csrfRefused, .cookieModeUnavailable,
        .ambiguousCredentials,
    ]

    package static let invalidCredentials = ProblemKind(
        code: "invalid_credentials", status: .unauthorized, title: "Invalid credentials",
        detail: "Incorrect username or password",
        advice: "The same answer for an unknown user, a wrong password and a user who may not sign in.")

    package static let unsupportedGrantType = ProblemKind(
        code: "unsupported_grant_type", status: .badRequest, title: "Unsupported grant type",
        detail: "The grant type must be password or absent.",
        advice: "These routes are a first-party sign-in that accepts the form of RFC 6749 §4.3, not an OAuth server.")

    package static let invalidScope = ProblemKind(
        code: "invalid_scope", status: .badRequest, title: "Invalid scope",
        detail: "The scope is malformed or wider than allowed.",
        advice: "Scopes are names separated by spaces; leave the field out to get all that the role grants.")

    package static let csrfRefused = ProblemKind(
        code: "csrf_refused", status: .forbidden, title: "Foreign page refused",
        detail: "The browser did not say that the request comes from a page that is allowed to send it.",
        advice:
            "Whatever cookies authorize needs an `Origin` of `PUBLIC_URL` or in `ALLOWED_ORIGINS`, and a "
            + "`Sec-Fetch-Site` that is not `cross-site`, unless it is a GET. Other clients than browsers should use "
            + "access tokens.")

    package static let cookieModeUnavailable = ProblemKind(
        code: "cookie_mode_unavailable", status: .badRequest, title: "Cookies not offered",
        detail: "Cookies are only offered over HTTPS, or on the same machine.",
        advice:
            "`PUBLIC_URL` begins with `http:` or is not set, and the client is on another machine. Serve over "
            + "HTTPS, or leave `X-Auth-Mode` out.")

    package static let ambiguousCredentials = ProblemKind(
        code: "ambiguous_credentials", status: .badRequest, title: "Ambiguous credentials",
        detail: "Send either an access token or cookies, not both.",
        advice: "Nobody can say which of the two users is meant. Drop the `Authorization` field or the cookies.")
}
