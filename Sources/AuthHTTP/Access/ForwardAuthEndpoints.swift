// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Forward authentication: the subrequest by which nginx, Traefik and Caddy ask whether to pass a request on.
struct ForwardAuthEndpoints: EndpointGroup {
    let reference: ServiceReference

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/auth/verify", operationID: "verify", tag: .authentication,
                summary: "Authorize a request for a reverse proxy", access: .authenticated, limit: .none,
                description: """
                    Every method is answered like GET, and no body is read. The response is 204 with `X-Auth-User-ID`,
                    `X-Auth-Username`, `X-Auth-Email`, `X-Auth-Role` and `X-Auth-Scope`, or 401 or 403. Non-ASCII characters
                    are percent-encoded. The proxy must remove these fields from its clients' requests.
                    """,
                query: [
                    QueryParameter(name: "scope", schema: .string("The permissions that the token must grant.")),
                    QueryParameter(name: "role", schema: .string("The role that the user must hold.")),
                    QueryParameter(
                        name: "verified", schema: .boolean("Whether the user must have a verified address.")),
                ],
                replies: [.empty(.noContent, "The token is valid and grants what the query asks for")],
                problems: [.insufficientScope, .emailNotVerified], answersAnyMethod: true,
                immediate: { [self] call in
                    do throws(Refusal) {
                        return try verify(call)
                    } catch {
                        return call.replies.problem(error, id: call.id)
                    }
                },
                handle: { [self] (call) throws(Refusal) in try verify(call) })
        ]
    }

    private var service: AuthService { reference.service }

    private func verify(_ call: Call) throws(Refusal) -> Reply {
        let principal = try call.principal()
        if call.query != nil {
            var query = try call.queryFields(["scope", "role", "verified"])
            let scope = query.text("scope")
            let role = query.text("role")
            let needsVerifiedAddress = query.bool("verified") ?? false
            for requirement in try Self.requirements(
                &query, scope: scope, role: role, needsVerifiedAddress: needsVerifiedAddress)
            {
                try call.authorize(requirement, by: service)
            }
        }
        var reply = call.replies.empty()
        reply.fields = Self.fields(principal, scope: service.policy.authority(of: principal.subject))
        return reply
    }

    private static func requirements(
        _ query: inout FieldReader, scope: String?, role: String?, needsVerifiedAddress: Bool
    ) throws(Refusal) -> [AccessRequirement] {
        var requirements: [AccessRequirement] = needsVerifiedAddress ? [.verifiedAddress] : []
        if let scope {
            if let parsed = Scope(parsing: scope), parsed != .none {
                requirements += parsed.permissions.map { .permission($0) }
            } else {
                query.refuse("scope", code: "malformed", "This must be one or more permissions, separated by spaces.")
            }
        }
        if let role {
            if let parsed = Role(role) {
                requirements.append(.role(parsed))
            } else {
                query.refuse("role", code: "malformed", "This must be the name of a role.")
            }
        }
        try query.check()
        return requirements
    }

    private static func fields(_ principal: Principal, scope: Scope) -> [(name: String, value: String)] {
        let user = principal.user
        var fields: [(name: String, value: String)] = [
            ("x-auth-user-id", user.id.description), ("x-auth-role", user.role.name),
            ("x-auth-scope", scope.description),
        ]
        if let username = user.username { fields.append(("x-auth-username", username.original)) }
        if let email = user.email { fields.append(("x-auth-email", ascii(email.original))) }
        return fields
    }

    /// Percent-encodes what a header field should not hold, and the percent sign.
    private static func ascii(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "%") }) else { return text }
        return text.unicodeScalars.map { scalar in
            scalar.value > 0x20 && scalar.value < 0x7f && scalar.value != 0x25
                ? String(Character(scalar)) : PercentEncoding.encode(String(Character(scalar)))
        }.joined()
    }
}
