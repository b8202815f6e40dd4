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
        /// - Throws: 500 on a router to which no ``AuthdMount`` was added before, and in a group whose context does not take
        ///   ``AuthdRequestContext/authd`` from the one outside; and what the route throws.
        @concurrent public func handle(
            _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
            guard let mounted = context.authd.mounted else {
                context.logger.error(
                    """
                    A route with Authd.require has no Authd.mount: add the mount to the router before the route, and let \
                    the context of a group with its own take `authd` from the context outside
                    """)
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
                // An error goes on to the middleware outside, which may log it or answer in its place, and becomes a response
                // there with the same fields: so that a page of another origin may read it, too.
                do {
                    var response = try await next(request, context)
                    response.headers.admit(fields)
                    return response
                } catch var error as HTTPError {
                    error.headers.admit(fields)
                    throw error
                } catch let error as any HTTPResponseError {
                    throw AdmittedError(error: error, fields: fields)
                }
            }
        }
    }

    extension HTTPFields {
        /// Adds the fields of an admitted request, each once, and keeps the response from caches if nothing is said of them.
        mutating func admit(_ fields: HTTPFields) {
            for field in fields {
                if field.name != .vary {
                    self[field.name] = field.value
                } else if !self[values: .vary].contains(field.value) {
                    append(field)
                }
            }
            // A shared cache may keep a response to a request with cookies, and give it to another user.
            if self[.cacheControl] == nil { self[.cacheControl] = "no-store" }
        }
    }
#endif
