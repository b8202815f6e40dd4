// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of users and their identifiers.
extension ProblemKind {
    static let users: [ProblemKind] = [
        .emailNotVerified, .registrationClosed, .usernameTaken, .emailTaken, .lastAdmin, .ownUser,
    ]

    package static let emailNotVerified = ProblemKind(
        code: "email_not_verified", status: .forbidden, title: "Email not verified",
        detail: "The email address must be verified first.",
        advice:
            "With `REQUIRE_VERIFIED_EMAIL`: at a sign-in with a correct password, and, after an "
            + "administrator has changed the address, until the user has verified the new one. Without it: from routes that "
            + "demand a verified address, as `/auth/verify?verified=true` does for a proxy.")

    package static let registrationClosed = ProblemKind(
        code: "registration_closed", status: .forbidden, title: "Registration closed",
        detail: "This service does not accept registrations.",
        advice:
            "`REGISTRATION` is `closed` or `invitation`: an administrator creates or invites users, who accept by the link of the "
            + "mail.")

    package static let usernameTaken = ProblemKind(
        code: "username_taken", status: .conflict, title: "Username taken",
        detail: "A user with this username already exists.",
        advice:
            "Usernames are compared case-insensitively. The username of a deleted user cannot be registered for the time of "
            + "`IDENTIFIER_REUSE_DAYS`.")

    package static let emailTaken = ProblemKind(
        code: "email_taken", status: .conflict, title: "Email taken",
        detail: "A user with this email address already exists.",
        advice:
            "Addresses are compared case-insensitively. An address that a user has changed for another one stays theirs for 72 "
            + "hours. With `REGISTRATION_PRIVACY`, only administrators receive this.")

    package static let lastAdmin = ProblemKind(
        code: "last_admin", status: .conflict, title: "Removal of the last administrator",
        detail: "The last active administrator cannot be removed, demoted or deactivated.",
        advice: "Promote another user first.")

    package static let ownUser = ProblemKind(
        code: "own_user", status: .conflict, title: "Action on your own user",
        detail: "Administrators cannot remove their own role, or disable or delete themselves.",
        advice: "Ask another administrator.")
}
