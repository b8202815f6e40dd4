// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// An identity as the interface shows it to its user: never what the provider calls the user.
enum IdentityRepresentation {
    static func write(_ identity: Identity, into writer: inout JSONWriter) {
        writer.object { body in
            body.member("id", identity.id.description)
            body.member("provider", identity.provider.text)
            body.member(orNull: "email", identity.email?.original)
            body.member("email_verified", identity.emailIsVerified)
            body.member("created_at", identity.createdAt.rfc3339)
            body.member("last_used_at", identity.lastUsedAt.rfc3339)
        }
    }

    static func bytes(_ identity: Identity) -> [UInt8] {
        var writer = JSONWriter()
        write(identity, into: &writer)
        return writer.bytes
    }

    static let schema = Schema.object([
        .required("id", .string(format: "uuid")),
        .required("provider", .string("The provider's name.")),
        .required("email", .string("As the provider told it last.", format: "email").nullable),
        .required("email_verified", .boolean("Whether the provider says so.")),
        .required("created_at", .string(format: "date-time")),
        .required("last_used_at", .string("When it opened a session last.", format: "date-time")),
    ])

    static let example: JSONValue = [
        "id": "0199c3a1-7a10-7c54-9b8e-2d5f0a7b1c3d", "provider": "google", "email": "jane@example.com",
        "email_verified": true, "created_at": "2026-03-01T12:00:00.000000Z",
        "last_used_at": "2026-03-02T08:30:00.000000Z",
    ]
}
