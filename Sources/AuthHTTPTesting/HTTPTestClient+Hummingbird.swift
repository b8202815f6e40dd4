// SPDX-License-Identifier: Apache-2.0

#if Hummingbird
    internal import AuthCore
    internal import AuthHTTPServer
    internal import HTTPTypes
    public import Hummingbird
    public import HummingbirdAuthd
    internal import Logging
    internal import NIOCore
    internal import NIOEmbedded
    internal import Synchronization

    extension HTTPTestClient {
        /// A program that sends requests to the routes of a Hummingbird service, without a server.
        public convenience init<Context: AuthdRequestContext>(
            _ router: Router<Context>, url: String = "http://localhost", peer: String = "127.0.0.1"
        ) where Context.Source == ApplicationRequestContextSource {
            let responder = router.buildResponder()
            let peer = IPAddress(peer)
            var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            logger[metadataKey: "hb.request.id"] = "test"
            let quiet = logger
            self.init(url: url) { request, body in
                var context = Context(
                    source: ApplicationRequestContextSource(channel: NIOAsyncTestingChannel(), logger: quiet))
                context.authd.peer = peer
                do {
                    let response = try await responder.respond(
                        to: Request(head: request, body: RequestBody(buffer: ByteBuffer(bytes: body))), context: context
                    )
                    let collected = CollectedBody()
                    try await response.body.write(CollectingWriter(body: collected))
                    return (response.head, collected.octets)
                } catch {
                    // As Hummingbird's server does.
                    return (HTTPResponse(status: .internalServerError), [])
                }
            }
        }
    }

    /// What a response has written.
    private final class CollectedBody: Sendable {
        private let buffer = Mutex(ByteBuffer())

        var octets: [UInt8] { buffer.withLock { Array(buffer: $0) } }

        func append(_ part: ByteBuffer) {
            buffer.withLock { _ = $0.writeImmutableBuffer(part) }
        }
    }

    /// Writes a response's body into memory.
    private struct CollectingWriter: ResponseBodyWriter {
        let body: CollectedBody

        mutating func write(_ buffer: ByteBuffer) async throws {
            body.append(buffer)
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }
#endif
