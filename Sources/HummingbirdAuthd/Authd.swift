// SPDX-License-Identifier: Apache-2.0

#if Hummingbird
    public import AuthCore
    public import AuthHTTP

    /// The middleware by which a Hummingbird service serves authd's routes and guards its own.
    ///
    /// ```swift
    /// let router = Router(context: BasicAuthdRequestContext.self)
    /// router.add(middleware: Authd.mount(api))
    /// router.group("notes").add(middleware: Authd.require(.permission("notes:write"))).post { _, context in
    ///     "A note of \(try context.principal.user.id)"
    /// }
    /// ```
    public enum Authd {
        /// Serves the routes of an API, and lets ``require(_:limit:)`` guard the routes that are added to the router after it.
        ///
        /// A route that the service declares with exactly the path and method of a request goes before authd's; its routes
        /// with parameters and wildcards do not. Everything that neither has is the service's own 404. authd's routes are also
        /// under `HTTPConfiguration.prefix`: to put a route in the place of one of them, declare both paths, or set the prefix
        /// to the empty text.
        ///
        /// A body for authd that has not arrived within `bodyTimeout` is refused with 408.
        public static func mount<Context: AuthdRequestContext>(
            _ api: AuthAPI, bodyTimeout: Duration = .seconds(30)
        ) -> AuthdMount<Context> {
            AuthdMount(MountedAPI(api), bodyTimeout: bodyTimeout)
        }

        /// Lets only callers pass who meet a requirement; ``AuthdRequestContext/principal`` is the caller in the routes
        /// behind it.
        ///
        /// Bearer tokens and cookies are accepted as authd's own routes accept them, and refusals are the same problem
        /// documents. `limit` counts the requests as authd's of that kind. A response that says nothing of caches gets
        /// `Cache-Control: no-store`.
        public static func require<Context: AuthdRequestContext>(
            _ requirement: AccessRequirement, limit: LimitClass = .none
        ) -> AuthdGuard<Context> {
            AuthdGuard(requirement: requirement, limit: limit)
        }

        /// Lets callers pass who meet one of several requirements.
        public static func require<Context: AuthdRequestContext>(
            anyOf first: AccessRequirement, _ others: AccessRequirement..., limit: LimitClass = .none
        ) -> AuthdGuard<Context> {
            AuthdGuard(requirement: .anyOf([first] + others), limit: limit)
        }
    }
#endif
