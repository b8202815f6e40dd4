// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Setting a password where there is none.
struct FirstPasswordEndpoints: EndpointGroup {
    let reference: ServiceReference
    let devices: KnownDevice
    let browsers: CookieSessions

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/password/set", operationID: "setPassword", tag: .passwords,
                summary: "Set my first password", access: .authenticated, proof: .recent, limit: .signIn,
                description: """
                    For a user who has no password. Revokes every session of the user. The response carries the tokens of a new
                    session for the caller, in cookies if the request was authorized by cookies.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("FirstPassword"),
                    examples: [("Password", ["new_password": "NewSecurePass123"])]),
                replies: [
                    .json(
                        .ok, Self.done, .oneOf([.component("PasswordChanged"), .component("CookiePasswordChanged")]),
                        example: [
                            "message": .string(Self.done), "success": true, "access_token": "eyJhbGci…",
                            "refresh_token": "art_…", "token_type": "bearer", "expires_in": 1800,
                            "scope": "items me",
                        ])
                ],
                problems: [.passwordAlreadySet, .overloaded], handle: set)
        ]
    }

    var schemas: [(name: String, schema: Schema)] { [("FirstPassword", Self.schema)] }

    private var service: AuthService { reference.service }

    static let schema = Schema.object([.required("new_password", .newPassword()), KnownDevice.requestProperty])

    private static let done = "Password set successfully"

    private func set(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        var fields = try call.fields([.json])
        let new = fields.required("new_password", Password.init)
        let device = devices.channel(call, &fields)
        try fields.check()
        guard let new else { throw fields.refusal }
        let pair = try await mapErrors { () throws(AuthError) in
            try await service.passwords.set(for: principal, to: new, by: call.context)
        }
        var reply = call.replies.json { body in
            body.member("message", Self.done)
            body.member("success", true)
            TokenRepresentation.write(pair, inCookies: call.isByCookie, into: &body)
            device.write(pair, into: &body)
        }
        device.set(pair, on: &reply)
        if call.isByCookie {
            reply.fields += browsers.fields(
                for: pair, isRemembered: browsers.held(in: call.request)?.isRemembered ?? false)
        }
        return reply
    }
}
