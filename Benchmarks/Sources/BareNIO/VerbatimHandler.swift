// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1

/// Answers with bytes that were encoded beforehand.
final class VerbatimHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let bytes: ByteBuffer

    init(_ bytes: ByteBuffer) {
        self.bytes = bytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }
}
