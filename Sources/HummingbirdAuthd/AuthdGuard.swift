// SPDX-License-Identifier: Apache-2.0

#if Hummingbird
    internal import AuthCore
    internal import AuthHTTP
    internal import HTTPTypes
    public import Hummingbird
    internal import Logging

    /// Guards the routes behind it; ``Authd/require(_:limit:)`` makes one.
    public struct AuthdGuard<Context: AuthdRequestContext>: RouterMiddleware {
        private let requirement: AccessRequirement
        private let limit: LimitClass

        init(requirement: AccessRequirement, limit: LimitClass) {
            self.requirement = requirement
            self.limit = limit
        }

        /// Lets the request of a caller who meets the requirement pass, and answers every other.
        ///
        /// - Throws: 500 on a router to which no ``AuthdMount`` was added before, and what the route throws.
        @concurrent public func handle(
            _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
            guard let mounted = context.authd.mounted else {
                context.logger.error("Authd.mount was not added to the router before a route with Authd.require")
                throw HTTPError(.internalServerError)
            }
            let decision = await mounted.api.authenticate(
                request.head, peer: context.authd.peer, requiring: requirement, limit: limit)
            switch decision {
            case .refused(let head, let body):
                return Response(head, body: body, isHead: request.method == .head)
            case .principal(let principal, let fields):
                var context = context
                context.authd.principal = principal
                var response: Response
                do {
                    response = try await next(request, context)
                } catch let error as any HTTPResponseError {
                    // So that a page of another origin may read the route's own errors, too.
                    response = try error.response(from: request, context: context)
                }
                response.headers.add(fields)
                // A shared cache may keep a response to a request with cookies, and give it to another user.
                if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
                return response
            }
        }
    }

    extension HTTPFields {
        /// Adds the fields of an admitted request, each once.
        fileprivate mutating func add(_ fields: HTTPFields) {
            for field in fields {
                if field.name != .vary {
                    self[field.name] = field.value
                } else if !self[values: .vary].contains(field.value) {
                    append(field)
                }
            }
        }
    }
#endif
