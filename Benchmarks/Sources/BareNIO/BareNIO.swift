// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers every request with the same bytes: what SwiftNIO costs with nothing behind it.
///
/// Usage: `BareNIO PORT THREADS encoded|verbatim FILE`. The file holds a whole reply, head and body. `encoded` sends it
/// through NIO's own pipeline and response encoder, as a handler does that is written by the book; `verbatim` writes the
/// bytes as they are behind the request decoder alone.
@main
struct BareNIO {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let port = Int(arguments[1]), let threads = Int(arguments[2]) else {
            throw UsageError()
        }
        let reply = try RecordedReply(file: arguments[4])
        let isVerbatim = arguments[3] == "verbatim"
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if isVerbatim {
                        try pipeline.addHandlers(
                            ByteToMessageHandler(HTTPRequestDecoder()), VerbatimHandler(reply.bytes))
                    } else {
                        try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                        try pipeline.addHandler(EncodingHandler(reply))
                    }
                }
            }
            .bind(host: "127.0.0.1", port: port)
            .get()
        try await server.closeFuture.get()
    }
}

struct UsageError: Error {}
