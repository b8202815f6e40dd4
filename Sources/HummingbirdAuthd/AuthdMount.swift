// SPDX-License-Identifier: Apache-2.0

#if Hummingbird
    internal import AuthCore
    internal import AuthHTTP
    internal import AuthHTTPServer
    internal import HTTPTypes
    public import Hummingbird
    internal import NIOCore

    /// Serves authd's routes; ``Authd/mount(_:bodyTimeout:)`` makes one.
    public struct AuthdMount<Context: AuthdRequestContext>: RouterMiddleware {
        private let mounted: MountedAPI
        private let bodyTimeout: Duration

        init(_ mounted: MountedAPI, bodyTimeout: Duration) {
            self.mounted = mounted
            self.bodyTimeout = bodyTimeout
        }

        /// Answers what is for authd, and hands on everything else untouched.
        ///
        /// A request that waits, as `GET /auth/changes` does for 30 seconds at most, goes on waiting when its client is gone.
        /// Hummingbird tells that only to a reader of the body, by a function that stops the program where a middleware
        /// outside has replaced the body in certain ways, and nothing here can see whether one has.
        @concurrent public func handle(
            _ request: Hummingbird.Request, context: Context,
            next: @concurrent (Hummingbird.Request, Context) async throws -> Response
        ) async throws -> Response {
            // Asked before the service's route runs: its own 404 stays its own, and its body is read once.
            let isOwnRoute = context.endpointPath.map(Self.isExact) ?? false
            if !isOwnRoute, !Self.hasEscapes(request.uri.path),
                mounted.api.serves(request.method, request.head.path ?? "/")
            {
                return try await respond(to: request, peer: context.authd.peer)
            }
            if context.endpointPath == nil, let preflight = mounted.api.preflight(request.head) {
                return Response(status: preflight.status, headers: preflight.headerFields)
            }
            var context = context
            context.authd.mounted = mounted
            return try await next(request, context)
        }

        /// Whether a path of the service's has neither parameters nor wildcards: the router found it by itself, in whatever
        /// spelling of the request, as with a slash at its end.
        private static func isExact(_ endpointPath: String) -> Bool {
            !endpointPath.utf8.contains { octet in "{}*".utf8.contains(octet) }
        }

        /// Whether a path has percent escapes, which authd decodes and the router does not.
        ///
        /// Spelt like that, a path would lead past the service's own route to authd's. No path of authd's needs one.
        private static func hasEscapes(_ path: String) -> Bool {
            path.utf8.contains(UInt8(ascii: "%"))
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
                    switch try await read(request.body) {
                    case .success(let body): reply = await admitted.respond(body)
                    case .failure(let failure): reply = mounted.api.refuse(failure)
                    }
                }
            }
            return Response(reply.httpResponse, body: reply.body, isHead: request.method == .head)
        }

        /// Reads a whole body within the bounds of size and time, of which Hummingbird has none.
        private func read(_ body: RequestBody) async throws -> Result<[UInt8], TransportFailure> {
            let bodyTimeout = bodyTimeout
            return try await withThrowingTaskGroup { tasks in
                tasks.addTask { () throws -> Result<[UInt8], TransportFailure> in
                    do {
                        return .success(Array(buffer: try await body.collect(upTo: Self.maximumBodyBytes)))
                    } catch is NIOTooManyBytesError {
                        return .failure(.bodyTooLarge)
                    }
                }
                tasks.addTask {
                    try await Task.sleep(for: bodyTimeout)
                    return .failure(.timeout)
                }
                defer { tasks.cancelAll() }
                return try await tasks.next() ?? .failure(.timeout)
            }
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
