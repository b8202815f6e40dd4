// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Verifying an email address.
struct EmailVerificationEndpoints: EndpointGroup {
    let reference: ServiceReference
    let devices: KnownDevice
    let flows: FlowChannel
    /// Which callers at this machine are told the tokens that are mailed; `nil` for none, as in production.
    let localPages: CSRFPolicy?

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/email/verification/request", operationID: "requestEmailVerification",
                tag: .email, summary: "Request a verification email for my address", access: .authenticated,
                limit: .mail,
                replies: [FlowChannel.reply("Verification email sent")],
                problems: [.validationFailed, .mailUnavailable, .overloaded, .cookieModeUnavailable],
                openWhilePending: [.emailVerification], handle: request),
            Endpoint(
                method: .post, path: "/auth/email/verification/resend", operationID: "resendEmailVerification",
                tag: .email, summary: "Request a verification email before signing in", access: .anyone,
                limit: .mail,
                description: "To prevent user enumeration, the response is the same for known and unknown addresses.",
                body: RequestBody(
                    formats: [.json], schema: .component("MailRequest"),
                    examples: [("Address", ["email": "user@example.com"])]),
                replies: [FlowChannel.reply(Self.resent)],
                problems: CookieSessions.problems + [.mailUnavailable, .overloaded, .unavailable], handle: resend),
            Endpoint(
                method: .post, path: "/auth/email/verification/confirm", operationID: "confirmEmailVerification",
                tag: .email, summary: "Verify an address with the email", access: .anyone, limit: .redeem,
                description: """
                    `token` alone counts as a link that was opened on another device than the one that asked; `handle` and
                    `code`, or `token` and `handle`, as completed on the one that asked. `credentials` says what became of the
                    password: `bound` to the address, `kept` as it was, or `voided`, because it may be a stranger's: then it is
                    removed, and every session is revoked. The `password`, or an access token of a live session, binds it in
                    any case.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("EmailVerificationConfirmation"),
                    examples: [
                        ("Token", ["token": "aot_…"]), ("Handle and code", ["handle": "afh_…", "code": "K7QF-2MXD"]),
                    ]),
                replies: [
                    .json(
                        .ok, Self.verified, .component("EmailVerified"),
                        example: ["message": .string(Self.verified), "success": true, "credentials": "bound"])
                ],
                problems: CookieSessions.problems + [
                    .badToken, .wrongCode, .wrongPassword, .invalidToken, .overloaded, .unavailable,
                ], handle: confirm),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("EmailVerificationConfirmation", Self.confirmationSchema), ("EmailVerified", Self.verifiedSchema)]
    }

    private var service: AuthService { reference.service }

    static let confirmationSchema = Schema.object(
        FlowChannel.proofProperties + [
            .optional(
                "password", .string("The user's password, which is bound to the address then.", format: "password"))
        ])

    static let verifiedSchema = Schema.object([
        .required("message", .string("A sentence for users.")), .required("success", .boolean()),
        .required("credentials", .string(choices: ["kept", "bound", "voided"])),
    ])

    private static let verified = "Email verified successfully"

    private static let resent = "If the address has yet to be verified, an email has been sent"

    private func request(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let inCookies = call.isByCookie ? true : try flows.browsers.isAsked(by: call)
        let reveals = localPages?.isLocal(call) == true
        let outcome = try await mapErrors { () throws(AuthError) in
            try await service.users.requestEmailVerification(for: principal, from: call.context, revealing: reveals)
        }
        switch outcome {
        case .alreadyVerified: return call.replies.message("Email already verified")
        case .sent(let handle, let token):
            let text = token.map { "Verification token (DEV ONLY): \($0.revealed)" } ?? "Verification email sent"
            return flows.started(handle, of: .verifyAddress, text, inCookies: inCookies, by: call)
        }
    }

    private func resend(_ call: Call) async throws(Refusal) -> Reply {
        let asked = try flows.asked(call, devices: devices)
        let handle = try await mapErrors { () throws(AuthError) in
            try await service.users.requestEmailVerification(of: asked.email, device: asked.device, from: call.context)
        }
        return flows.started(handle, of: .verifyAddress, Self.resent, inCookies: asked.inCookies, by: call)
    }

    private func confirm(_ call: Call) async throws(Refusal) -> Reply {
        var shown = try flows.presented(call, .verifyAddress, completesByLink: true)
        let password = shown.fields.optional("password", Password.init)
        let proof = try shown.checkedProof()
        let session = try await flows.session(of: call, inCookies: shown.inCookies, at: service)
        let verified = try await mapErrors { () throws(AuthError) in
            try await service.users.confirmEmailVerification(
                proof, password: password, session: session, from: call.context)
        }
        var reply = call.replies.json { body in
            body.member("message", Self.verified)
            body.member("success", true)
            body.member("credentials", Self.word(for: verified.effect))
        }
        flows.finish(&reply, shown)
        return reply
    }

    /// The word for what a proof of the mailbox did to credentials.
    static func word(for effect: BindingEffect) -> String {
        switch effect {
        case .keep: "kept"
        case .bind: "bound"
        case .void: "voided"
        }
    }
}
