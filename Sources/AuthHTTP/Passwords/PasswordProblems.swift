// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of passwords.
extension ProblemKind {
    static let passwords: [ProblemKind] = [
        .passwordChangeRequired, .wrongPassword, .passwordAlreadySet,
    ]

    package static let passwordChangeRequired = ProblemKind(
        code: "password_change_required", status: .forbidden, title: "Password change required",
        detail: "You must change your password first.",
        advice:
            "An administrator chose the password. Until it is changed, the user can only change it (`POST "
            + "/auth/password/change`), read their profile and sign out.")

    package static let wrongPassword = ProblemKind(
        code: "wrong_password", status: .badRequest, title: "Wrong password",
        detail: "The current password is incorrect.",
        advice:
            "Changing the password or the email address needs the current password. Wrong ones count against the "
            + "sign-in limits.")

    package static let passwordAlreadySet = ProblemKind(
        code: "password_already_set", status: .conflict, title: "Password already set",
        detail: "You have a password already.",
        advice: "Change it with the current one (`POST /auth/password/change`), or reset it by mail.")
}
