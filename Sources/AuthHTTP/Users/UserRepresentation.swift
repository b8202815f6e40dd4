// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// A user as the interface shows one.
enum UserRepresentation {
    /// Writes a user; with the handle of the flow that a registration or a change of address has begun.
    static func write(_ user: User, handle: String? = nil, into writer: inout JSONWriter) {
        writer.object { body in
            body.member("id", user.id.description)
            body.member(orNull: "username", user.username?.original)
            body.member(orNull: "email", user.email?.original)
            body.member(orNull: "new_email", user.newEmail?.original)
            body.member(orNull: "full_name", user.fullName?.text)
            body.member(orNull: "locale", user.locale?.text)
            body.member("role", user.role.name)
            body.member("permissions", user.permissions.permissions.map(\.name))
            body.member("is_active", user.isActive)
            body.member("is_verified", user.isVerified)
            body.member("created_at", user.createdAt.rfc3339)
            body.member("updated_at", user.updatedAt.rfc3339)
            body.member(orNull: "last_login", user.lastLoginAt?.rfc3339)
            body.metadata("user_metadata", user.userMetadata)
            body.metadata("app_metadata", user.appMetadata)
            body.member(ifPresent: "handle", handle)
        }
    }

    static func bytes(_ user: User) -> [UInt8] {
        bytes(user, handle: nil)
    }

    /// The answer to a registration, with the handle of the flow that it has begun.
    static func bytes(_ user: User, handle: String?) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512)
        write(user, handle: handle, into: &writer)
        return writer.bytes
    }

    static let schema = Schema.object(properties)

    /// The answer to a registration, and to a change that asks for another address.
    static let registeredSchema = Schema.object(properties + [FlowChannel.handleProperty])

    private static let properties: [Schema.Property] = [
        .required("id", .string("Opaque and never given to another user.", format: "uuid")),
        .required("username", .string().nullable),
        .required("email", .string(format: "email").nullable),
        .required("new_email", .string("The address to be confirmed.", format: "email").nullable),
        .required("full_name", .string().nullable),
        .required("locale", .string("The language of mails, as BCP 47 names it.").nullable),
        .required("role", .string()),
        .required("permissions", .array(of: .string()).described("What the user may do beside the role.")),
        .required("is_active", .boolean()),
        .required("is_verified", .boolean("Whether the email address is verified.")),
        .required("created_at", .string(format: "date-time")),
        .required("updated_at", .string(format: "date-time")),
        .required("last_login", .string(format: "date-time").nullable),
        .required("user_metadata", Schema.anyObject.described("What the user keeps; it grants nothing.")),
        .required("app_metadata", Schema.anyObject.described("What administrators keep about the user.")),
    ]

    static let example: JSONValue = [
        "id": "0199c3a1-6f2e-7c54-9b8e-2d5f0a7b1c3d", "username": "john_doe", "email": "user@example.com",
        "new_email": nil, "full_name": "John Doe", "locale": "en", "role": "user", "permissions": [], "is_active": true,
        "is_verified": false,
        "created_at": "2026-03-01T12:00:00.000000Z", "updated_at": "2026-03-01T12:00:00.000000Z", "last_login": nil,
        "user_metadata": ["theme": "dark"], "app_metadata": [:],
    ]
}

extension JSONWriter {
    /// Writes a name and metadata as stored; an empty object for a text that another program has made unreadable.
    fileprivate mutating func metadata(_ name: String, _ text: String) {
        self.name(name)
        if text.hasSameOctets(as: "{}") {
            unchecked("{}".utf8)
        } else {
            object(JSONObject(metadata: text))
        }
    }
}
