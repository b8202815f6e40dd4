// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of passwords.
extension ProblemKind {
    static let passwords: [ProblemKind] = [
        .passwordChangeRequired, .wrongPassword,
    ]

    package static let passwordChangeRequired = ProblemKind(
        code: "password_change_required", status: .forbidden, title: "Password change required",
        detail: "The password must be changed before anything else.",
        advice: "The password was set by somebody else. `POST /auth/password/change` is open, everything else is not.")

    package static let wrongPassword = ProblemKind(
        code: "wrong_password", status: .badRequest, title: "Wrong password",
        detail: "Current password is incorrect",
        advice: "The current password is needed for this. Wrong ones count towards the limits of signing in.")
}
