// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// The socket and channel options of an accepted connection; none of them needs a privilege.
enum ConnectionOptions {
    /// Sets them.
    ///
    /// To be called on the channel's event loop.
    /// - Throws: What the system refused; the connection is of no use then.
    static func apply(to channel: any Channel) throws {
        guard let options = channel.syncOptions else { throw ChannelError.operationUnsupported }
        // At level IPPROTO_TCP: the same number at level SOL_SOCKET is SO_DEBUG, which needs CAP_NET_ADMIN.
        try options.setOption(.tcpOption(.tcp_nodelay), value: 1)
        try options.setOption(.allowRemoteHalfClosure, value: true)
        // One read at a time, of bounded size, is all that a connection can hold while its request is in flight.
        try options.setOption(.maxMessagesPerRead, value: 1)
        try options.setOption(
            .recvAllocator,
            value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: ConnectionBounds.read))
    }
}
