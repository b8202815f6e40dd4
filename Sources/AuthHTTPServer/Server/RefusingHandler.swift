// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Answers a connection with one reply as soon as it is there, and closes it.
///
/// With `lingers`, what the client sends meanwhile is thrown away for a second at most: closing a socket with unread input
/// resets the connection, and the client might lose the reply.
final class RefusingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let handler: any RequestHandler
    private let failure: TransportFailure
    private let lingers: Bool
    private let set: ConnectionSet
    private var context: ChannelHandlerContext?
    private var deadline = NIODeadline.distantFuture

    init(handler: any RequestHandler, failure: TransportFailure, lingers: Bool, set: ConnectionSet) {
        self.handler = handler
        self.failure = failure
        self.lingers = lingers
        self.set = set
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        deadline = .now() + .seconds(1)
        set.insert(self)
        var buffer = context.channel.allocator.buffer(capacity: 1024)
        ReplyWriter.write(
            handler.refuse(failure), into: &buffer, date: set.dateLine(), persistence: .close, omittingBody: false)
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(buffer)).whenComplete { result in
            switch result {
            case .success where connection.value.lingers:
                connection.value.context?.close(mode: .output, promise: nil)
            case .success, .failure:
                connection.value.abort()
            }
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { abort() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        abort()
    }

    func channelInactive(context: ChannelHandlerContext) {
        set.remove(self)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        set.remove(self)
        self.context = nil
    }
}

extension RefusingHandler: SweptConnection {
    var waitingSince: NIODeadline? { nil }

    func sweep(at now: NIODeadline) {
        if now >= deadline { abort() }
    }

    func drain() {
        abort()
    }

    func giveWay() {}

    func abort() {
        context?.close(promise: nil)
    }
}

@available(*, unavailable)
extension RefusingHandler: Sendable {}
