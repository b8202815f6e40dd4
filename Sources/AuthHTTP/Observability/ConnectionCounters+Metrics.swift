// SPDX-License-Identifier: Apache-2.0

public import AuthHTTPServer

extension ConnectionCounters {
    /// The numbers now, as `/metrics` shows them.
    public var metrics: [ProcessMetric] {
        let counts = self.counts
        return [
            ProcessMetric(
                "authd_connections", .gauge, "Open connections.", counts.open),
            ProcessMetric(
                "authd_connections_failed_total", .counter,
                "Connections that were accepted and could not be set up.", counts.failed),
            ProcessMetric(
                "authd_connections_refused_total", .counter,
                "Connections rejected because the limit of all connections was reached.", counts.refused),
            ProcessMetric(
                "authd_connections_refused_by_source_total", .counter,
                "Connections rejected because the limit of their source was reached.",
                counts.refusedBySource),
            ProcessMetric(
                "authd_connections_gave_way_total", .counter,
                "Idle connections that were closed to make room for new ones.", counts.gaveWay),
            ProcessMetric(
                "authd_accept_pauses_total", .counter,
                "Pauses in accepting connections for lack of descriptors or memory.", counts.pauses),
        ]
    }
}
