// SPDX-License-Identifier: Apache-2.0

import AuthCore
internal import AuthStore

/// An invitation as the interface shows one: never its link.
enum InvitationRepresentation {
    static func write(_ invited: InvitedUser, at now: Timestamp, into writer: inout JSONWriter) {
        let invitation = invited.invitation
        writer.object { body in
            body.member("id", invitation.id.description)
            body.member(orNull: "email", invited.user.email?.original)
            body.member("role", invitation.role.name)
            body.member("state", invitation.stateWord(at: now))
            body.member("user_id", invitation.userID.description)
            body.member(orNull: "invited_by", invitation.inviter?.description)
            body.member("created_at", invitation.createdAt.rfc3339)
            body.member("sent_at", invitation.sentAt.rfc3339)
            body.member("expires_at", invitation.expiresAt.rfc3339)
        }
    }

    static func bytes(_ invited: InvitedUser, at now: Timestamp) -> [UInt8] {
        var writer = JSONWriter()
        write(invited, at: now, into: &writer)
        return writer.bytes
    }

    static let schema = Schema.object([
        .required("id", .string(format: "uuid")),
        .required("email", .string(format: "email").nullable),
        .required("role", .string("What accepting it grants.")),
        .required("state", .string(choices: Invitation.stateWords)),
        .required("user_id", .string("Who is invited; a new address gets a user at once.", format: "uuid")),
        .required("invited_by", .string("Null for the operator.", format: "uuid").nullable),
        .required("created_at", .string(format: "date-time")),
        .required("sent_at", .string("When its newest mail was written.", format: "date-time")),
        .required("expires_at", .string(format: "date-time")),
    ])

    static let example: JSONValue = [
        "id": "0199c3a1-7a10-7c54-9b8e-2d5f0a7b1c3d", "email": "jane@example.com", "role": "user", "state": "pending",
        "user_id": "0199c3a1-6f2e-7c54-9b8e-2d5f0a7b1c3d", "invited_by": "0199c3a1-1111-7c54-9b8e-2d5f0a7b1c3d",
        "created_at": "2026-03-01T12:00:00.000000Z", "sent_at": "2026-03-01T12:00:00.000000Z",
        "expires_at": "2026-03-08T12:00:00.000000Z",
    ]
}
