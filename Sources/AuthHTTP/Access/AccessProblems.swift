// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of access tokens and of what they allow.
extension ProblemKind {
    static let access: [ProblemKind] = [
        .unauthenticated, .invalidToken, .insufficientScope,
    ]

    package static let unauthenticated = ProblemKind(
        code: "unauthenticated", status: .unauthorized, title: "Not authenticated",
        detail: "This route needs an access token.",
        advice:
            "Send `Authorization: Bearer` with an access token. `/auth/changes` takes a secret of the setting "
            + "`CHANGE_FEED_SECRETS` in its place.")

    package static let invalidToken = ProblemKind(
        code: "invalid_token", status: .unauthorized, title: "Invalid access token",
        detail: "The access token is invalid, or its session has ended.",
        advice:
            "The access token is malformed, forged, expired or of another kind, or its session has ended. "
            + "Refresh it once; if that fails, sign in again.")

    package static let insufficientScope = ProblemKind(
        code: "insufficient_scope", status: .forbidden, title: "Insufficient scope",
        detail: "The access token's scope does not include the required permission.",
        advice: "`WWW-Authenticate` names the missing scope. Use a token that has it.")
}
