// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The audit log: written in the transaction of its cause, chained afterwards, read by the operator.
///
/// Events commit without a link to each other, so that no operation waits for another because of them. A sealer numbers
/// them and chains their digests in batches.
public protocol AuditStore: Sendable {
    /// Records events of no other operation: rejections that were decided outside the store.
    func record(_ events: [AuditEvent]) async throws(StoreError)

    /// A page of the log, newest event first.
    ///
    /// **D1.** Following the cursor of the last event as `before` visits every event that matches exactly once, sealed or
    /// not.
    func auditEvents(matching query: AuditQuery) async throws(StoreError) -> [StoredAuditEvent]

    /// Asks `seal` for the seals of at most `limit` events that have none, and writes them.
    ///
    /// **D2.** An event is sealed once. Of concurrent calls, each continues the chain where the previous one left it:
    /// numbers have no gaps and the chain no fork.
    /// **D3.** Within a call the order is that of the cursors. An event that commits behind one that is sealed already is
    /// sealed later, under a higher number, and never left out.
    ///
    /// `seal` is pure; it may be asked more than once. Given the head of the chain and the events, it gives the seals
    /// of the first of them, in their order.
    ///
    /// - Returns: How many were sealed.
    func sealAudit(
        limit: Int, _ seal: @escaping @Sendable (AuditLink, [StoredAuditEvent]) -> [AuditSeal]
    ) async throws(StoreError) -> Int

    /// The state of the chain.
    func auditSealState() async throws(StoreError) -> AuditSealState

    /// At most `limit` sealed places with a higher number than `sequence`, in order.
    ///
    /// **D4.** A place that cannot be read as an event is returned without one: it does not hide those around it.
    func sealedAuditEntries(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditEntry]

    /// Stores a checkpoint, unless there is one for its sequence.
    ///
    /// **D5.** Of concurrent calls for one sequence one stores its checkpoint. None is ever replaced.
    /// - Returns: Whether it was stored.
    func storeAuditCheckpoint(_ checkpoint: AuditCheckpoint) async throws(StoreError) -> Bool

    /// At most `limit` checkpoints with a higher sequence than `sequence`, in order.
    func auditCheckpoints(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditCheckpoint]

    /// Erases salt and payload (address, user agent, request) of the events that a user caused, and of those that
    /// concern the user and have no other known actor.
    ///
    /// **D6.** Everything else of the events stays, their seals too; it is audited as `.auditErased`. Sealing at the same
    /// time neither brings a payload back nor seals half of one.
    /// - Returns: How many events had something to erase.
    func eraseAuditPayload(of userID: UserID, context: OperationContext) async throws(StoreError) -> Int
}

extension AuditStore {
    /// At most `limit` events, newest first, beginning before `cursor` or at the end.
    public func auditEvents(before cursor: Int64?, limit: Int) async throws(StoreError) -> [StoredAuditEvent] {
        try await auditEvents(matching: AuditQuery(before: cursor, limit: limit))
    }
}

/// The state of the audit log's chain.
public struct AuditSealState: Hashable, Sendable {
    /// The last link.
    public let head: AuditLink
    /// The last checkpoint; `nil` before the first.
    public let checkpoint: AuditCheckpoint?
    /// How many events are not sealed yet.
    public let unsealedCount: Int64

    /// Describes the state.
    public init(head: AuditLink, checkpoint: AuditCheckpoint?, unsealedCount: Int64) {
        self.head = head
        self.checkpoint = checkpoint
        self.unsealedCount = unsealedCount
    }
}
