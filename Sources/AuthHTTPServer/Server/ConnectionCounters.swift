// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What an HTTP server counts about its connections, whatever their requests are.
///
/// Made before the server, so that a route of its own handler can show the numbers.
public final class ConnectionCounters: Sendable {
    // A class, because server and handler share it.
    /// Accepted connections that could not be set up and were closed without an answer.
    let failed = Atomic(0)
    /// Connections beyond the number allowed in all.
    let refused = Atomic(0)
    /// Connections beyond the share of their source.
    let refusedBySource = Atomic(0)
    /// Waiting connections that were closed to make room for others.
    let gaveWay = Atomic(0)
    /// How often accepting stopped for want of descriptors or memory.
    let pauses = Atomic(0)
    /// Connections that are served now.
    let open = Atomic(0)

    /// Counters at 0.
    public init() {}

    /// The numbers now.
    public var counts: ConnectionCounts {
        ConnectionCounts(
            open: open.load(ordering: .relaxed), failed: failed.load(ordering: .relaxed),
            refused: refused.load(ordering: .relaxed), refusedBySource: refusedBySource.load(ordering: .relaxed),
            gaveWay: gaveWay.load(ordering: .relaxed), pauses: pauses.load(ordering: .relaxed))
    }
}
