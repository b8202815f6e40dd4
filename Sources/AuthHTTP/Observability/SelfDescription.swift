// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What the interface shows about itself: the OpenAPI document, the list of routes, the problems and the metrics.
///
/// It is known only when the table is complete that holds the routes which show it.
final class SelfDescription: Sendable {
    // A class, because the routes are made before its content and must see it.
    struct Content {
        /// The documents that say what roles grant; given those of before, which are the same while the roles are.
        var documents: @Sendable (RoleDocuments?) -> RoleDocuments = { $0 ?? RoleDocuments() }
        var metrics: [RouteMetrics] = []
        var problems: [ProblemKind] = []
        var settlements: @Sendable () -> SettlementCounts = { SettlementCounts() }
        var processMetrics: @Sendable () -> [ProcessMetric] = { [] }
        var databasePool: @Sendable () -> DatabasePool? = { nil }
        var isShuttingDown = false
    }

    private let content = Mutex(Content())
    private let rendered = Mutex<RoleDocuments?>(nil)

    var current: Content { content.withLock { $0 } }

    /// The documents that say what roles grant, for the roles as they are now.
    ///
    /// They are rendered anew by the first request after roles have changed.
    var documents: RoleDocuments {
        let documents = current.documents(rendered.withLock { $0 })
        rendered.withLock { $0 = documents }
        return documents
    }

    /// Shows from now on that the process is about to stop.
    func announceShutdown() {
        content.withLock { $0.isShuttingDown = true }
    }

    func complete(_ content: Content) {
        self.content.withLock { $0 = content }
    }
}
