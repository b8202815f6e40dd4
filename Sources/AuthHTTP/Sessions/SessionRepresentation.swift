// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer

/// A session as the interface shows one, to its user and to administrators.
enum SessionRepresentation {
    static let schema = Schema.object([
        .required("id", .string(format: "uuid")),
        .required("current", .boolean("Whether it is the session of the caller's access token.")),
        .required("device", .string("The user agent that signed in.").nullable),
        .required("address", .string("The address that signed in.").nullable),
        .required("created_at", .string(format: "date-time")),
        .required("last_used_at", .string("When it was opened or last refreshed.", format: "date-time")),
        .required("expires_at", .string("When it expires at the latest.", format: "date-time")),
    ])

    static let reply = ReplyDescription.json(
        .ok, "The sessions that are alive, the one used last first", .array(of: .component("Session")))

    /// A list of sessions, in which `current` is that of the caller.
    static func bytes(_ sessions: [Session], current: SessionID) -> [UInt8] {
        var writer = JSONWriter()
        writer.array { list in
            for session in sessions {
                list.object { body in
                    body.member("id", session.id.description)
                    body.member("current", session.id == current)
                    body.member(orNull: "device", session.userAgent)
                    body.member(orNull: "address", session.source)
                    body.member("created_at", session.createdAt.rfc3339)
                    body.member("last_used_at", session.rotation.rotatedAt.rfc3339)
                    body.member("expires_at", session.notAfter.rfc3339)
                }
            }
        }
        return writer.bytes
    }
}
