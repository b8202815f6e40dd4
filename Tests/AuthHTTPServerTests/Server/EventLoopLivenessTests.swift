// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Dispatch
import Glibc
import Logging
import Synchronization
import Testing

@testable import AuthHTTPServer

/// What a watchdog asks a server.
@Suite("Liveness of event loops", .timeLimit(.minutes(5)))
struct EventLoopLivenessTests {
    @Test("event loops answer while the server runs, and none hangs", arguments: [1, 2])
    func liveness(threads: Int) async throws {
        let handler = HangingHandler()
        let listening = AsyncStream.makeStream(of: Int.self)
        let answered = AsyncStream.makeStream(of: Bool.self)
        let server = HTTPServer(
            handler, configuration: ServerConfiguration(port: 0, eventLoopThreads: threads),
            logger: Logger(label: "test"), onListening: { listening.continuation.yield($0) })
        let ask: @Sendable () -> Void = {
            server.whenEventLoopsAnswer { answered.continuation.yield(handler.isHanging) }
        }
        // Nothing runs yet, so nothing answers: the first answer below is that to the second question.
        server.whenEventLoopsAnswer { answered.continuation.yield(true) }
        let running = Task { try await server.run() }
        var ports = listening.stream.makeAsyncIterator()
        let port = try #require(await ports.next())
        var answers = answered.stream.makeAsyncIterator()
        ask()
        let whileServing = await answers.next()
        #expect(whileServing == false)

        let client = try #require(LoopbackSocket.connected(to: UInt16(port)))
        defer { close(client) }
        let request = "GET /now HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(send(client, request, request.utf8.count, CInt(MSG_NOSIGNAL)) == request.utf8.count)
        await handler.waitUntilHanging()
        ask()
        handler.release()
        // Called any earlier, it would have met a loop that hangs.
        let afterHanging = await answers.next()
        #expect(afterHanging == false)

        running.cancel()
        try await running.value
        ask()
        answered.continuation.finish()
        let afterEnd = await answers.next()
        #expect(afterEnd == nil)
    }
}

/// Keeps the event loop of a request until it is released.
private final class HangingHandler: RequestHandler {
    private let hanging = AsyncStream.makeStream(of: Void.self)
    private let semaphore = DispatchSemaphore(value: 0)
    private let hangs = Atomic(false)

    var isHanging: Bool { hangs.load(ordering: .sequentiallyConsistent) }

    func waitUntilHanging() async {
        var iterator = hanging.stream.makeAsyncIterator()
        await iterator.next()
    }

    func release() {
        hangs.store(false, ordering: .sequentiallyConsistent)
        semaphore.signal()
    }

    func admit(_ head: Request) -> RequestDecision {
        hangs.store(true, ordering: .sequentiallyConsistent)
        hanging.continuation.yield()
        semaphore.wait()
        return EchoHandler().admit(head)
    }

    func refuse(_ failure: TransportFailure) -> Reply { EchoHandler().refuse(failure) }
}
