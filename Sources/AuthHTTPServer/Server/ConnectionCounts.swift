// SPDX-License-Identifier: Apache-2.0

/// The numbers of ``ConnectionCounters`` at one moment.
public struct ConnectionCounts: Hashable, Sendable {
    /// Connections that are served now.
    public let open: Int
    /// Accepted connections that could not be set up and were closed without an answer.
    public let failed: Int
    /// Connections that were refused because there were as many as allowed in all.
    public let refused: Int
    /// Connections that were refused because their source had as many as one may have.
    public let refusedBySource: Int
    /// Waiting connections that were closed to make room for others.
    public let gaveWay: Int
    /// How often accepting stopped for want of descriptors or memory.
    public let pauses: Int
}
