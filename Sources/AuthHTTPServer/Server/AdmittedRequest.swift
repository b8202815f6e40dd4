// SPDX-License-Identifier: Apache-2.0

/// A request that its handler has admitted: what the server must know of it until it is answered, and how it is answered.
///
/// A concrete type that keeps what the handler knows in a closure, so that the server is compiled once for all handlers, and
/// a request that is answered from memory pays for no look-up of generic types.
public struct AdmittedRequest: Sendable {
    /// Whether the task that answers is cancelled when the client is gone, or will send nothing more.
    ///
    /// True for what may wait long; what writes is better done to its end.
    public let cancelsOnDisconnect: Bool

    /// Whether the request is answered without its body, however long that is.
    public let ignoresBody: Bool

    /// Answers the request; called once at most.
    ///
    /// The argument is the whole body, bounded by the server, and empty where the request is answered without it.
    public let respond: @Sendable (_ body: [UInt8]) async -> Reply

    /// Describes a request; `respond` keeps what the handler found out about it, so that nothing is found out twice.
    public init(
        cancelsOnDisconnect: Bool = false, ignoresBody: Bool = false,
        respond: @escaping @Sendable (_ body: [UInt8]) async -> Reply
    ) {
        self.cancelsOnDisconnect = cancelsOnDisconnect
        self.ignoresBody = ignoresBody
        self.respond = respond
    }
}
