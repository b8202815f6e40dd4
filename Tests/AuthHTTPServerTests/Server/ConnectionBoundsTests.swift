// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import AuthHTTPServer

@Suite("Memory bounds of a connection") struct ConnectionBoundsTests {
    private static let request = "GET /page HTTP/1.1\r\nHost:a\r\n\r\n"

    @Test("a client that pipelines and does not read is answered up to a bound, and then not read from")
    func unreadReplies() throws {
        let handler = PageHandler()
        let wire = try Wire(handler)
        let socket = FullSocket(wire.channel)
        try wire.channel.pipeline.syncOperations.addHandler(socket, position: .first)
        var input = ByteBuffer(string: String(repeating: Self.request, count: 1_260))

        func readAsLongAsItAsks() throws {
            while input.readableBytes > 0 {
                let before = socket.reads
                wire.channel.read()
                guard socket.reads > before else { return }
                let length = min(ConnectionBounds.read, input.readableBytes)
                guard let slice = input.readSlice(length: length) else { return }
                try wire.channel.writeInbound(slice)
            }
        }
        try readAsLongAsItAsks()

        #expect(input.readableBytes > 0)
        #expect(socket.held <= ConnectionBounds.output + PageHandler.replyBytes)
        #expect(handler.count * PageHandler.bodyBytes <= ConnectionBounds.output + PageHandler.replyBytes)
        #expect(wire.isOpen)

        // What the peer takes makes room for the rest, in order and to the last one.
        for _ in 0..<1_260 where socket.held > 0 || input.readableBytes > 0 {
            socket.takeAll()
            try readAsLongAsItAsks()
        }
        #expect(handler.count == 1_260)
        #expect(socket.taken > 1_260 * PageHandler.bodyBytes)
    }

    @Test("a socket that takes a large piece at once gets each reply once")
    func largePieces() throws {
        let one = try Wire(PageHandler())
        let replyBytes = try one.send(Self.request).utf8.count
        let handler = PageHandler()
        let wire = try Wire(handler)
        let socket = FullSocket(wire.channel, takesAtOnce: true)
        try wire.channel.pipeline.syncOperations.addHandler(socket, position: .first)

        try wire.channel.writeInbound(ByteBuffer(string: String(repeating: Self.request, count: 1_260)))

        #expect(handler.count == 1_260)
        #expect(socket.taken + socket.held == 1_260 * replyBytes)
    }

    @Test("a client that pipelines is disconnected beyond a bound, and answered below it")
    func requestsAhead() throws {
        let many = try Wire(PageHandler())
        many.channel.isWritable = false
        for _ in 0..<100 {
            _ = try? many.channel.writeInbound(ByteBuffer(string: String(repeating: Self.request, count: 140)))
        }
        #expect(!many.isOpen)

        let handler = PageHandler()
        let few = try Wire(handler)
        few.channel.isWritable = false
        try few.channel.writeInbound(ByteBuffer(string: String(repeating: Self.request, count: 140)))
        few.channel.isWritable = true
        few.channel.pipeline.fireChannelWritabilityChanged()
        #expect(few.isOpen)
        #expect(handler.count == 140)
    }

    @Test("a client that does not read its answer is disconnected after the write timeout")
    func neverReads() throws {
        let wire = try Wire(PageHandler())
        let socket = FullSocket(wire.channel)
        try wire.channel.pipeline.syncOperations.addHandler(socket, position: .first)
        try wire.channel.writeInbound(ByteBuffer(string: String(repeating: Self.request, count: 140)))
        #expect(!wire.channel.isWritable)

        wire.pass(.seconds(29))
        #expect(wire.isOpen)
        wire.pass(.seconds(31))
        #expect(!wire.isOpen)
    }

    @Test("connections use no socket options that need a privilege, and small reads")
    func options() throws {
        let channel = EmbeddedChannel()

        try ConnectionOptions.apply(to: channel)

        let sockets = channel.options.compactMap { $0.option as? ChannelOptions.Types.SocketOption }
        #expect(sockets.map(\.optionLevel) == [.tcp])
        #expect(sockets.map(\.optionName) == [.tcp_nodelay])
        let allocators = channel.options.compactMap { $0.value as? AdaptiveRecvByteBufferAllocator }
        #expect(allocators.map(\.maximum) == [ConnectionBounds.read])
    }
}

/// Answers everything from memory with a page of a kibibyte.
private final class PageHandler: RequestHandler {
    static let bodyBytes = 1_024
    /// With status line and fields.
    static let replyBytes = 1_280

    private let answered = Atomic(0)
    var count: Int { answered.load(ordering: .relaxed) }

    func admit(_ head: Request) -> RequestDecision {
        answered.add(1, ordering: .relaxed)
        return .answered(Reply(.ok, EchoHandler.block, body: Array(repeating: 0x61, count: Self.bodyBytes)))
    }

    func refuse(_ failure: TransportFailure) -> Reply { EchoHandler().refuse(failure) }
}

/// The socket of a peer that takes nothing until it is told to: unwritable from SwiftNIO's high water mark on.
private final class FullSocket: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let channel: EmbeddedChannel
    private(set) var held = 0
    private(set) var taken = 0
    private(set) var reads = 0

    private let takesAtOnce: Bool

    init(_ channel: EmbeddedChannel, takesAtOnce: Bool = false) {
        self.channel = channel
        self.takesAtOnce = takesAtOnce
    }

    func read(context: ChannelHandlerContext) {
        reads += 1
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        held += unwrapOutboundIn(data).readableBytes
        promise?.succeed()
        if held >= 64 * 1024, channel.isWritable {
            channel.isWritable = false
            channel.pipeline.fireChannelWritabilityChanged()
        }
    }

    func flush(context: ChannelHandlerContext) {
        if takesAtOnce { takeAll() }
    }

    func takeAll() {
        taken += held
        held = 0
        guard !channel.isWritable else { return }
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
    }
}
