// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What an HTTP server counts about its connections, whatever their requests are.
///
/// Made before the server, so that a route of its own handler can show the numbers.
public final class ConnectionCounters: Sendable {
    // A class, because server and handler share it.
    /// Accepted connections that could not be set up and were closed without an answer.
    let failed = Atomic(0)

    /// Counters at 0.
    public init() {}

    /// The numbers now.
    public var metrics: [ProcessMetric] {
        [
            ProcessMetric(
                "authd_connections_failed_total", .counter,
                "Connections that were accepted and could not be set up.", failed.load(ordering: .relaxed))
        ]
    }
}
