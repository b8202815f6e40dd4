// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix

/// One request that a server sends to itself over its own listening socket before it is called ready.
///
/// A socket that listens proves little: every accepted connection may fail at its set-up.
enum ListenerProbe {
    /// Sends `GET path` and waits for an answer of status 200, for at most ten seconds.
    ///
    /// - Throws: `.unanswered` for anything else.
    static func check(
        _ listener: SocketAddress?, path: String, on group: any EventLoopGroup
    ) async throws(ServerStartError) {
        guard let listener, let target = reachable(listener) else {
            throw .unanswered(address: "?", reason: "the listening socket has no address")
        }
        let address = "\(target.ipAddress ?? "?") port \(target.port ?? 0)"
        do {
            let answer = try await ClientBootstrap(group: group)
                .connectTimeout(patience)
                .connect(to: target) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let answer = channel.eventLoop.makePromise(of: ByteBuffer.self)
                        try channel.pipeline.syncOperations.addHandler(ProbeHandler(path: path, answer: answer))
                        return answer.futureResult
                    }
                }
            let text = try await answer.get()
            guard text.readableBytesView.starts(with: ProbeHandler.expected) else {
                throw ServerStartError.unanswered(
                    address: address, reason: "the answer begins with \(String(buffer: text).debugDescription)")
            }
        } catch let error as ServerStartError {
            throw error
        } catch {
            throw .unanswered(address: address, reason: "\(error)")
        }
    }

    fileprivate static let patience = TimeAmount.seconds(5)

    /// The address itself; the loopback address where the socket listens on all of them.
    private static func reachable(_ listener: SocketAddress) -> SocketAddress? {
        switch listener.ipAddress {
        case "0.0.0.0": try? SocketAddress(ipAddress: "127.0.0.1", port: listener.port ?? 0)  // own text
        case "::": try? SocketAddress(ipAddress: "::1", port: listener.port ?? 0)  // own text
        default: listener
        }
    }
}

/// The client's end of a probe.
private final class ProbeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    static let expected = Array("HTTP/1.1 200 ".utf8)

    private let path: String
    private let answer: EventLoopPromise<ByteBuffer>
    private var received = ByteBuffer()
    private var isAnswered = false

    init(path: String, answer: EventLoopPromise<ByteBuffer>) {
        self.path = path
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        let request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: ListenerProbe.patience) { bound.value.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        if received.readableBytes >= Self.expected.count, !isAnswered {
            isAnswered = true
            answer.succeed(ByteBuffer(bytes: received.readableBytesView.prefix(64)))
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(ChannelError.inputClosed)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(ChannelError.inputClosed)
    }

    private func end(_ error: any Error) {
        guard !isAnswered else { return }
        isAnswered = true
        answer.fail(error)
    }
}

@available(*, unavailable)
extension ProbeHandler: Sendable {}
