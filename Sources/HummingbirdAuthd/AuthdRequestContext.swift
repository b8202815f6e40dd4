// SPDX-License-Identifier: Apache-2.0

#if Hummingbird
    public import AuthService
    internal import HTTPTypes
    public import Hummingbird

    /// A request context that knows the caller.
    ///
    /// ``BasicAuthdRequestContext`` is one without anything else. A context with more of its own keeps an ``AuthdState``:
    ///
    /// ```swift
    /// struct NotesContext: AuthdRequestContext {
    ///     var coreContext: CoreRequestContextStorage
    ///     var authd: AuthdState
    ///
    ///     init(source: ApplicationRequestContextSource) {
    ///         coreContext = CoreRequestContextStorage(source: source)
    ///         authd = AuthdState(source: source)
    ///     }
    /// }
    /// ```
    ///
    /// So does the context of a group that has its own (`router.group(context:)`), which takes the state from outside, or its
    /// guards answer 500:
    ///
    /// ```swift
    /// struct DraftContext: ChildRequestContext, AuthdRequestContext {
    ///     var coreContext: CoreRequestContextStorage
    ///     var authd: AuthdState
    ///
    ///     init(context: NotesContext) {
    ///         coreContext = context.coreContext
    ///         authd = context.authd
    ///     }
    /// }
    /// ```
    public protocol AuthdRequestContext: RequestContext {
        /// What authd's middleware keep for the routes behind them.
        var authd: AuthdState { get set }
    }

    extension AuthdRequestContext {
        /// The caller, in a route behind ``Authd/require(_:limit:)``.
        ///
        /// - Throws: 401 in a route that is not: a guard that was forgotten refuses.
        public var principal: Principal {
            get throws(HTTPError) {
                guard let principal = authd.principal else {
                    throw HTTPError(.unauthorized, headers: [.wwwAuthenticate: "Bearer"])
                }
                return principal
            }
        }
    }

    /// A request context that knows the caller and nothing else.
    public struct BasicAuthdRequestContext: AuthdRequestContext {
        /// What Hummingbird keeps.
        public var coreContext: CoreRequestContextStorage
        /// What authd's middleware keep.
        public var authd: AuthdState

        /// The context of a request that came through a channel.
        public init(source: ApplicationRequestContextSource) {
            coreContext = CoreRequestContextStorage(source: source)
            authd = AuthdState(source: source)
        }
    }
#endif
