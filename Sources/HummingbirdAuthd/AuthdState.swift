// SPDX-License-Identifier: Apache-2.0

#if Hummingbird
    public import AuthCore
    internal import AuthService
    public import Hummingbird
    internal import NIOCore

    /// What authd's middleware keep in a request's context.
    public struct AuthdState: Sendable {
        /// The socket's other end, by which authd counts requests; `nil` where it has no IP address.
        public var peer: IPAddress?
        /// Set by ``AuthdMount``.
        var mounted: MountedAPI?
        /// Set by ``AuthdGuard``.
        var principal: Principal?

        /// The state of a request that came through a channel.
        public init(source: ApplicationRequestContextSource) {
            peer = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        }
    }
#endif
