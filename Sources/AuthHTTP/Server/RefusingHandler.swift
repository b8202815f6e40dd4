// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Answers a connection with one reply as soon as it says something, and closes it.
final class RefusingHandler<Handler: RequestHandler>: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let handler: Handler
    private let failure: TransportFailure
    private let set: ConnectionSet

    init(handler: Handler, failure: TransportFailure, set: ConnectionSet) {
        self.handler = handler
        self.failure = failure
        self.set = set
    }

    func channelActive(context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 1024)
        ReplyWriter.write(
            handler.refuse(failure), into: &buffer, date: set.dateLine(), persistence: .close, omittingBody: false)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(buffer)).whenComplete { _ in bound.value.close(promise: nil) }
    }
}

@available(*, unavailable)
extension RefusingHandler: Sendable {}
