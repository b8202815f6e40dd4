// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import NIOCore

/// Stops a listening socket from accepting for a while when the system is out of descriptors or memory.
///
/// The kernel keeps the connection that could not be accepted at the head of its queue and keeps reporting it: a server that
/// retried at once would do nothing else.
final class AcceptPacing: ChannelInboundHandler {
    typealias InboundIn = any Channel

    /// How long accepting pauses; long enough to cost nothing, short enough for a client not to notice.
    static let pause = TimeAmount.milliseconds(100)

    private let onExhausted: (IOError) -> Void
    private var isPaused = false

    /// `onExhausted` is called on the listener's event loop at the beginning of each pause.
    init(onExhausted: @escaping (IOError) -> Void) {
        self.onExhausted = onExhausted
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, Self.isExhaustion(error.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        guard !isPaused else { return }
        isPaused = true
        onExhausted(error)
        // Merely not asking for the next read would not do: the read that failed is still wanted, and is tried again.
        setAutoRead(false, context)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.pause) {
            let (handler, context) = bound.value
            handler.isPaused = false
            handler.setAutoRead(true, context)
        }
    }

    private func setAutoRead(_ isOn: Bool, _ context: ChannelHandlerContext) {
        // Refused only where the socket is closed, which accepts nothing either.
        try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }

    private static func isExhaustion(_ code: CInt) -> Bool {
        code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM
    }
}

@available(*, unavailable)
extension AcceptPacing: Sendable {}
