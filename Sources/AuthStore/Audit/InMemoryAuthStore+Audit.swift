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
        after head: AuditHead, limit: Int, _ seal: @escaping @Sendable ([StoredAuditEvent]) -> [AuditSeal]
    ) async throws(StoreError) -> AuditSealing {
        try perform { state in
            guard state.auditHead == head else { return .moved }
            // Everything before is sealed: here, the order of cursors is the order of commits.
            let first = state.audit.firstIndex { $0.seal == nil } ?? state.audit.endIndex
            let events = Array(state.audit[first...].prefix(max(0, limit)))
            let seals = events.isEmpty ? [] : seal(events)
            for (offset, (stored, seal)) in zip(events, seals).enumerated() {
                state.audit[first + offset] = StoredAuditEvent(cursor: stored.cursor, event: stored.event, seal: seal)
            }
            if let last = seals.last { state.auditHead = AuditHead(segment: head.segment, link: last.link) }
            return .sealed(min(events.count, seals.count), state.auditHead)
        }
    }

    public func auditState() async throws(StoreError) -> AuditState {
        try perform { state in
            AuditState(
                head: state.auditHead, first: state.audit.first?.seal?.link.sequence,
                last: state.audit.last { $0.seal != nil }?.seal?.link,
                newestSegment: state.auditSegments.last?.segment.number ?? 0,
                cutThrough: state.auditCuts.last?.cut.through.link.sequence ?? 0,
                hasUnsealed: state.audit.last.map { $0.seal == nil } ?? false)
        }
    }

    public func unsealedAuditEventCount() async throws(StoreError) -> Int64 {
        try perform { state in Int64(state.audit.count { $0.seal == nil }) }
    }

    public func sealedAuditEntries(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditEntry] {
        try perform { state in
            let entries = state.audit.lazy.compactMap { stored in
                stored.seal.map { AuditEntry(sequence: $0.link.sequence, event: stored) }
            }
            return Array(entries.filter { $0.sequence > sequence }.prefix(max(0, limit)))
        }
    }

    public func auditSegments() async throws(StoreError) -> [StoredAuditSegment?] {
        try perform { $0.auditSegments }
    }

    public func openAuditSegment(
        _ segment: StoredAuditSegment, after head: AuditHead?, recording event: AuditEvent?
    ) async throws(StoreError) -> Bool {
        try perform { state in
            guard state.auditHead == head else { return false }
            state.auditSegments.append(segment)
            state.auditHead = segment.start
            if let event { state.append(event) }
            return true
        }
    }

    public func resealAuditSegment(_ number: Int64, from old: [UInt8], to new: [UInt8]) async throws(StoreError) -> Bool
    {
        try perform { state in
            let index = state.auditSegments.firstIndex { $0.segment.number == number && $0.sealedKey == old }
            guard let index else { return false }
            state.auditSegments[index].sealedKey = new
            return true
        }
    }

    public func auditCuts() async throws(StoreError) -> [SignedAuditCut?] {
        try perform { $0.auditCuts }
    }

    public func cutAudit(
        _ cut: SignedAuditCut, after previous: Int64, recording event: AuditEvent
    ) async throws(StoreError) -> Int? {
        try perform { state in
            guard (state.auditCuts.last?.cut.through.link.sequence ?? 0) == previous else { return nil }
            let before = state.audit.count
            let through = cut.cut.through.link.sequence
            state.audit.removeAll { $0.seal.map { $0.link.sequence <= through } ?? false }
            state.auditCuts.append(cut)
            let removed = before - state.audit.count
            state.append(event)
            return removed
        }
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
