// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of the tokens that mails carry.
extension ProblemKind {
    static let oneTimeTokens: [ProblemKind] = [
        .badToken
    ]

    package static let badToken = ProblemKind(
        code: "bad_token", status: .badRequest, title: "Invalid or expired one-time token",
        detail: "The one-time token from the mail is invalid or has expired.",
        advice:
            "The token from the mail was already used, was replaced by a newer one or has expired. Request "
            + "a new one. `POST /auth/setup` returns this, too, as soon as there is an administrator.")
}
