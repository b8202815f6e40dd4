// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// A declared endpoint in service, with its metrics.
///
/// A class, so that each request carries it as one reference.
final class Route: Sendable {
    let endpoint: Endpoint
    let metrics: RouteMetrics
    /// What the path calls its parameters, from left to right.
    let parameterNames: [String]

    init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
        self.parameterNames = endpoint.path.parameterNames
        self.metrics = RouteMetrics(method: endpoint.method.rawValue, route: endpoint.path.description)
    }
}
