// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Confirming, undoing and giving up a change of one's own address.
struct AddressChangeEndpoints: EndpointGroup {
    let reference: ServiceReference
    let flows: FlowChannel

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/email/change/confirm", operationID: "confirmAddressChange", tag: .email,
                summary: "Confirm a new address with the email", access: .anyone, limit: .redeem,
                description: """
                    `token` alone counts as a link that was opened on another device than the one that asked; `handle` and
                    `code`, `token` and `handle`, or an access token of a live session, as confirmed by the user. The former
                    address gets an email with which its owner can undo the change for 72 hours, and is reserved for as long.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("AddressChangeConfirmation"),
                    examples: [
                        ("Token", ["token": "aot_…"]), ("Handle and code", ["handle": "afh_…", "code": "K7QF-2MXD"]),
                    ]),
                replies: [MessageRepresentation.reply(Self.confirmed)],
                problems: CookieSessions.problems + [.badToken, .wrongCode, .invalidToken, .unavailable],
                handle: confirm),
            Endpoint(
                method: .post, path: "/auth/email/change/undo", operationID: "undoAddressChange", tag: .email,
                summary: "Undo a change of address with the email to the former address", access: .anyone,
                limit: .redeem,
                description: """
                    Needs the token of the link and the code. Restores the former address, and the password if it was replaced
                    after the change; revokes every session and voids what was mailed since the change. Changes that came later
                    are undone, too. No session is opened.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("AddressChangeUndo"),
                    examples: [("Token and code", ["token": "aot_…", "code": "K7QF-2MXD"])]),
                replies: [MessageRepresentation.reply(Self.undone)],
                problems: [.badToken, .wrongCode, .unavailable], handle: undo),
            Endpoint(
                method: .post, path: "/auth/email/change/final", operationID: "finalizeAddressChange", tag: .email,
                summary: "Make a change of my address final", access: .permission(OwnProfileEndpoints.write),
                proof: .recent,
                limit: .write,
                description: """
                    For a user who has lost the former mailbox, or never had it: the change can no longer be undone, and the
                    former address is free. Needs a recent sign-in.
                    """,
                replies: [MessageRepresentation.reply(Self.finalized)],
                problems: [.reauthenticationRequired, .unavailable], handle: finalize),
            Endpoint(
                method: .delete, path: "/auth/email/change", operationID: "cancelAddressChange", tag: .email,
                summary: "Give up a change of my address that is not confirmed",
                access: .permission(OwnProfileEndpoints.write), limit: .write,
                replies: [.json(.ok, "The user", .component("User"), example: UserRepresentation.example)],
                problems: [.unavailable], handle: cancel),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [
            ("AddressChangeConfirmation", .object(FlowChannel.proofProperties)),
            (
                "AddressChangeUndo",
                .object([
                    .required("token", .string("As the link of the mail carries it.")),
                    .required("code", .string("As the mail shows it.")),
                ])
            ),
        ]
    }

    private static let confirmed = "Email changed successfully"
    private static let undone = "Change of email undone"
    private static let finalized = "The change of email is final"

    private var service: AuthService { reference.service }

    private func confirm(_ call: Call) async throws(Refusal) -> Reply {
        let shown = try flows.presented(call, .changeAddress, completesByLink: true)
        let proof = try shown.checkedProof()
        let session = try await flows.session(of: call, inCookies: shown.inCookies, at: service)
        try await mapErrors { () throws(AuthError) in
            _ = try await service.users.confirmAddressChange(proof, session: session, from: call.context)
        }
        var reply = call.replies.message(Self.confirmed)
        flows.finish(&reply, shown)
        return reply
    }

    private func undo(_ call: Call) async throws(Refusal) -> Reply {
        var fields = try call.fields([.json])
        let token = fields.requiredText("token")
        let code = fields.requiredText("code")
        try fields.check()
        guard let token, let code else { throw fields.refusal }
        try await mapErrors { () throws(AuthError) in
            _ = try await service.users.undoAddressChange(
                ActionProof(token: token, code: code), from: call.context)
        }
        return call.replies.message(Self.undone)
    }

    private func finalize(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        try await mapErrors { () throws(AuthError) in
            _ = try await service.users.finalizeAddressChange(of: principal, from: call.context)
        }
        return call.replies.message(Self.finalized)
    }

    private func cancel(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let user = try await mapErrors { () throws(AuthError) in
            try await service.users.cancelAddressChange(of: principal, from: call.context)
        }
        return call.replies.json(UserRepresentation.bytes(user))
    }
}
