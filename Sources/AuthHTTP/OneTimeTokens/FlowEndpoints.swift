// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// What the client that began a flow may ask about it.
struct FlowEndpoints: EndpointGroup {
    let reference: ServiceReference
    let flows: FlowChannel

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/flows/status", operationID: "readFlowStatus", tag: .email,
                summary: "Ask whether a mailed action has ended", access: .anyone, limit: .read,
                description: """
                    The client that began a flow learns no more: neither whether a user has the address nor who completed it.
                    With `X-Auth-Mode: cookie`, `action` names the flow whose handle is in a cookie.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("FlowQuestion"),
                    examples: [("Handle", ["handle": "afh_…"])]),
                replies: [
                    .json(
                        .ok, "Whether the flow was completed, ended or has expired", .component("FlowStatus"),
                        example: ["ended": false])
                ],
                problems: CookieSessions.problems + [.unavailable], handle: status)
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [
            ("FlowStarted", FlowChannel.startedSchema), ("FlowQuestion", Self.schema),
            ("FlowStatus", .object([.required("ended", .boolean())])),
        ]
    }

    static let schema = Schema.object([
        .optional("handle", .string("As the answer gave it that began the flow.")),
        .optional("action", .string("With cookies: which flow.", choices: MailedAction.allCases.map(\.rawValue))),
    ])

    private func status(_ call: Call) async throws(Refusal) -> Reply {
        let inCookies = try flows.browsers.isAsked(by: call)
        var fields = try call.fields([.json])
        let handle: String?
        if inCookies, !fields.has("handle") {
            if !fields.has("action") { fields.refuse("action", code: "missing", "This field is required.") }
            let action = fields.choice("action", of: MailedAction.self)
            handle = action.map { flows.cookies.handle(of: $0, in: call.request) ?? "" }
        } else {
            handle = fields.requiredText("handle")
        }
        try fields.check()
        guard let handle else { throw fields.refusal }
        let hasEnded = try await mapErrors { () throws(AuthError) in
            try await reference.service.actions.hasEnded(handle: handle)
        }
        return call.replies.json { $0.member("ended", hasEnded) }
    }
}
