// SPDX-License-Identifier: Apache-2.0

/// A request that was routed and is not answered yet: where it leads, and what has been read of it.
struct Admission: Sendable {
    let route: Route
    /// The values of the route's path parameters, from left to right.
    let parameters: [String]
    /// The query as sent.
    let query: String?
    private(set) var context: RequestContext

    init(route: Route, parameters: [String], query: String?, context: RequestContext) {
        self.route = route
        self.parameters = parameters
        self.query = query
        self.context = context
    }

    /// The same with its body, and timed from now: the time that a client takes to send the body is not the server's.
    func completed(by body: [UInt8]) -> Admission {
        var admission = self
        admission.context = context.completed(by: body)
        return admission
    }
}
