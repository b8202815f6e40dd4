// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of users and their identifiers.
extension ProblemKind {
    static let users: [ProblemKind] = [
        .emailNotVerified, .usernameTaken, .emailTaken, .lastAdmin, .ownUser,
    ]

    package static let emailNotVerified = ProblemKind(
        code: "email_not_verified", status: .forbidden, title: "Email not verified",
        detail: "The email address must be verified first.",
        advice:
            "Only where `REQUIRE_VERIFIED_EMAIL` is set: at sign-in, and only if the password is right; and for a "
            + "user whose address an administrator has changed, until the new one is proven.")

    package static let usernameTaken = ProblemKind(
        code: "username_taken", status: .conflict, title: "Username taken",
        detail: "A user with this username already exists.",
        advice: "Names are compared without regard to case.")

    package static let emailTaken = ProblemKind(
        code: "email_taken", status: .conflict, title: "Email taken",
        detail: "A user with this email address already exists.",
        advice:
            "Addresses are compared without regard to case. With `REGISTRATION_PRIVACY` neither registering nor "
            + "changing the own address answers it.")

    package static let lastAdmin = ProblemKind(
        code: "last_admin", status: .conflict, title: "Last administrator",
        detail: "The last active administrator cannot be removed, demoted or deactivated.",
        advice: "Make somebody else an administrator first.")

    package static let ownUser = ProblemKind(
        code: "own_user", status: .conflict, title: "Own user",
        detail: "Administrators cannot do this to themselves.",
        advice: "Another administrator can do it.")
}
