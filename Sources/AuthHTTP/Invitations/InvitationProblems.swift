// SPDX-License-Identifier: Apache-2.0

import AuthCore
internal import AuthHTTPServer

/// Problems of invitations.
extension ProblemKind {
    static let invitations: [ProblemKind] = [
        .alreadyInvited, .alreadyGranted, .invitationOver, .invitedUserDisabled, .roleTooHigh,
    ]

    package static let alreadyInvited = ProblemKind(
        code: "already_invited", status: .conflict, title: "Already invited",
        detail: "An invitation of this address is open.",
        advice:
            "Send it again with `POST /auth/invitations/{id}/resend`, or revoke it first; `GET /auth/invitations` lists it."
    )

    package static let alreadyGranted = ProblemKind(
        code: "already_granted", status: .conflict, title: "Nothing to grant",
        detail: "A user has this address and is granted all that the role would grant.",
        advice: "Change the role with `PUT /users/{id}/role`, if it should be another one.")

    package static let invitationOver = ProblemKind(
        code: "invitation_over", status: .conflict, title: "Invitation over",
        detail: "The invitation was accepted or revoked.",
        advice: "Invite the address again.")

    package static let invitedUserDisabled = ProblemKind(
        code: "invited_user_disabled", status: .conflict, title: "Disabled user invited",
        detail: "A user who is disabled has this address.",
        advice: "Enable the user first, with `PATCH /users/{id}`.")

    package static let roleTooHigh = ProblemKind(
        code: "role_too_high", status: .forbidden, title: "Role beyond your own",
        detail: "The role grants what you are not granted.",
        advice: "Invite to a role of which you have each permission, also by the token that you use.")

    /// The problem of an invitation that is not made, sent or revoked.
    init(_ refusal: InvitationRefusal) {
        switch refusal {
        case .notFound: self = .notFound
        case .over: self = .invitationOver
        case .alreadyInvited: self = .alreadyInvited
        case .alreadyGranted: self = .alreadyGranted
        case .userDisabled: self = .invitedUserDisabled
        case .roleTooHigh: self = .roleTooHigh
        }
    }
}
