// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService
internal import AuthStore

/// Reading the audit log.
struct AuditEndpoints: EndpointGroup {
    let reference: ServiceReference

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/audit", operationID: "listAuditEvents", tag: .audit,
                summary: "Read the audit log", access: .permission("audit:read"), limit: .read,
                description: """
                    Newest events first. An event must match every filter. `reason` is the true reason of a rejection, whatever
                    the client was told. Repeated rejections of the same kind within a minute are one event with a `count`.
                    """,
                query: Self.parameters,
                replies: [.json(.ok, "A page of events", .component("AuditPage"))], handle: list)
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("AuditEvent", AuditRepresentation.schema), ("AuditPage", Self.pageSchema)]
    }

    private var service: AuthService { reference.service }

    static let pageSchema = Schema.object([
        .required("items", .array(of: .component("AuditEvent"))),
        .required("limit", .integer()),
        .required("next_cursor", .string("Null on the last page.").nullable),
    ])

    private static let parameters: [QueryParameter] = [
        QueryParameter(name: "limit", schema: .integer("At most this many; more than 100 counts as 100.")),
        QueryParameter(name: "cursor", schema: .string("The `next_cursor` of the previous page.")),
        QueryParameter(
            name: "action",
            schema: .string("Only events with this action.", choices: AuditAction.allCases.map(\.rawValue))),
        QueryParameter(
            name: "outcome",
            schema: .string(
                "Only completed actions, or only rejections.", choices: AuditOutcome.allCases.map(\.rawValue))),
        QueryParameter(name: "actor", schema: .string("Only events that this user caused.", format: "uuid")),
        QueryParameter(name: "target", schema: .string("Only events that concern this user.", format: "uuid")),
        QueryParameter(name: "from", schema: .string("Only events at this time or later.", format: "date-time")),
        QueryParameter(name: "to", schema: .string("Only events before this time.", format: "date-time")),
    ]

    private func list(_ call: Call) async throws(Refusal) -> Reply {
        var fields = try call.queryFields(Self.parameters.map(\.name))
        let limit = Int(min(fields.integer("limit", in: 1...1_000_000) ?? 20, 100))
        var query = AuditQuery(
            action: fields.choice("action", of: AuditAction.self), actor: fields.userID("actor"),
            target: fields.userID("target"),
            wasDone: fields.choice("outcome", of: AuditOutcome.self).map { $0 == .done },
            from: fields.time("from"), until: fields.time("to"),
            before: fields.integer("cursor", in: 1...999_999_999_999_999_999), limit: limit)
        try fields.check()
        // One more than asked for, to know whether there is a next page.
        query.limit = limit + 1
        let asked = query
        let found = try await mapErrors { () throws(AuthError) in try await service.audit.events(matching: asked) }
        let page = found.prefix(limit)
        let next = found.count > limit ? page.last.map { String($0.cursor) } : nil
        return call.replies.json { body in
            body.member(
                "items",
                array: { list in
                    for stored in page { AuditRepresentation.write(stored, into: &list) }
                })
            body.member("limit", Int64(limit))
            body.member(orNull: "next_cursor", next)
        }
    }
}

extension FieldReader {
    fileprivate mutating func userID(_ name: String) -> UserID? {
        guard let text = text(name) else { return nil }
        guard let id = UserID(parsing: text) else {
            refuse(name, code: "malformed", "This is not a user's id.")
            return nil
        }
        return id
    }

    fileprivate mutating func time(_ name: String) -> Timestamp? {
        guard let text = text(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            refuse(name, code: "malformed", "This is not a time such as 2026-03-01T12:00:00Z.")
            return nil
        }
        return time
    }
}
