// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What the interface shows about itself: the OpenAPI document, the list of routes, the problems and the metrics.
///
/// It is known only when the table is complete that holds the routes which show it.
final class SelfDescription: Sendable {
    // A class, because the routes are made before its content and must see it.
    struct Content {
        var openAPI: [UInt8] = []
        /// The middle of the documentation pages; empty where there are none.
        var routeList: [UInt8] = []
        var metrics: [RouteMetrics] = []
        var problems: [ProblemKind] = []
        var settlements: @Sendable () -> SettlementCounts = { SettlementCounts() }
        var processMetrics: @Sendable () -> [ProcessMetric] = { [] }
        var databasePool: @Sendable () -> DatabasePool? = { nil }
        var isShuttingDown = false
    }

    private let content = Mutex(Content())

    var current: Content { content.withLock { $0 } }

    /// Shows from now on that the process is about to stop.
    func announceShutdown() {
        content.withLock { $0.isShuttingDown = true }
    }

    func complete(_ content: Content) {
        self.content.withLock { $0 = content }
    }
}
