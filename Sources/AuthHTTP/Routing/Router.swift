// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer

/// Finds the route of a request, where the route's group is mounted.
struct Router: Sendable {
    /// What a request is for.
    enum Match: Sendable {
        /// A route, the values of its parameters from left to right, and the query as sent.
        case route(Route, parameters: [String], query: String?)
        /// The path exists, but not with this method.
        case otherMethods([RequestMethod])
        /// There is no such path.
        case nothing
        /// The target has two readings or none.
        case malformed

        /// Whether it is a route that answers without a body.
        var ignoresBody: Bool {
            switch self {
            case .route(let route, _, _): route.endpoint.answersAnyMethod
            case .otherMethods, .nothing, .malformed: false
            }
        }
    }

    /// The routes in the order of declaration.
    let routes: [Route]
    /// What an exact target leads to, for the paths without parameters: no parsing and no allocation.
    private let exact: [WireText: Methods]
    private let root: Node
    /// The bases of groups that answer differently from those at the root, and how.
    private let bases: [(segments: [PathTemplate.Segment], forms: Forms)]

    /// How what leads to no route is answered.
    struct Forms: Hashable, Sendable {
        let error: ErrorForm
        let crossOrigin: CrossOriginForm

        init(of endpoint: Endpoint) {
            error = endpoint.errorForm
            crossOrigin = endpoint.crossOrigin
        }

        init(error: ErrorForm, crossOrigin: CrossOriginForm) {
            self.error = error
            self.crossOrigin = crossOrigin
        }

        /// As the routes at the root answer.
        static let standard = Forms(error: .problem, crossOrigin: .configured)
    }

    /// Puts every endpoint where it is mounted; `prefix` is like `/api/v1` or empty.
    init(_ endpoints: [Endpoint], prefix: String) {
        var root = Node()
        var exact: [WireText: Methods] = [:]
        var mounted: [PathTemplate: Forms] = [:]
        routes = endpoints.map(Route.init)
        for route in routes {
            let path = route.endpoint.path
            let bases: Set<String> =  // own text
                switch route.endpoint.mount {
                case .rootAndPrefix: ["", prefix]
                case .base: [""]
                }
            if case .base(let base) = route.endpoint.mount, mounted[base] == nil {
                mounted[base] = Forms(of: route.endpoint)
            }
            for base in bases {
                let full = PathTemplate(base + path.description)
                root.insert(route, at: full.segments[...])
                if full.parameterNames.isEmpty {
                    exact[WireText(full.description), default: Methods()].add(route)
                }
            }
        }
        self.root = root
        self.exact = exact
        // The longest first, where one base stands below another.
        bases = mounted.filter { $0.value != .standard }
            .map { (segments: $0.key.segments, forms: $0.value) }
            .sorted { $0.segments.count > $1.segments.count }
    }

    /// How a request is answered that leads to no route: as the path's other methods, or else as the group does below whose base
    /// the path is; `nil` for all paths of groups at the root, and for a target with two readings.
    func form(of target: String) -> Forms? {
        guard !bases.isEmpty, let target = RequestTarget(target) else { return nil }
        var parameters: [String] = []
        if let methods = root.find(target.segments[...], &parameters), let forms = methods.forms {
            return forms == .standard ? nil : forms
        }
        return bases.first { base in
            base.segments.count <= target.segments.count
                && zip(base.segments, target.segments).allSatisfy { expected, segment in
                    switch expected {
                    case .literal(let text): text.hasSameOctets(as: segment)
                    case .parameter: true
                    }
                }
        }?.forms
    }

    func match(_ method: RequestMethod?, _ target: String) -> Match {
        if let methods = exact[WireText(target)] {
            return methods.match(method, parameters: [], query: nil)
        }
        guard let target = RequestTarget(target) else { return .malformed }
        var parameters: [String] = []
        guard let methods = root.find(target.segments[...], &parameters) else { return .nothing }
        return methods.match(method, parameters: parameters, query: target.query)
    }
}

/// The routes of one path.
private struct Methods: Sendable {
    private var routes: [RequestMethod: Route] = [:]
    /// The route that answers every method.
    private var anyMethod: Route?

    mutating func add(_ route: Route) {
        let previous = routes.updateValue(route, forKey: route.endpoint.method)
        precondition(previous == nil, "\(route.endpoint.method) \(route.endpoint.path) is declared twice")
        if route.endpoint.answersAnyMethod { anyMethod = route }
    }

    func match(_ method: RequestMethod?, parameters: [String], query: String?) -> Router.Match {
        if let method {
            if let route = routes[method] { return .route(route, parameters: parameters, query: query) }
            if method == .head, let route = routes[.get] {
                return .route(route, parameters: parameters, query: query)
            }
        }
        if let anyMethod { return .route(anyMethod, parameters: parameters, query: query) }
        return .otherMethods(allowed)
    }

    /// How the routes of the path answer.
    var forms: Router.Forms? { routes.values.first.map { Router.Forms(of: $0.endpoint) } }

    /// What `Allow` lists: GET brings HEAD along, and every path answers OPTIONS.
    private var allowed: [RequestMethod] {
        RequestMethod.allCases.filter { method in
            routes[method] != nil || method == .options || (method == .head && routes[.get] != nil)
        }
    }
}

/// A place in the tree of paths.
private struct Node: Sendable {
    private var methods: Methods?
    private var literals: [WireText: Node] = [:]
    private var parameter: [Node] = []

    mutating func insert(_ route: Route, at path: ArraySlice<PathTemplate.Segment>) {
        guard let first = path.first else {
            methods = methods ?? Methods()
            methods?.add(route)
            return
        }
        switch first {
        case .literal(let text):
            literals[WireText(text), default: Node()].insert(route, at: path.dropFirst())
        case .parameter:
            if parameter.isEmpty { parameter = [Node()] }
            parameter[0].insert(route, at: path.dropFirst())
        }
    }

    /// Literal segments win over parameters, and a dead end behind a literal goes back to the parameter.
    func find(_ path: ArraySlice<String>, _ parameters: inout [String]) -> Methods? {
        guard let first = path.first else { return methods }
        if let found = literals[WireText(first)]?.find(path.dropFirst(), &parameters) { return found }
        guard let node = parameter.first else { return nil }
        parameters.append(first)
        if let found = node.find(path.dropFirst(), &parameters) { return found }
        parameters.removeLast()
        return nil
    }
}
