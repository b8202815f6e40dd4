// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Verifying an email address.
struct EmailVerificationEndpoints: EndpointGroup {
    let reference: ServiceReference
    /// Which callers at this machine are told the tokens that are mailed; `nil` for none, as in production.
    let localPages: CSRFPolicy?

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/email/verification/request", operationID: "requestEmailVerification",
                tag: .email, summary: "Request a verification email for my address", access: .authenticated,
                limit: .mail,
                replies: [MessageRepresentation.reply("Verification email sent")],
                problems: [.validationFailed, .mailUnavailable, .overloaded], openWhilePending: [.emailVerification],
                handle: request),
            Endpoint(
                method: .post, path: "/auth/email/verification/resend", operationID: "resendEmailVerification",
                tag: .email, summary: "Request a verification email before signing in", access: .anyone,
                limit: .mail,
                description: "To prevent user enumeration, the response is the same for known and unknown addresses.",
                body: RequestBody(
                    formats: [.json], schema: .component("MailRequest"),
                    examples: [("Address", ["email": "user@example.com"])]),
                replies: [MessageRepresentation.reply(Self.resent)],
                problems: [.mailUnavailable, .overloaded], handle: resend),
            Endpoint(
                method: .post, path: "/auth/email/verification/confirm", operationID: "confirmEmailVerification",
                tag: .email, summary: "Verify an address with the token from the email", access: .anyone,
                limit: .redeem,
                body: RequestBody(
                    formats: [.json], schema: .component("EmailVerificationConfirmation"),
                    examples: [("Token", ["token": "aot_…"])]),
                replies: [MessageRepresentation.reply("Email verified successfully")],
                problems: [.badToken, .unavailable], handle: confirm),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("EmailVerificationConfirmation", Self.confirmationSchema)]
    }

    private var service: AuthService { reference.service }

    static let confirmationSchema = Schema.object([.required("token", .string())])

    private static let resent = "If the address has yet to be verified, an email has been sent"

    private func request(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let reveals = localPages?.isLocal(call) == true
        let outcome = try await mapErrors { () throws(AuthError) in
            try await service.users.requestEmailVerification(for: principal, from: call.context, revealing: reveals)
        }
        switch outcome {
        case .alreadyVerified: return call.replies.message("Email already verified")
        case .sent(nil): return call.replies.message("Verification email sent")
        case .sent(let token?): return call.replies.message("Verification token (DEV ONLY): \(token.revealed)")
        }
    }

    private func resend(_ call: Call) async throws(Refusal) -> Reply {
        var fields = try call.fields([.json])
        let email = fields.required("email", EmailAddress.init)
        try fields.check()
        guard let email else { throw fields.refusal }
        try await mapErrors { () throws(AuthError) in
            try service.users.requestEmailVerification(of: email, from: call.context)
        }
        return call.replies.message(Self.resent)
    }

    private func confirm(_ call: Call) async throws(Refusal) -> Reply {
        var fields = try call.fields([.json])
        let token = fields.requiredText("token")
        try fields.check()
        guard let token else { throw fields.refusal }
        try await mapErrors { () throws(AuthError) in
            _ = try await service.users.confirmEmailVerification(token, from: call.context)
        }
        return call.replies.message("Email verified successfully")
    }
}
