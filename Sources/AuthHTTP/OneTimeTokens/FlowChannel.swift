// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// How the handle of a flow reaches the client that began it, and comes back: in bodies, or in a cookie with browsers that ask
/// for it with `X-Auth-Mode: cookie`.
struct FlowChannel: Sendable {
    let browsers: CookieSessions
    let cookies: FlowCookies

    init(_ configuration: HTTPConfiguration) {
        browsers = CookieSessions(configuration)
        cookies = FlowCookies(configuration)
    }

    /// The answer to a request that has begun a flow.
    ///
    /// It is the same for known and unknown addresses, but for the handle, which nothing can be told from.
    func started(
        _ handle: FlowHandle, of action: MailedAction, _ message: String, inCookies: Bool, status: Status = .ok,
        by call: Call
    ) -> Reply {
        var reply = call.replies.json(status) { body in
            body.member("message", message)
            body.member("success", true)
            if !inCookies { body.member("handle", handle.revealed) }
        }
        if inCookies { reply.fields.append(cookies.field(handle.revealed, of: action)) }
        return reply
    }

    /// The description of that answer.
    static func reply(_ text: String, status: Status = .ok) -> ReplyDescription {
        .json(
            status, text, .component("FlowStarted"),
            example: ["message": .string(text), "success": true, "handle": "afh_…"])
    }

    static let startedSchema = Schema.object([
        .required("message", .string("A sentence for users.")), .required("success", .boolean()), handleProperty,
    ])

    /// The member of answers that begin a flow.
    static let handleProperty = Schema.Property.optional(
        "handle",
        .string("Completes the flow together with the code of the mail; with `X-Auth-Mode: cookie` it is in a cookie."))

    /// The fields of a body that completes a mailed action.
    static let proofProperties: [Schema.Property] = [
        .optional("token", .string("As the link of the mail carries it.")),
        .optional("handle", .string("As the answer gave it that began the flow.")),
        .optional("code", .string("As the mail shows it; blanks, hyphens and the case of letters make no difference.")),
    ]

    /// Reads what a client shows of a mail, with the handle that a browser has in its cookie.
    ///
    /// Whether cookies are asked for is decided before the body is read.
    ///
    /// - Parameters:
    ///   - call: The request.
    ///   - action: What the route completes.
    ///   - completesByLink: Whether the token alone suffices.
    /// - Returns: The proof, and the body for further fields.
    /// - Throws: As ``CookieSessions/isAsked(by:)`` and ``Call/fields(_:)``; what is wrong with fields is left to
    ///   ``FlowCompletion/checkedProof()``.
    func presented(
        _ call: Call, _ action: MailedAction, completesByLink: Bool
    ) throws(Refusal) -> FlowCompletion {
        let inCookies = try browsers.isAsked(by: call)
        var fields = try call.fields([.json])
        let proof = Self.proof(
            &fields, handleInCookie: inCookies ? cookies.handle(of: action, in: call.request) : nil,
            completesByLink: completesByLink)
        return FlowCompletion(action: action, inCookies: inCookies, proof: proof, fields: fields)
    }

    /// Takes the handle out of the cookie of a browser that has completed its flow.
    func finish(_ reply: inout Reply, _ completion: FlowCompletion) {
        if completion.inCookies { reply.fields.append(cookies.clearingField(of: completion.action)) }
    }

    /// - Returns: `nil` leaves a violation behind.
    private static func proof(
        _ fields: inout FieldReader, handleInCookie: String?, completesByLink: Bool
    ) -> ActionProof? {
        let token = given(fields.text("token"))
        let handle = given(fields.text("handle")) ?? handleInCookie
        let code = given(fields.text("code"))
        guard fields.violations.isEmpty else { return nil }
        guard token != nil || handle != nil else {
            fields.refuse("token", code: "missing", "Give the token of the link, or the handle and the code.")
            return nil
        }
        guard code != nil || token != nil && (completesByLink || handle != nil) else {
            fields.refuse("code", code: "missing", "This field is required beside it.")
            return nil
        }
        return ActionProof(token: token, handle: handle, code: code)
    }

    /// The live session that a request shows: by an access token, which must be good, or by a cookie that is.
    func session(
        of call: Call, inCookies: Bool, at service: AuthService
    ) async throws(Refusal) -> Principal? {
        if inCookies {
            guard let token = browsers.accessToken(in: call.request) else { return nil }
            return try? await service.access.authenticate(token)
        }
        guard let token = try BearerToken.find(in: ParsedHeaders(call.request)) else { return nil }
        return try await mapErrors { () throws(AuthError) in try await service.access.authenticate(token) }
    }

    private static func given(_ text: String?) -> String? {
        text.flatMap { $0.isEmpty ? nil : $0 }
    }
}
