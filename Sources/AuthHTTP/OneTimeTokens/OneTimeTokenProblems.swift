// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of the tokens and codes that mails carry.
extension ProblemKind {
    static let oneTimeTokens: [ProblemKind] = [
        .badToken, .wrongCode,
    ]

    package static let badToken = ProblemKind(
        code: "bad_token", status: .badRequest, title: "Invalid or expired one-time token",
        detail: "The one-time token from the mail is invalid or has expired.",
        advice:
            "The token from the mail was already used, was replaced by a newer one or has expired. Request "
            + "a new one. `POST /auth/setup` returns this, too, as soon as there is an administrator.")

    package static let wrongCode = ProblemKind(
        code: "wrong_code", status: .badRequest, title: "Wrong code",
        detail: "The code from the mail is wrong, too old, or no longer works.",
        advice:
            "`tries_left` says how many more wrong codes the mail allows. After the fifth its code no longer works, and its "
            + "link still does. Codes are valid for ten minutes and belong to the handle that the answer gave out which began "
            + "the flow; the answer is the same where no mail was sent.")
}
