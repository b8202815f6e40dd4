// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of the tokens that mails carry.
extension ProblemKind {
    static let oneTimeTokens: [ProblemKind] = [
        .badToken
    ]

    package static let badToken = ProblemKind(
        code: "bad_token", status: .badRequest, title: "Invalid or expired token",
        detail: "Invalid or expired token",
        advice:
            "The token from the email was already used, was replaced by a newer one or has expired. Request "
            + "a new one.")
}
