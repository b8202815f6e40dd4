// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer

/// The OpenAPI description of a table of routes.
///
/// - Source: OpenAPI 3.1.1
struct OpenAPIDocument {
    let table: EndpointTable
    let configuration: HTTPConfiguration
    let roles: RoleTable

    var json: JSONValue {
        [
            "openapi": "3.1.1",
            "info": [
                "title": .string(configuration.appName), "version": .string(configuration.version),
                "description": .string(Self.introduction),
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": .array(servers),
            "tags": .array(Endpoint.Tag.allCases.map { ["name": .string($0.rawValue)] }),
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas), "securitySchemes": securitySchemes,
            ],
        ]
    }

    private static let introduction = """
        Register, sign in, refresh and sign out; manage users. Send the access token as `Authorization: Bearer`.
        Every refusal is an `application/problem+json` document whose `code` says what happened.
        """

    /// Paths are listed once; they exist under both servers.
    private var servers: [JSONValue] {
        let base = configuration.publicURL ?? ""
        let urls = configuration.prefix.isEmpty ? [base] : [base + configuration.prefix, base]
        return urls.map { ["url": .string($0.isEmpty ? "/" : $0)] }
    }

    private var paths: JSONObject {
        var paths = JSONObject()
        for endpoint in table.endpoints {
            let path = endpoint.path.description
            var item = paths[path]?.objectValue ?? JSONObject()
            item[endpoint.method.rawValue.lowercased()] = .object(operation(endpoint))
            paths[path] = .object(item)
        }
        return paths
    }

    private func operation(_ endpoint: Endpoint) -> JSONObject {
        var operation: JSONObject = [
            "operationId": .string(endpoint.operationID), "summary": .string(endpoint.summary),
            "tags": [.string(endpoint.tag.rawValue)],
        ]
        if !endpoint.description.isEmpty { operation["description"] = .string(endpoint.description) }
        let parameters = self.parameters(of: endpoint)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body = endpoint.body { operation["requestBody"] = requestBody(body) }
        operation["responses"] = .object(responses(of: endpoint))
        operation["security"] = security(of: endpoint.access)
        switch endpoint.mount {
        case .rootAndPrefix: break
        case .base: operation["servers"] = .array([["url": .string(configuration.publicURL ?? "/")]])
        }
        return operation
    }

    private func parameters(of endpoint: Endpoint) -> [JSONValue] {
        endpoint.path.parameterNames.map { name in
            ["name": .string(name), "in": "path", "required": true, "schema": Schema.string().value]
        }
            + endpoint.query.map { parameter in
                ["name": .string(parameter.name), "in": "query", "schema": parameter.schema.value]
            }
    }

    private func requestBody(_ body: RequestBody) -> JSONValue {
        var content = JSONObject()
        for format in body.formats {
            var media: JSONObject = ["schema": body.schema.value]
            if !body.examples.isEmpty {
                var examples = JSONObject()
                for example in body.examples { examples[example.title] = ["value": example.value] }
                media["examples"] = .object(examples)
            }
            content[format.contentType] = .object(media)
        }
        return ["required": .bool(body.isRequired), "content": .object(content)]
    }

    private func responses(of endpoint: Endpoint) -> JSONObject {
        var responses = JSONObject()
        for reply in endpoint.replies {
            var response: JSONObject = ["description": .string(reply.description)]
            if let content = reply.content {
                var media: JSONObject = ["schema": content.schema.value]
                if let example = content.example { media["example"] = example }
                response["content"] = .object([content.mediaType: .object(media)])
            }
            responses[String(reply.status.rawValue)] = .object(response)
        }
        let problems = Dictionary(grouping: endpoint.allProblems, by: \.status.rawValue)
        for (status, kinds) in problems.sorted(by: { $0.key < $1.key }) {
            switch endpoint.errorForm {
            case .problem: responses[String(status)] = problemResponse(kinds)
            // Its contract says how.
            case .rendered: responses[String(status)] = ["description": "Refused"]
            }
        }
        return responses
    }

    private func problemResponse(_ kinds: [ProblemKind]) -> JSONValue {
        var examples = JSONObject()
        for kind in kinds {
            let body = Problem(refusal: Refusal(kind), instance: nil, base: configuration.publicURL ?? "").body
            examples[kind.code] = ["summary": .string(kind.title), "value": (try? JSONReader.read(body)) ?? .null]
        }
        return [
            "description": .string(kinds.map(\.title).joined(separator: ", ")),
            "content": [
                "application/problem+json": [
                    "schema": Schema.component("Problem").value, "examples": .object(examples),
                ]
            ],
        ]
    }

    private func security(of access: AccessRequirement) -> JSONValue {
        access.isOpenToAnyone ? [] : .array(ways(to: access))
    }

    /// One of them suffices.
    private func ways(to access: AccessRequirement) -> [JSONValue] {
        switch access {
        case .anyone: []
        case .authenticated, .verifiedAddress: schemes(scopes: [])
        case .permission(let permission): schemes(scopes: [permission.name])
        case .scope(let scope): schemes(scopes: scope.permissions.map(\.name))
        case .role(let role): schemes(scopes: roles.scope(of: role).permissions.map(\.name))
        case .service: [["service": []]]
        case .anyOf(let alternatives): alternatives.flatMap(ways)
        }
    }

    /// One of the schemes suffices.
    ///
    /// Scopes stand only with the one that knows them.
    private func schemes(scopes: [String]) -> [JSONValue] {
        [["password": .array(scopes.map { .string($0) })], ["bearer": []], ["cookie": []]]
    }

    /// What routes ask for and what roles grant, by name.
    private var permissions: [Permission] {
        let asked = table.endpoints.flatMap { Self.permissions(in: $0.access) }
        return Set(asked + roles.roles.flatMap { roles.scope(of: $0).permissions }).sorted()
    }

    private static func permissions(in access: AccessRequirement) -> [Permission] {
        switch access {
        case .anyone, .authenticated, .verifiedAddress, .role, .service: []
        case .permission(let permission): [permission]
        case .scope(let scope): scope.permissions
        case .anyOf(let alternatives): alternatives.flatMap(permissions)
        }
    }

    private var securitySchemes: JSONValue {
        var scopes = JSONObject()
        for permission in permissions {
            scopes[permission.name] = .string(PermissionDescription.text(for: permission, in: roles))
        }
        return [
            "password": [
                "type": "oauth2",
                "description": "First-party sign-in with username or email address.",
                "flows": [
                    "password": [
                        "tokenUrl": .string((configuration.publicURL ?? "") + configuration.prefix + "/auth/token"),
                        "refreshUrl": .string((configuration.publicURL ?? "") + configuration.prefix + "/auth/refresh"),
                        "scopes": .object(scopes),
                    ]
                ],
            ],
            "bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"],
            "service": [
                "type": "http", "scheme": "bearer",
                "description": "One of `CHANGE_FEED_SECRETS`; a user's token is not accepted.",
            ],
            "cookie": [
                "type": "apiKey", "in": "cookie", "name": .string(CookieSessions(configuration).accessName),
                "description": "Set by signing in with `X-Auth-Mode: cookie`; not together with an access token.",
            ],
        ]
    }

    private var schemas: JSONObject {
        var schemas = JSONObject()
        for component in table.schemas + [("Problem", problem)] {
            schemas[component.name] = component.schema.value
        }
        return schemas
    }

    private var problem: Schema {
        Schema.object([
            .required("type", .string("The URL of the problem's description.", format: "uri-reference")),
            .required("title", .string()),
            .required("status", .integer()),
            .required("detail", .string()),
            .required("code", .string("The stable code to branch on.", choices: table.problems.map(\.code).sorted())),
            .optional("instance", .string("The request id.")),
            .optional("tries_left", .integer("How many more wrong codes are allowed, with `wrong_code`.")),
            .optional(
                "errors",
                .array(
                    of: .object([
                        .required("field", .string()), .required("code", .string()), .required("message", .string()),
                    ]))),
        ])
    }
}
