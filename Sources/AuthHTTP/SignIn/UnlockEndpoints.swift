// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Making a device known by mail, so that it may sign in while sign-ins of its user from new devices are slowed down.
struct UnlockEndpoints: EndpointGroup {
    let reference: ServiceReference
    let devices: KnownDevice
    let flows: FlowChannel

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/unlock/request", operationID: "requestUnlock", tag: .authentication,
                summary: "Request an email that makes this device known", access: .anyone, limit: .mail,
                description: """
                    For a user whom a brute-force attack keeps from signing in on a new device. To prevent user enumeration,
                    the response is the same for known and unknown addresses.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("MailRequest"),
                    examples: [("Address", ["email": "user@example.com"])]),
                replies: [FlowChannel.reply(Self.requested)],
                problems: CookieSessions.problems + [.mailUnavailable, .overloaded, .unavailable], handle: request),
            Endpoint(
                method: .post, path: "/auth/unlock/confirm", operationID: "confirmUnlock", tag: .authentication,
                summary: "Make this device known with the email", access: .anyone, limit: .redeem,
                description: """
                    Opens no session: the user signs in as usual, with the device token, which has attempts of its own. Needs
                    `handle` and `code`, `token` and `handle` of the same flow, or `token` and `code`. With
                    `X-Auth-Mode: cookie` the device token is set as a cookie.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("Unlock"),
                    examples: [("Handle and code", ["handle": "afh_…", "code": "K7QF-2MXD"])]),
                replies: [
                    .json(
                        .ok, Self.done, .component("Unlocked"),
                        example: ["message": .string(Self.done), "success": true, "device_token": "adt_…"])
                ],
                problems: CookieSessions.problems + [.badToken, .wrongCode, .overloaded, .unavailable], handle: confirm),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("Unlock", .object(FlowChannel.proofProperties)), ("Unlocked", Self.unlockedSchema)]
    }

    static let unlockedSchema = Schema.object([
        .required("message", .string("A sentence for users.")), .required("success", .boolean()),
        .optional(
            "device_token", .string("To be presented at the next sign-in; with `X-Auth-Mode: cookie` in a cookie.")),
    ])

    private static let requested = "If the email exists, a link that makes this device known has been sent"

    private static let done = "This device is known now"

    private var service: AuthService { reference.service }

    private func request(_ call: Call) async throws(Refusal) -> Reply {
        let asked = try flows.asked(call)
        let handle = try await mapErrors { () throws(AuthError) in
            try await service.signIn.requestUnlock(of: asked.email, from: call.context)
        }
        return flows.started(handle, of: .unlock, Self.requested, inCookies: asked.inCookies, by: call)
    }

    private func confirm(_ call: Call) async throws(Refusal) -> Reply {
        let shown = try flows.presented(call, .unlock, completesByLink: false)
        let proof = try shown.checkedProof()
        let token = try await mapErrors { () throws(AuthError) in
            try await service.signIn.unlock(proof, from: call.context)
        }
        let cookie = shown.inCookies ? devices.field(for: token, call) : nil
        var reply = call.replies.json { body in
            body.member("message", Self.done)
            body.member("success", true)
            if cookie == nil { body.member("device_token", token.revealed) }
        }
        if let cookie { reply.fields.append(cookie) }
        flows.finish(&reply, shown)
        return reply
    }
}
