// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The audit log: written in the transaction of its cause, chained afterwards, read by the operator.
///
/// Events commit without a link to each other, so that no operation waits for another because of them. A sealer numbers
/// them and chains them in batches, with keys that the store has only sealed.
public protocol AuditStore: Sendable {
    /// Records events of no other operation: rejections that were decided outside the store.
    func record(_ events: [AuditEvent]) async throws(StoreError)

    /// A page of the log, newest event first.
    ///
    /// **D1.** Following the cursor of the last event as `before` visits every event that matches exactly once, sealed or
    /// not.
    func auditEvents(matching query: AuditQuery) async throws(StoreError) -> [StoredAuditEvent]

    /// Asks `seal` for the seals of at most `limit` events that have none, and writes them, if the chain still ends at
    /// `head`.
    ///
    /// **D2.** An event is sealed once. Of concurrent calls after one head, one continues the chain and the others are told
    /// that it has moved: numbers have no gaps and the chain no fork.
    /// **D3.** Within a call the order is that of the cursors. An event that commits behind one that is sealed already is
    /// sealed later, under a higher number, and never left out.
    ///
    /// `seal` is pure; it may be asked more than once. Given the events, it gives the seals of the first of them, in their
    /// order.
    func sealAudit(
        after head: AuditHead, limit: Int, _ seal: @escaping @Sendable ([StoredAuditEvent]) -> [AuditSeal]
    ) async throws(StoreError) -> AuditSealing

    /// How the log stands, read in one statement.
    func auditState() async throws(StoreError) -> AuditState

    /// How many events are not sealed yet.
    func unsealedAuditEventCount() async throws(StoreError) -> Int64

    /// At most `limit` sealed places with a higher number than `sequence`, in order.
    ///
    /// **D4.** A place that cannot be read as an event is returned without one: it does not hide those around it.
    func sealedAuditEntries(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditEntry]

    /// Every segment, in the order of their numbers; `nil` for a row that cannot be read as one.
    func auditSegments() async throws(StoreError) -> [StoredAuditSegment?]

    /// Opens a segment, if the stored head is still `head` (`nil`: if it is gone), and records `event` if there is one.
    ///
    /// **D5.** Of concurrent calls after one head one opens its segment. The head of the chain is the segment's start
    /// afterwards.
    /// - Returns: Whether it was opened.
    func openAuditSegment(
        _ segment: StoredAuditSegment, after head: AuditHead?, recording event: AuditEvent?
    ) async throws(StoreError) -> Bool

    /// Replaces the sealed key of a segment, if it is still `old`: the same key, under another root key.
    func resealAuditSegment(_ number: Int64, from old: [UInt8], to new: [UInt8]) async throws(StoreError) -> Bool

    /// Every record of a removal, in the order of their places; `nil` for a row that cannot be read as one.
    func auditCuts() async throws(StoreError) -> [SignedAuditCut?]

    /// Stores a record of a removal, deletes the sealed events up to its place and records `event`, if the newest record
    /// is still that of `previous` (0: if there is none).
    ///
    /// **D7.** All of it happens or nothing. Later events stay, and so do those that are not sealed.
    /// - Returns: How many events were deleted; `nil` where another removal came first.
    func cutAudit(
        _ cut: SignedAuditCut, after previous: Int64, recording event: AuditEvent
    ) async throws(StoreError) -> Int?

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
