// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `OutboxStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func enqueue(
        _ entry: OutboxEntry, recording event: AuditEvent?, context: OperationContext
    ) async throws(StoreError) -> Bool {
        try await driver.perform(OutboxOperations.enqueue(entry, recording: event, context: context))
    }

    public func claimOutbox(
        _ lane: OutboxLane, destination: String, limit: Int, lease: OutboxLease, context: OperationContext
    ) async throws(StoreError) -> [OutboxRow] {
        try await driver.perform(
            OutboxOperations.claim(lane, destination: destination, limit: limit, lease: lease, context: context))
    }

    public func settleOutbox(
        _ key: OutboxKey, lease: OutboxLease, _ result: OutboxResult, context: OperationContext
    ) async throws(StoreError) -> OutboxSettlement {
        try await driver.perform(OutboxOperations.settle(key, lease: lease, result, context: context))
    }

    public func outboxRows(matching query: OutboxQuery) async throws(StoreError) -> [OutboxRow] {
        try await driver.perform(OutboxOperations.list(query))
    }

    public func retryOutboxRow(_ key: OutboxKey, context: OperationContext) async throws(StoreError) -> Bool {
        try await driver.perform(OutboxOperations.retry(key, context: context))
    }

    public func dropOutboxRow(_ key: OutboxKey, context: OperationContext) async throws(StoreError) -> Bool {
        try await driver.perform(OutboxOperations.drop(key, context: context))
    }

    public func outboxDepths() async throws(StoreError) -> [OutboxDepth] {
        try await driver.perform(OutboxOperations.depths)
    }
}
