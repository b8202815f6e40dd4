// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// The change feed, for services that verify access tokens without asking the daemon.
struct ChangeEndpoints: EndpointGroup {
    let reference: ServiceReference

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/auth/changes", operationID: "followChanges", tag: .operations,
                summary: "Follow revocations", access: .service, limit: .none,
                description: """
                    For services that verify access tokens themselves; authenticated by one of `CHANGE_FEED_SECRETS`. Without
                    `after`, all revocations that may concern an unexpired token are returned at once. With `after`, the
                    changes after that cursor are returned in commit order as soon as there are any, or an empty page after
                    `wait` seconds. Do not skip an entry whose `type` is unknown: it may be a revocation.
                    """,
                query: Self.parameters,
                replies: [.json(.ok, "Changes, and the cursor after them", .component("ChangePage"))],
                problems: [.cursorExpired, .overloaded, .unavailable], cancelsOnDisconnect: true, handle: follow)
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("ChangePage", Self.pageSchema)]
    }

    var problems: [ProblemKind] { ProblemKind.changeFeed }

    private var service: AuthService { reference.service }

    static let pageSchema = Schema.object([
        .required("cursor", .string("The next `after`; opaque. Valid for the lifetime of an access token.")),
        .required("changes", .array(of: entrySchema)),
        .required("has_more", .boolean("There are more entries: repeat the request with `wait=0`.")),
        .required("retention_seconds", .integer("How long a follower must keep an entry after receiving it.")),
    ])

    private static let entrySchema = Schema.object([
        .required("type", .string(choices: StoreChange.Kind.Word.allCases.map(\.rawValue))),
        .required("at", .string(format: "date-time")),
        .optional("user_id", .string("Of all types but `keys_changed`.", format: "uuid")),
        .optional("session_id", .string("Of `session_ended`: tokens with this `sid` are revoked.", format: "uuid")),
        .optional("epoch", .integer("Of `epoch_raised`: tokens of the user with a lower `ver` are revoked.")),
    ])

    private static let parameters: [QueryParameter] = [
        QueryParameter(
            name: "after",
            schema: .string("The `cursor` of the previous response; without it, all current revocations.")),
        QueryParameter(name: "wait", schema: .integer("Seconds to wait for an entry, 0 to 30; 25 if absent.")),
        QueryParameter(name: "limit", schema: .integer("At most this many; more than 1000 counts as 1000.")),
    ]

    private func follow(_ call: Call) async throws(Refusal) -> Reply {
        var query = try call.queryFields(Self.parameters.map(\.name))
        let limit = Int(min(query.integer("limit", in: 1...1_000_000) ?? 500, 1_000))
        let wait = query.integer("wait", in: 0...30) ?? 25
        var cursor: ChangeFeedCursor?
        if let text = query.text("after") {
            cursor = ChangeFeedCursor(parsing: text)
            if cursor == nil { query.refuse("after", code: "malformed", "This is not a cursor of a response.") }
        }
        try query.check()
        let asked = cursor
        let following = try await mapErrors { () throws(AuthError) in
            try await service.changeFeed.changes(
                after: asked, limit: limit, waitingUpTo: .seconds(wait), from: call.context)
        }
        switch following {
        case .page(let page): return call.replies.json(page.serialized())
        case .gone: throw Refusal(.cursorExpired)
        }
    }
}
