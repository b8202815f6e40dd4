// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded

@testable import AuthHTTPServer

/// One connection without a socket, whose time stands still.
final class Wire {
    let channel = EmbeddedChannel()
    let set: ConnectionSet
    let connection: ConnectionHandler

    init(_ handler: some RequestHandler, _ configuration: ServerConfiguration = ServerConfiguration()) throws {
        set = ConnectionSet(eventLoop: channel.eventLoop)
        connection = ConnectionHandler(handler: handler, configuration: configuration, set: set)
        try channel.pipeline.syncOperations.addHandlers(
            RequestDecoding.handler(boundedBy: configuration), connection)
        channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 4711), promise: nil)
    }

    /// Sends text and returns what was answered since the last call.
    func send(_ text: String) throws -> String {
        _ = try? channel.writeInbound(ByteBuffer(string: text))
        channel.embeddedEventLoop.run()
        return try received()
    }

    func received() throws -> String {
        var text = ""
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return text
    }

    /// Lets time pass for the connection alone.
    func pass(_ time: TimeAmount) {
        set.sweep(at: .now() + time)
        channel.embeddedEventLoop.run()
    }

    var isOpen: Bool { channel.isActive }
}

extension AdmittedRequest {
    /// A request that is given up with its client at `/news`, and answered without its body at `/blind`.
    init(_ head: Request, respond: @escaping @Sendable (_ body: [UInt8]) async -> Reply) {
        self.init(
            cancelsOnDisconnect: head.target == "/news", ignoresBody: head.target == "/blind", respond: respond)
    }
}

/// Answers `/now` from memory, `/blind` without its body, and everything else with its method, target and body in a task.
struct EchoHandler: RequestHandler {
    static let block = HeaderBlock([("content-type", "text/plain")])

    func admit(_ head: Request) -> RequestDecision {
        guard head.target != "/now" else { return .answered(Reply(.ok, Self.block, body: Array("now".utf8))) }
        return .deferred(AdmittedRequest(head) { body in Self.echo(head, body) })
    }

    private static func echo(_ head: Request, _ body: [UInt8]) -> Reply {
        let method = head.method?.rawValue ?? "?"
        return Reply(.ok, block, body: Array("\(method) \(head.target) ".utf8) + body)
    }

    func refuse(_ failure: TransportFailure) -> Reply {
        Reply(Self.status(of: failure), Self.block, body: Array("\(failure)".utf8))
    }

    private static func status(of failure: TransportFailure) -> Status {
        switch failure {
        case .malformed: .badRequest
        case .headTooLarge: .headerFieldsTooLarge
        case .bodyTooLarge: .contentTooLarge
        case .timeout: .requestTimeout
        case .unsupportedExpectation: .expectationFailed
        case .unsupportedCoding: .notImplemented
        case .unsupportedVersion: .versionNotSupported
        case .tooManyConnections: .serviceUnavailable
        }
    }
}
