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
    public var metrics: [ProcessMetric] {
        [
            ProcessMetric(
                "authd_connections", .gauge, "Connections that are served.", open.load(ordering: .relaxed)),
            ProcessMetric(
                "authd_connections_failed_total", .counter,
                "Connections that were accepted and could not be set up.", failed.load(ordering: .relaxed)),
            ProcessMetric(
                "authd_connections_refused_total", .counter,
                "Connections refused because there were as many as allowed in all.", refused.load(ordering: .relaxed)),
            ProcessMetric(
                "authd_connections_refused_by_source_total", .counter,
                "Connections refused because their source had as many as one may have.",
                refusedBySource.load(ordering: .relaxed)),
            ProcessMetric(
                "authd_connections_gave_way_total", .counter,
                "Waiting connections that were closed to make room for new ones.", gaveWay.load(ordering: .relaxed)),
            ProcessMetric(
                "authd_accept_pauses_total", .counter,
                "Pauses in accepting connections for want of descriptors or memory.", pauses.load(ordering: .relaxed)),
        ]
    }
}
