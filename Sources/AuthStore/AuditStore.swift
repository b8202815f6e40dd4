// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The audit log: written with what caused it, read by the operator.
public protocol AuditStore: Sendable {
    /// Records what no other operation records: refusals that were decided outside the store.
    func record(_ events: [AuditEvent]) async throws(StoreError)

    /// At most `limit` events, the last first, beginning before `cursor` or at the end.
    func auditEvents(before cursor: Int64?, limit: Int) async throws(StoreError) -> [StoredAuditEvent]
}

/// An audit event and its place in the log.
public struct StoredAuditEvent: Hashable, Sendable {
    /// Its place; later ones are higher.
    public let cursor: Int64
    /// What happened.
    public let event: AuditEvent

    /// Places an event.
    public init(cursor: Int64, event: AuditEvent) {
        self.cursor = cursor
        self.event = event
    }
}
