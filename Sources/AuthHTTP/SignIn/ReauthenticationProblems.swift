// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of proving again, in a live session, who the user is.
extension ProblemKind {
    static let reauthentication: [ProblemKind] = [
        .reauthenticationRequired, .reauthenticationUnavailable, .noReauthenticationMethod,
    ]

    package static let reauthenticationRequired = ProblemKind(
        code: "reauthentication_required", status: .forbidden, title: "Reauthentication required",
        detail: "Confirm who you are, and then retry.",
        advice:
            "To change the address, send the same request to `/users/me` with `current_password`. For everything else, and for "
            + "a user without a password, send a proof to `POST /auth/reauthenticate` and use the new token. A "
            + "proof, or a sign-in, counts for a limited time (`RECENT_SIGN_IN_MINUTES`); refreshing does not renew it."
    )

    package static let reauthenticationUnavailable = ProblemKind(
        code: "reauthentication_unavailable", status: .forbidden, title: "Reauthentication method unavailable",
        detail: "You cannot confirm in this way who you are.",
        advice: "`POST /auth/reauthenticate/options` lists the methods that the user has.")

    package static let noReauthenticationMethod = ProblemKind(
        code: "no_reauthentication_method", status: .forbidden, title: "No reauthentication method",
        detail: "You have neither a password nor a verified address to which we could send a code.",
        advice:
            "Actions that need a recent proof stay closed to this user once the sign-in is no longer recent. Verify the "
            + "address, or ask an administrator; codes can be mailed only where mail is configured.")
}
