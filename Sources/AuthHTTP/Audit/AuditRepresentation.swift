// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// An audit event as the interface shows one.
enum AuditRepresentation {
    static func write(_ stored: StoredAuditEvent, into writer: inout JSONWriter) {
        let event = stored.event
        writer.object { body in
            body.member("id", stored.cursor)
            body.member(orNull: "sequence", stored.seal?.link.sequence)
            body.member("at", event.at.rfc3339)
            body.member("action", event.action.rawValue)
            body.member("outcome", event.refusal == nil ? "done" : "refused")
            body.member(orNull: "reason", event.refusal)
            body.member(orNull: "actor", event.actor?.description)
            body.member(orNull: "target", event.target?.description)
            body.member(orNull: "session_id", event.sessionID?.description)
            body.member(orNull: "source", event.source)
            body.member(orNull: "user_agent", event.userAgent)
            body.member(orNull: "request_id", event.requestID)
            body.member("count", event.count)
        }
    }

    static let schema = Schema.object([
        .required("id", .integer("The event's place in the log.")),
        .required("sequence", .integer("The event's number in the chain; null until it is sealed.").nullable),
        .required("at", .string(format: "date-time")),
        .required("action", .string(choices: AuditAction.allCases.map(\.rawValue))),
        .required("outcome", .string(choices: AuditOutcome.allCases.map(\.rawValue))),
        .required("reason", .string("Why it was rejected.").nullable),
        .required("actor", .string("The user who caused it.", format: "uuid").nullable),
        .required("target", .string("The user whom it concerns.", format: "uuid").nullable),
        .required("session_id", .string(format: "uuid").nullable),
        .required(
            "source",
            .string(
                "The client's address, or the network (such as `2001:db8:1::/48`) whose rejections were counted together."
            )
            .nullable),
        .required("user_agent", .string().nullable),
        .required("request_id", .string().nullable),
        .required(
            "count",
            .integer(
                "How many equal rejections of one minute the event stands for; time, user agent and request are the first's."
            )),
    ])
}

/// The outcome of an audit event, in the words of the interface.
enum AuditOutcome: String, CaseIterable {
    case done
    case refused
}
