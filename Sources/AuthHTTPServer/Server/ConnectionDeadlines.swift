// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// By when the next thing must have happened on a connection.
struct ConnectionDeadlines {
    /// What a connection may be waiting for.
    enum Awaited {
        case head
        case body
        case request
        case write
        case close
    }

    private let head: TimeAmount
    private let body: TimeAmount
    private let idle: TimeAmount
    private let write: TimeAmount

    private var deadline = NIODeadline.distantFuture
    /// By when a peer that does not read must have read something; of its own, so that no other step of the connection
    /// moves it.
    private var writable = NIODeadline.distantFuture

    init(_ configuration: ServerConfiguration) {
        head = TimeAmount(configuration.headTimeout)
        body = TimeAmount(configuration.bodyTimeout)
        idle = TimeAmount(configuration.idleTimeout)
        write = TimeAmount(configuration.writeTimeout)
    }

    /// This must happen in its time from now on, in place of what had to before.
    mutating func expect(_ awaited: Awaited, from now: NIODeadline) {
        deadline = now + duration(of: awaited)
    }

    /// Nothing must happen in time.
    mutating func expectNothing() {
        deadline = .distantFuture
    }

    /// The peer takes what is written again, or no more for the time being.
    mutating func writabilityChanged(to isWritable: Bool, at now: NIODeadline) {
        writable = isWritable ? .distantFuture : now + write
    }

    /// Whether the peer has read nothing for too long.
    func isWriteOverdue(at now: NIODeadline) -> Bool { now >= writable }

    /// Whether what was expected has not happened in time.
    func isOverdue(at now: NIODeadline) -> Bool { now >= deadline }

    private func duration(of awaited: Awaited) -> TimeAmount {
        switch awaited {
        case .head: head
        case .body: body
        case .request: idle
        case .write: write
        // What the client had under way when the last reply was sent.
        case .close: .seconds(2)
        }
    }
}
