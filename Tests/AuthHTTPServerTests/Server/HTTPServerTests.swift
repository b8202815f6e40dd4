// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AuthHTTPServer

@Suite("Server", .timeLimit(.minutes(10))) struct HTTPServerTests {
    @Test("answers over a socket from memory and in tasks, and drains when it is cancelled")
    func journey() async throws {
        let handler = HeldHandler()

        try await serving(handler) { port, stop in
            try await connected(to: port) { client in
                let fast = try await client.exchange("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(fast.hasSuffix("now"))
                let slow = try await client.exchange("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(slow.hasSuffix("released"))
            }
            try await connected(to: port) { client in
                try await client.write("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
                await handler.waitUntilHeld()
                try await connected(to: port) { idle in
                    _ = try await idle.exchange("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
                    stop()
                    // An idle connection that ends says that draining has begun.
                    let end = try await idle.read()
                    #expect(end == "")
                }
                handler.release()
                let answer = try await client.read()
                #expect(answer.hasSuffix("released"))
                #expect(answer.contains("connection: close"))
                let end = try await client.read()
                #expect(end == "")
            }
        }
    }

    @Test("pipelined requests after a held one wait for it")
    func pipelining() async throws {
        let handler = HeldHandler()

        try await serving(handler) { port, _ in
            try await connected(to: port) { client in
                try await client.write("GET /held HTTP/1.1\r\nHost: a\r\n\r\nGET /now HTTP/1.1\r\nHost: a\r\n\r\n")
                await handler.waitUntilHeld()
                handler.release()
                var answer = ""
                while !answer.hasSuffix("now") { answer += try await client.read() }
                #expect(answer.contains("released"))
            }
        }
    }

    @Test("a client that has closed its sending side still gets its answer")
    func halfClosed() async throws {
        let handler = HeldHandler()

        try await serving(handler) { port, _ in
            try await connected(to: port) { client in
                try await client.write("GET /held HTTP/1.1\r\nHost: a\r\n\r\n", closing: true)
                await handler.waitUntilHeld()
                handler.release()
                let answer = try await client.read()
                #expect(answer.hasSuffix("released"))
                let end = try await client.read()
                #expect(end == "")
            }
        }
    }

    @Test("one connection too many is answered 503")
    func tooManyConnections() async throws {
        var configuration = ServerConfiguration(port: 0)
        configuration.maximumConnections = 1

        try await serving(HeldHandler(), configuration) { port, _ in
            try await connectedBesideAnother(to: port) { second in
                let refusal = try await second.read()
                #expect(refusal.hasPrefix("HTTP/1.1 503 "))
                let end = try await second.read()
                #expect(end == "")
            }
        }
    }

    @Test("a source beyond its share of connections is answered 503, unless it is a proxy")
    func share() async throws {
        var configuration = ServerConfiguration(port: 0)
        configuration.maximumConnectionsPerSource = 1
        try await serving(HeldHandler(), configuration) { port, _ in
            try await connectedBesideAnother(to: port) { second in
                let refusal = try await second.read()
                #expect(refusal.hasPrefix("HTTP/1.1 503 "))
            }
        }
        configuration.peersWithoutShare = [try #require(IPNetwork("127.0.0.0/8"))]
        try await serving(HeldHandler(), configuration) { port, _ in
            try await connectedBesideAnother(to: port) { second in
                let answer = try await second.exchange("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer.hasSuffix("now"))
            }
        }
    }

    @Test("an address that is taken is an error, not a crash")
    func takenAddress() async throws {
        try await serving(HeldHandler()) { port, _ in
            let second = HTTPServer(
                HeldHandler(), configuration: ServerConfiguration(port: port), logger: Logger(label: "test"))
            await #expect(throws: ServerStartError.self) { try await second.run() }
        }
    }
}

extension HTTPServerTests {
    @Test("connections that cannot be set up are closed, counted, and told to the log once a minute")
    func failedSetUp() async throws {
        let counters = ConnectionCounters()
        let log = LogLines()
        let listening = AsyncStream.makeStream(of: Int.self)
        let server = HTTPServer(
            HeldHandler(), configuration: ServerConfiguration(port: 0),
            logger: Logger(label: "test") { _ in log.handler }, counters: counters,
            setUp: { _ in throw IOError(errnoCode: EACCES, reason: "setsockopt") },
            onListening: { listening.continuation.yield($0) })
        let running = Task { try await server.run() }
        var iterator = listening.stream.makeAsyncIterator()
        let port = try #require(await iterator.next())
        for _ in 0..<3 {
            try await connected(to: port) { client in
                let end = try? await client.exchange("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(end ?? "" == "")
            }
        }
        running.cancel()
        try await running.value

        #expect(counters.counts.failed == 3)
        let lines = log.all.filter { $0.hasPrefix("connections closed: their set-up failed") }
        #expect(lines.count == 1 && lines[0].contains("count=1") && lines[0].contains("setsockopt"), "\(lines)")
    }

    @Test("a server that does not answer its own request does not report that it listens, and ends")
    func failedSelfCheck() async throws {
        var configuration = ServerConfiguration(port: 0)
        configuration.selfCheckPath = "/now"
        let server = HTTPServer(
            HeldHandler(), configuration: configuration, logger: Logger(label: "test") { _ in LogLines().handler },
            counters: ConnectionCounters(), setUp: { _ in throw IOError(errnoCode: EACCES, reason: "setsockopt") },
            onListening: { _ in Issue.record("it is not ready") })

        await #expect(throws: ServerStartError.self) { try await server.run() }
    }

    @Test("a server that cannot have its address says why by the system's number, and in its words")
    func cannotListen() async throws {
        try await serving(HeldHandler(), ServerConfiguration(port: 0)) { port, _ in
            await #expect(
                throws: ServerStartError.cannotListen(code: EADDRINUSE, reason: "Address already in use")
            ) { try await Self.unheard(ServerConfiguration(port: port)).run() }
        }
        // RFC 5737: an address for documents, which no machine has.
        await #expect(
            throws: ServerStartError.cannotListen(code: EADDRNOTAVAIL, reason: "Cannot assign requested address")
        ) { try await Self.unheard(ServerConfiguration(host: "192.0.2.1", port: 0)).run() }
    }

    private static func unheard(_ configuration: ServerConfiguration) -> HTTPServer {
        HTTPServer(
            HeldHandler(), configuration: configuration, logger: Logger(label: "test") { _ in LogLines().handler },
            onListening: { _ in Issue.record("it is not ready") })
    }

    @Test(
        "a server that answers its own request goes on, whatever address it listens on",
        arguments: ["127.0.0.1", "0.0.0.0"])
    func passedSelfCheck(host: String) async throws {
        var configuration = ServerConfiguration(host: host, port: 0)
        configuration.selfCheckPath = "/now"

        try await serving(HeldHandler(), configuration) { port, _ in
            try await connected(to: port) { client in
                let answer = try await client.exchange("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer.hasSuffix("now"))
            }
        }
    }

    @Test("a waiting request is cancelled when its client is gone or sends nothing more")
    func abandoned() async throws {
        let handler = HeldHandler()

        try await serving(handler) { port, _ in
            try await connected(to: port) { client in
                try await client.write("GET /news HTTP/1.1\r\nHost: a\r\n\r\n", closing: true)
                let answer = try await client.read()
                #expect(answer.hasSuffix("released"))
            }
            try await connected(to: port) { client in
                let pair = "GET /x HTTP/1.1\r\nHost: a\r\n\r\nGET /news HTTP/1.1\r\nHost: a\r\n\r\n"
                try await client.write(pair, closing: true)
                var answers = ""
                while case let part = try await client.read(), part != "" { answers += part }
                #expect(answers.split(separator: "released", omittingEmptySubsequences: false).count == 3)
            }
            try await connected(to: port) { client in
                try await client.write("GET /news HTTP/1.1\r\nHost: a\r\n\r\n")
                await handler.waitUntilHeld()
            }
            await handler.waitUntilGivenUp(3)
        }
    }

    @Test("waiting requests are answered when the server begins to stop")
    func draining() async throws {
        let handler = HeldHandler()

        try await serving(handler, onDraining: { handler.release() }) { port, stop in
            try await connected(to: port) { client in
                try await client.write("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
                await handler.waitUntilHeld()
                stop()
                let answer = try await client.read()
                #expect(answer.hasSuffix("released"))
            }
        }
    }
}

/// Answers `/now` at once, `/held` only when told to, and `/news` also when it is cancelled.
private final class HeldHandler: RequestHandler {
    private let held = AsyncStream.makeStream(of: Void.self)
    private let released = AsyncStream.makeStream(of: Void.self)
    private let givenUp = AsyncStream.makeStream(of: Void.self)

    func waitUntilHeld() async {
        var iterator = held.stream.makeAsyncIterator()
        await iterator.next()
    }

    /// Waits until so many requests for news have been given up.
    func waitUntilGivenUp(_ count: Int) async {
        var iterator = givenUp.stream.makeAsyncIterator()
        for _ in 0..<count { await iterator.next() }
    }

    func release() { released.continuation.yield() }

    func admit(_ head: Request) -> RequestDecision {
        guard case .deferred = EchoHandler().admit(head) else { return EchoHandler().admit(head) }
        return .deferred(AdmittedRequest(head) { [self] _ in await respond(to: head) })
    }

    private func respond(to head: Request) async -> Reply {
        if head.target == "/held" {
            held.continuation.yield()
            var iterator = released.stream.makeAsyncIterator()
            await iterator.next()
        }
        if head.target == "/news" {
            held.continuation.yield()
            // A stream ends for a task that is cancelled.
            var iterator = AsyncStream<Void> { _ in }.makeAsyncIterator()
            await iterator.next()
            givenUp.continuation.yield()
        }
        return Reply(.ok, EchoHandler.block, body: Array("released".utf8))
    }

    func refuse(_ failure: TransportFailure) -> Reply { EchoHandler().refuse(failure) }
}

/// Runs a server on a free port for as long as `body` runs, and checks that it ends by itself afterwards.
private func serving(
    _ handler: HeldHandler, _ configuration: ServerConfiguration = ServerConfiguration(port: 0),
    onDraining: @escaping @Sendable () -> Void = {},
    _ body: (_ port: Int, _ stop: @escaping @Sendable () -> Void) async throws -> Void
) async throws {
    let listening = AsyncStream.makeStream(of: Int.self)
    var configuration = configuration
    // What is tested is that a drain waits, and not for how long a loaded machine makes it wait.
    configuration.drainTimeout = .seconds(240)
    let server = HTTPServer(
        handler, configuration: configuration, logger: Logger(label: "test"),
        onListening: { listening.continuation.yield($0) }, onDraining: onDraining)
    let running = Task { try await server.run() }
    var iterator = listening.stream.makeAsyncIterator()
    let port = try #require(await iterator.next())
    try await body(port) { running.cancel() }
    running.cancel()
    try await running.value
}

/// A client's end of one connection.
private struct Client {
    let channel: any Channel
    var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

    func write(_ text: String, closing: Bool = false) async throws {
        try await outbound.write(ByteBuffer(string: text))
        if closing { try await channel.close(mode: .output) }
    }

    /// What arrives next; empty when the server has closed.
    mutating func read() async throws -> String {
        guard let buffer = try await inbound.next(isolation: #isolation) else { return "" }
        return String(buffer: buffer)
    }

    mutating func exchange(_ text: String) async throws -> String {
        try await write(text)
        return try await read()
    }
}

/// Connects while another connection, which was answered, stays open.
private func connectedBesideAnother(to port: Int, _ body: (inout Client) async throws -> Void) async throws {
    try await connected(to: port) { first in
        _ = try await first.exchange("GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
        try await connected(to: port, body)
    }
}

private func connected(to port: Int, _ body: (inout Client) async throws -> Void) async throws {
    let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelOption(.allowRemoteHalfClosure, value: true)
        .connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            }
        }
    try await connection.executeThenClose { inbound, outbound in
        var client = Client(
            channel: connection.channel, inbound: inbound.makeAsyncIterator(), outbound: outbound)
        try await body(&client)
    }
}
