// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Changing a password, and setting a new one by mail.
struct PasswordEndpoints: EndpointGroup {
    let reference: ServiceReference
    let devices: KnownDevice
    let flows: FlowChannel
    /// Which callers at this machine are told the tokens that are mailed; `nil` for none, as in production.
    let localPages: CSRFPolicy?

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/password/change", operationID: "changePassword", tag: .passwords,
                summary: "Change my password", access: .authenticated, proof: .password, limit: .signIn,
                description: """
                    Revokes every session of the user. The response carries the tokens of a new session for the caller, in
                    cookies if the request was authorized by cookies.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("PasswordChange"),
                    examples: [
                        ("Change", ["current_password": "OldPass123!", "new_password": "NewSecurePass123"])
                    ]),
                replies: [
                    .json(
                        .ok, "Password changed successfully",
                        .oneOf([.component("PasswordChanged"), .component("CookiePasswordChanged")]),
                        example: [
                            "message": "Password changed successfully", "success": true, "access_token": "eyJhbGci…",
                            "refresh_token": "art_…", "token_type": "bearer", "expires_in": 1800,
                            "scope": "items me",
                        ])
                ],
                problems: [.overloaded],
                openWhilePending: [.passwordChange, .emailVerification], handle: change),
            Endpoint(
                method: .post, path: "/auth/password/reset/request", operationID: "requestPasswordReset",
                tag: .passwords, summary: "Request a password reset email", access: .anyone, limit: .mail,
                description: "To prevent user enumeration, the response is the same for known and unknown addresses.",
                body: RequestBody(
                    formats: [.json], schema: .component("MailRequest"),
                    examples: [("Address", ["email": "user@example.com"])]),
                replies: [FlowChannel.reply(Self.requested)],
                problems: CookieSessions.problems + [.mailUnavailable, .overloaded, .unavailable], handle: request),
            Endpoint(
                method: .post, path: "/auth/password/reset/confirm", operationID: "confirmPasswordReset",
                tag: .passwords, summary: "Reset the password with the email", access: .anyone, limit: .redeem,
                description: """
                    Takes the `token` of the link, or the `handle` of the request with the `code` of the mail. Revokes every
                    session of the user. Sign in with the new password.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("PasswordResetConfirmation"),
                    examples: [
                        ("Token and password", ["token": "aot_…", "new_password": "NewSecurePass123"]),
                        (
                            "Handle, code and password",
                            ["handle": "afh_…", "code": "K7QF-2MXD", "new_password": "NewSecurePass123"]
                        ),
                    ]),
                replies: [MessageRepresentation.reply("Password reset successful")],
                problems: CookieSessions.problems + [.badToken, .wrongCode, .overloaded, .unavailable], handle: confirm),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [
            ("PasswordChange", Self.changeSchema), ("PasswordChanged", Self.changedSchema),
            ("CookiePasswordChanged", Self.cookieChangedSchema), ("MailRequest", Self.requestSchema),
            ("PasswordResetConfirmation", Self.confirmationSchema),
        ]
    }

    var problems: [ProblemKind] { ProblemKind.passwords + ProblemKind.oneTimeTokens }

    private var service: AuthService { reference.service }

    static let changeSchema = Schema.object([
        .required("current_password", .string(format: "password")),
        .required("new_password", .newPassword()),
        KnownDevice.requestProperty,
    ])

    static let changedSchema = Schema.object(
        [.required("message", .string()), .required("success", .boolean())] + TokenRepresentation.properties
            + [KnownDevice.replyProperty])

    static let cookieChangedSchema = Schema.object(
        [.required("message", .string()), .required("success", .boolean())] + TokenRepresentation.cookieProperties)

    static let requestSchema = Schema.object([
        .required("email", .string(format: "email")),
        .optional(
            "device_token", .string("The device token of the last sign-in: a known device has mails of its own.")),
    ])

    static let confirmationSchema = Schema.object(
        FlowChannel.proofProperties + [.required("new_password", .newPassword())])

    private static let requested = "If the email exists, a password reset link has been sent"

    private func change(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        var fields = try call.fields([.json])
        let current = fields.required("current_password", Password.init)
        let new = fields.required("new_password", Password.init)
        let device = devices.channel(call, &fields)
        try fields.check()
        guard let current, let new else { throw fields.refusal }
        let pair = try await mapErrors { () throws(AuthError) in
            try await service.passwords.change(of: principal, from: current, to: new, by: call.context)
        }
        var reply = call.replies.json { body in
            body.member("message", "Password changed successfully")
            body.member("success", true)
            TokenRepresentation.write(pair, inCookies: call.isByCookie, into: &body)
            device.write(pair, into: &body)
        }
        device.set(pair, on: &reply)
        if call.isByCookie {
            let isRemembered = flows.browsers.held(in: call.request)?.isRemembered ?? false
            reply.fields += flows.browsers.fields(for: pair, isRemembered: isRemembered)
        }
        return reply
    }

    private func request(_ call: Call) async throws(Refusal) -> Reply {
        let asked = try flows.asked(call, devices: devices)
        let reveals = localPages?.isLocal(call) == true
        let (handle, token) = try await mapErrors { () async throws(AuthError) -> (FlowHandle, MailToken?) in
            if reveals {
                let made = try await service.passwords.requestResetRevealing(of: asked.email, from: call.context)
                return (made.handle, made.token)
            }
            return (
                try await service.passwords.requestReset(of: asked.email, device: asked.device, from: call.context), nil
            )
        }
        let text = token.map { "Password reset token (DEV ONLY): \($0.revealed)" } ?? Self.requested
        return flows.started(handle, of: .resetPassword, text, inCookies: asked.inCookies, by: call)
    }

    private func confirm(_ call: Call) async throws(Refusal) -> Reply {
        var shown = try flows.presented(call, .resetPassword, completesByLink: true)
        let password = shown.fields.required("new_password", Password.init)
        let proof = try shown.checkedProof()
        guard let password else { throw shown.fields.refusal }
        try await mapErrors { () throws(AuthError) in
            try await service.passwords.confirmReset(proof, newPassword: password, from: call.context)
        }
        var reply = call.replies.message("Password reset successful")
        flows.finish(&reply, shown)
        return reply
    }
}
