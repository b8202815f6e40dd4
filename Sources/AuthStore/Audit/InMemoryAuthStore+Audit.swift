// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `AuditStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func record(_ events: [AuditEvent]) async throws(StoreError) {
        try perform { state in
            for event in events { state.append(event) }
        }
    }

    public func auditEvents(matching query: AuditQuery) async throws(StoreError) -> [StoredAuditEvent] {
        try perform { Array($0.audit.reversed().lazy.filter { query.matches($0) }.prefix(query.limit)) }
    }

    public func sealAudit(
        limit: Int, _ seal: @escaping @Sendable (AuditLink, [StoredAuditEvent]) -> [AuditSeal]
    ) async throws(StoreError) -> Int {
        try perform { state in
            // Everything before is sealed: here, the order of cursors is the order of commits.
            let events = Array(state.audit.dropFirst(Int(state.auditHead.sequence)).prefix(max(0, limit)))
            guard !events.isEmpty else { return 0 }
            let seals = seal(state.auditHead, events)
            for (stored, seal) in zip(events, seals) {
                state.audit[Int(stored.cursor) - 1] = StoredAuditEvent(
                    cursor: stored.cursor, event: stored.event, seal: seal)
            }
            if let last = seals.last { state.auditHead = last.link }
            return min(events.count, seals.count)
        }
    }

    public func auditSealState() async throws(StoreError) -> AuditSealState {
        try perform { state in
            AuditSealState(
                head: state.auditHead, checkpoint: state.auditCheckpoints.last,
                unsealedCount: Int64(state.audit.count) - state.auditHead.sequence)
        }
    }

    public func sealedAuditEntries(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditEntry] {
        try perform { state in
            let entries = state.audit.lazy.compactMap { stored in
                stored.seal.map { AuditEntry(sequence: $0.link.sequence, event: stored) }
            }
            return Array(entries.filter { $0.sequence > sequence }.prefix(max(0, limit)))
        }
    }

    public func storeAuditCheckpoint(_ checkpoint: AuditCheckpoint) async throws(StoreError) -> Bool {
        try perform { state in
            let sequence = checkpoint.link.sequence
            guard !state.auditCheckpoints.contains(where: { $0.link.sequence == sequence }) else { return false }
            state.auditCheckpoints.append(checkpoint)
            state.auditCheckpoints.sort { $0.link.sequence < $1.link.sequence }
            return true
        }
    }

    public func auditCheckpoints(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditCheckpoint] {
        try perform { Array($0.auditCheckpoints.lazy.filter { $0.link.sequence > sequence }.prefix(max(0, limit))) }
    }

    public func eraseAuditPayload(of userID: UserID, context: OperationContext) async throws(StoreError) -> Int {
        try perform { state in
            var count = 0
            for (index, stored) in state.audit.enumerated() where stored.event.isOf(userID) {
                guard let erased = stored.erased else { continue }
                state.audit[index] = erased
                count += 1
            }
            state.append(AuditEvent(.auditErased, target: userID, in: context))
            return count
        }
    }
}

extension AuditEvent {
    fileprivate func isOf(_ userID: UserID) -> Bool {
        actor == userID || actor == nil && target == userID
    }
}

extension StoredAuditEvent {
    /// The event without its payload; `nil` where there is none to erase.
    fileprivate var erased: StoredAuditEvent? {
        guard event.source != nil || event.userAgent != nil || event.requestID != nil else { return nil }
        let bare = AuditEvent(
            at: event.at, action: event.action, refusal: event.refusal, actor: event.actor, target: event.target,
            sessionID: event.sessionID, source: nil, userAgent: nil, requestID: nil, count: event.count)
        let seal = seal.map { AuditSeal(link: $0.link, payloadDigest: $0.payloadDigest, salt: nil) }
        return StoredAuditEvent(cursor: cursor, event: bare, seal: seal)
    }
}
