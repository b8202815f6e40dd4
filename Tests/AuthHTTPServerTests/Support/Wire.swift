// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded

@testable import AuthHTTPServer

/// One connection without a socket, whose time stands still.
final class Wire<Handler: RequestHandler> {
    let channel = EmbeddedChannel()
    let set: ConnectionSet
    let connection: ConnectionHandler<Handler>

    init(_ handler: Handler, _ configuration: ServerConfiguration = ServerConfiguration()) throws {
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

/// What the handlers of these tests know of a request.
struct SampleAdmission: AdmittedRequest {
    let head: Request
    var cancelsOnDisconnect: Bool { head.target == "/news" }
    var ignoresBody: Bool { head.target == "/blind" }
}

/// Answers `/now` from memory, `/blind` without its body, and everything else with its method, target and body in a task.
struct EchoHandler: RequestHandler {
    static let block = HeaderBlock([("content-type", "text/plain")])

    func admit(_ head: Request) -> RequestDecision<SampleAdmission> {
        head.target == "/now"
            ? .answered(Reply(.ok, Self.block, body: Array("now".utf8))) : .deferred(SampleAdmission(head: head))
    }

    func respond(to body: [UInt8], under admission: SampleAdmission) async -> Reply {
        let method = admission.head.method?.rawValue ?? "?"
        return Reply(.ok, Self.block, body: Array("\(method) \(admission.head.target) ".utf8) + body)
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
