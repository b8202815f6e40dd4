// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `AuditStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func record(_ events: [AuditEvent]) async throws(StoreError) {
        guard !events.isEmpty else { return }
        try await driver.perform(AuditOperations.record(events))
    }

    public func auditEvents(matching query: AuditQuery) async throws(StoreError) -> [StoredAuditEvent] {
        try await driver.perform(AuditOperations.events(query))
    }

    public func sealAudit(
        limit: Int, _ seal: @escaping @Sendable (AuditLink, [StoredAuditEvent]) -> [AuditSeal]
    ) async throws(StoreError) -> Int {
        // Asked first without any lock: most of the time there is nothing.
        guard try await driver.perform(AuditSealOperations.hasUnsealed) else { return 0 }
        return try await driver.perform(AuditSealOperations.seal(limit: limit, seal))
    }

    public func auditSealState() async throws(StoreError) -> AuditSealState {
        try await driver.perform(AuditSealOperations.state)
    }

    public func sealedAuditEntries(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditEntry] {
        try await driver.perform(AuditSealOperations.entries(after: sequence, limit: limit))
    }

    public func storeAuditCheckpoint(_ checkpoint: AuditCheckpoint) async throws(StoreError) -> Bool {
        try await driver.perform(AuditSealOperations.store(checkpoint))
    }

    public func auditCheckpoints(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditCheckpoint] {
        try await driver.perform(AuditSealOperations.checkpoints(after: sequence, limit: limit))
    }

    public func eraseAuditPayload(of userID: UserID, context: OperationContext) async throws(StoreError) -> Int {
        try await driver.perform(AuditOperations.erasePayload(of: userID, context: context))
    }
}
