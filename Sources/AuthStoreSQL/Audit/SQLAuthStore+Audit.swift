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
        after head: AuditHead, limit: Int, _ seal: @escaping @Sendable ([StoredAuditEvent]) -> [AuditSeal]
    ) async throws(StoreError) -> AuditSealing {
        try await driver.perform(AuditSealOperations.seal(after: head, limit: limit, seal))
    }

    public func auditState() async throws(StoreError) -> AuditState {
        try await driver.perform(AuditSealOperations.state)
    }

    public func unsealedAuditEventCount() async throws(StoreError) -> Int64 {
        try await driver.perform(AuditSealOperations.unsealedCount)
    }

    public func sealedAuditEntries(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditEntry] {
        try await driver.perform(AuditSealOperations.entries(after: sequence, limit: limit))
    }

    public func auditSegments() async throws(StoreError) -> [StoredAuditSegment?] {
        try await driver.perform(AuditSegmentOperations.segments)
    }

    public func openAuditSegment(
        _ segment: StoredAuditSegment, after head: AuditHead?, recording event: AuditEvent?
    ) async throws(StoreError) -> Bool {
        try await driver.perform(AuditSegmentOperations.open(segment, after: head, recording: event))
    }

    public func resealAuditSegment(
        _ number: Int64, from old: [UInt8], to new: [UInt8]
    ) async throws(StoreError) -> Bool {
        try await driver.perform(AuditSegmentOperations.reseal(number, from: old, to: new))
    }

    public func auditCuts() async throws(StoreError) -> [SignedAuditCut?] {
        try await driver.perform(AuditCutOperations.cuts)
    }

    public func cutAudit(
        _ cut: SignedAuditCut, after previous: Int64, recording event: AuditEvent
    ) async throws(StoreError) -> Int? {
        try await driver.perform(AuditCutOperations.cut(cut, after: previous, recording: event))
    }

    public func eraseAuditPayload(of userID: UserID, context: OperationContext) async throws(StoreError) -> Int {
        try await driver.perform(AuditOperations.erasePayload(of: userID, context: context))
    }
}
