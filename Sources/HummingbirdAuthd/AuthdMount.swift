// SPDX-License-Identifier: Apache-2.0

#if Hummingbird
    internal import AuthCore
    internal import AuthHTTP
    internal import AuthHTTPServer
    internal import HTTPTypes
    public import Hummingbird
    internal import NIOCore

    /// Serves authd's routes; ``Authd/mount(_:)`` makes one.
    public struct AuthdMount<Context: AuthdRequestContext>: RouterMiddleware {
        private let mounted: MountedAPI

        init(_ mounted: MountedAPI) {
            self.mounted = mounted
        }

        /// Answers what is for authd, and hands on everything else untouched.
        @concurrent public func handle(
            _ request: Hummingbird.Request, context: Context,
            next: @concurrent (Hummingbird.Request, Context) async throws -> Response
        ) async throws -> Response {
            // Asked before the service's route runs: its own 404 stays its own, and its body is read once.
            let isOwnRoute = context.endpointPath?.hasSameOctets(as: request.uri.path) == true
            if !isOwnRoute, mounted.api.serves(request.method, request.head.path ?? "/") {
                return try await respond(to: request, peer: context.authd.peer)
            }
            if context.endpointPath == nil, let preflight = mounted.api.preflight(request.head) {
                return Response(status: preflight.status, headers: preflight.headerFields)
            }
            var context = context
            context.authd.mounted = mounted
            return try await next(request, context)
        }

        private func respond(to request: Hummingbird.Request, peer: IPAddress?) async throws -> Response {
            let reply: Reply
            switch mounted.api.admit(AuthHTTPServer.Request(request.head, peer: peer)) {
            case .answered(let immediate):
                reply = immediate
            case .deferred(let admitted):
                if admitted.ignoresBody {
                    reply = await admitted.respond([])
                } else {
                    do {
                        let body = try await request.body.collect(upTo: Self.maximumBodyBytes)
                        reply = await admitted.respond(Array(buffer: body))
                    } catch is NIOTooManyBytesError {
                        reply = mounted.api.refuse(.bodyTooLarge)
                    }
                }
            }
            return Response(reply.httpResponse, body: reply.body, isHead: request.method == .head)
        }

        /// As much as authd's own server reads by default.
        private static var maximumBodyBytes: Int { 64 * 1024 }
    }

    extension Response {
        /// A response of authd's; HEAD gets its head alone.
        init(_ head: HTTPResponse, body: [UInt8], isHead: Bool) {
            let whole = Response(
                status: head.status, headers: head.headerFields,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
            self = isHead ? whole.createHeadResponse() : whole
        }
    }
#endif
