// SPDX-License-Identifier: Apache-2.0

public import AuthHTTPServer

extension ConnectionCounters {
    /// The numbers now, as `/metrics` shows them.
    public var metrics: [ProcessMetric] {
        let counts = self.counts
        return [
            ProcessMetric(
                "authd_connections", .gauge, "Connections that are served.", counts.open),
            ProcessMetric(
                "authd_connections_failed_total", .counter,
                "Connections that were accepted and could not be set up.", counts.failed),
            ProcessMetric(
                "authd_connections_refused_total", .counter,
                "Connections refused because there were as many as allowed in all.", counts.refused),
            ProcessMetric(
                "authd_connections_refused_by_source_total", .counter,
                "Connections refused because their source had as many as one may have.",
                counts.refusedBySource),
            ProcessMetric(
                "authd_connections_gave_way_total", .counter,
                "Waiting connections that were closed to make room for new ones.", counts.gaveWay),
            ProcessMetric(
                "authd_accept_pauses_total", .counter,
                "Pauses in accepting connections for want of descriptors or memory.", counts.pauses),
        ]
    }
}
