// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of signing in, with tokens or with cookies.
extension ProblemKind {
    static let signIn: [ProblemKind] = [
        .invalidCredentials, .secondFactorRequired, .unsupportedGrantType, .invalidScope, .csrfRefused,
        .cookieModeUnavailable,
        .ambiguousCredentials,
    ]

    package static let invalidCredentials = ProblemKind(
        code: "invalid_credentials", status: .unauthorized, title: "Invalid credentials",
        detail: "Incorrect username or password",
        advice:
            "To prevent user enumeration, the response is the same for an unknown user, a wrong password and "
            + "a user who may not sign in.")

    package static let secondFactorRequired = ProblemKind(
        code: "second_factor_required", status: .forbidden, title: "Second factor required",
        detail: "The password is right. Signing in also needs a second factor.",
        advice:
            "No session was opened. The daemon never returns this; a service that embeds the library and checks second "
            + "factors does, and completes the sign-in on a route of its own.")

    package static let unsupportedGrantType = ProblemKind(
        code: "unsupported_grant_type", status: .badRequest, title: "Unsupported grant type",
        detail: "The grant type must be password or absent.",
        advice: "These routes are a first-party sign-in that accepts the form of RFC 6749 §4.3, not an OAuth server.")

    package static let invalidScope = ProblemKind(
        code: "invalid_scope", status: .badRequest, title: "Invalid scope",
        detail: "The scope is malformed, or the user is granted nothing of it.",
        advice:
            "Scopes are names separated by spaces; omit the field to request everything that the user is granted. A token "
            + "has the part that is granted, which `scope` in the response names. A session that is left with nothing, "
            + "because the user is granted less now, ends at its refresh.")

    package static let csrfRefused = ProblemKind(
        code: "csrf_refused", status: .forbidden, title: "Cross-site request blocked",
        detail:
            "The page belongs to another site than PUBLIC_URL, or its origin is not allowed (CSRF protection). Cookies need "
            + "the same host: localhost and 127.0.0.1 are two.",
        advice:
            "A request that cookies authorize needs an `Origin` of `PUBLIC_URL` or in `ALLOWED_ORIGINS`, and "
            + "a `Sec-Fetch-Site` other than `cross-site`, unless it is a GET. Open the page under the host of "
            + "`PUBLIC_URL`, in development `localhost`. Clients other than browsers should use access tokens.")

    package static let cookieModeUnavailable = ProblemKind(
        code: "cookie_mode_unavailable", status: .badRequest, title: "Cookie mode unavailable",
        detail: "Cookie mode needs HTTPS, or a client on the same host.",
        advice:
            "`PUBLIC_URL` begins with `http:` or is not set, and the client is on another host. Serve over "
            + "HTTPS, or omit `X-Auth-Mode`.")

    package static let ambiguousCredentials = ProblemKind(
        code: "ambiguous_credentials", status: .badRequest, title: "Ambiguous credentials",
        detail: "Send either an access token or cookies, not both.",
        advice: "The two may belong to different users. Omit the `Authorization` field or the cookies.")
}
