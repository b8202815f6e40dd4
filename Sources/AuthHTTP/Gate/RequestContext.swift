// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer
internal import NIOCore

/// A request on its way through the gate.
struct RequestContext: Sendable {
    private(set) var request: Request
    let fields: ParsedHeaders
    let id: RequestID
    /// From when on the work on it is timed.
    private(set) var start: NIODeadline

    init(_ request: Request, _ fields: ParsedHeaders, id: RequestID, start: NIODeadline) {
        self.request = request
        self.fields = fields
        self.id = id
        self.start = start
    }

    /// The same with its body, timed from now.
    func completed(by body: [UInt8]) -> RequestContext {
        var context = self
        context.request.body = body
        context.start = .now()
        return context
    }
}
