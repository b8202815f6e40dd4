// SPDX-License-Identifier: Apache-2.0

/// What the OpenAPI document says of the routes.
struct DescribedRoutes: Sendable {
    private let document: JSONValue

    init(_ document: JSONValue) {
        self.document = document
    }

    /// Every route, as in `GET /users/{id}`.
    var operations: Set<String> {
        let paths = document["paths"]?.object ?? [:]
        return Set(paths.flatMap { path, item in (item.object ?? [:]).keys.map { "\($0.uppercased()) \(path)" } })
    }

    /// The methods of a path.
    func methods(of template: String) -> Set<String> {
        Set((document["paths"]?[template]?.object ?? [:]).keys.map { $0.uppercased() })
    }

    /// The statuses that a route is said to answer.
    func statuses(of route: RouteCase) -> Set<String> {
        Set((operation(route)?["responses"]?.object ?? [:]).keys)
    }

    func needsToken(_ route: RouteCase) -> Bool {
        operation(route)?["security"]?.array?.isEmpty == false
    }

    /// The media types that a route is said to read.
    func mediaTypes(of route: RouteCase) -> Set<String> {
        Set((operation(route)?["requestBody"]?["content"]?.object ?? [:]).keys)
    }

    /// The members that the JSON of a successful answer is said to have.
    func requiredMembers(of route: RouteCase) -> Set<String> {
        let content = operation(route)?["responses"]?[String(route.status)]?["content"]?["application/json"]
        var schema = content?["schema"]
        if let alternatives = schema?["oneOf"]?.array { schema = alternatives.first }
        if let name = schema?["$ref"]?.string?.split(separator: "/").last {
            schema = document["components"]?["schemas"]?[String(name)]
        }
        return Set((schema?["required"]?.array ?? []).compactMap(\.string))
    }

    private func operation(_ route: RouteCase) -> JSONValue? {
        document["paths"]?[route.template]?[route.method.lowercased()]
    }
}
