// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

/// The result of verifying the audit log.
public struct AuditReport: Hashable, Sendable {
    /// The first fault; `nil` if there is none.
    public var fault: AuditFault?
    /// How many events were found correct.
    public var count: Int64 = 0
    /// How many of them have had their payload erased.
    public var erasedCount: Int64 = 0
    /// How many events were not sealed yet, and could not be checked.
    public var unsealedCount: Int64 = 0
    /// The chain up to the last event that was found correct.
    public var head = AuditHead.start
    /// The newest removal of events, which is a legitimate one.
    public var cut: AuditCut?
    /// The segments that were opened because an operator accepted a restore, oldest first.
    public var restores: [AuditSegment] = []
    /// The signed heads, of those that the log was compared with, that an accepted restore has lost.
    public var lost: [AuditHead] = []
    /// The last head that was kept outside the store, which the log was compared with.
    public var kept: AuditCheckpoint?
}

extension AuditService {
    /// A page of the audit log, newest event first.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func events(matching query: AuditQuery) async throws(AuthError) -> [StoredAuditEvent] {
        try await core.inStore { store throws(StoreError) in try await store.auditEvents(matching: query) }
    }

    /// Verifies the sealed part of the audit log up to its first fault, and compares it with the last head that this service
    /// has signed or followed, and with the one that was kept outside the store.
    ///
    /// It reads page by page and may run beside every other operation.
    ///
    /// - Parameters:
    ///   - first: The number of the first event to check; the one before it is trusted. 1 or less is the whole log.
    ///   - checkpoint: A checkpoint from elsewhere, such as the log, that the chain must agree with.
    /// - Returns: The first fault, if there is one, and the counts up to it. A fault is reported, not thrown.
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func verify(
        from first: Int64 = 1, against checkpoint: AuditCheckpoint? = nil
    ) async throws(AuthError) -> AuditReport {
        // Before the state of the log, so that it cannot be ahead of that.
        let kept = await keptHead().checkpoint
        var checkpoints: [AuditCheckpoint] = []
        for case let known? in [memory.known, kept, checkpoint]
        where !checkpoints.contains(where: { $0.head == known.head && $0.signature == known.signature }) {
            checkpoints.append(known)
        }
        while true {
            let state = try await state()
            let report = try await verify(state, from: first, against: checkpoints, kept)
            guard report.fault != nil else { return report }
            // Events that were removed meanwhile, with a record, were not removed by an attacker.
            let now = try await self.state()
            guard now.cutThrough > state.cutThrough else { return report }
        }
    }

    private func verify(
        _ state: AuditState, from first: Int64, against checkpoints: [AuditCheckpoint], _ kept: AuditCheckpoint?
    ) async throws(AuthError) -> AuditReport {
        var report = AuditReport()
        report.kept = kept
        report.unsealedCount = try await core.inStore { store throws(StoreError) in
            try await store.unsealedAuditEventCount()
        }
        let head = state.head ?? .start
        let opened: [AuditVerification.Segment]
        switch try await openedSegments(upTo: .max) {
        case .authentic(let authentic): opened = authentic
        case .forged(let fault): return report.with(fault)
        }
        let segments = opened.filter { $0.segment.number <= head.segment }
        report.restores = segments.map(\.segment).filter { $0.reason == .restoreAccepted }
        switch try await authenticCuts(upTo: state.cutThrough, in: opened) {
        case .authentic(let cuts): report.cut = cuts.last
        case .forged(let fault): return report.with(fault)
        }
        if let fault = Self.frontFault(state) { return report.with(fault) }
        for checkpoint in checkpoints {
            let segment = opened.first { $0.segment.number == checkpoint.head.segment }
            // Of a segment that is not there, nothing can be said but that the log never reached it.
            guard let segment, segment.chain.signature(of: checkpoint.head) != checkpoint.signature else { continue }
            return report.with(AuditFault(checkpoint.head.link.sequence, .checkpointForged))
        }
        var start = report.cut?.through ?? .start
        if first &- 1 > start.link.sequence {
            let entries = try await entries(after: first &- 2, limit: 1)
            guard let entry = entries.first, entry.sequence == first &- 1 else {
                return report.with(AuditFault(first &- 1, .missing))
            }
            guard let link = entry.event?.seal?.link else { return report.with(AuditFault(first &- 1, .altered)) }
            let segment = segments.last { $0.segment.found.link.sequence < link.sequence }
            start = AuditHead(segment: segment?.segment.number ?? 0, link: link)
        }
        var verification = AuditVerification(
            segments, after: start, upTo: head, beginsAtFront: first <= 1, expecting: checkpoints.map(\.head))
        var fault = try await walk(&verification, to: head)
        // The parts of the state are of one moment, so a sealed event beyond the head, or a segment, came with no head.
        let isBeyond = (state.last?.sequence ?? 0) > head.link.sequence || state.newestSegment > head.segment
        if isBeyond, fault == nil || fault?.reason == .headBehind {
            fault = AuditFault(head.link.sequence &+ 1, .headAltered)
        }
        report.count = verification.count
        report.erasedCount = verification.erasedCount
        report.head = verification.head
        report.lost = verification.lost
        return report.with(fault)
    }

    /// Erases addresses, user agents and requests from a user's part of the audit log; the user need not exist any more.
    ///
    /// - Returns: How many events had something to erase.
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func erasePayload(
        of id: UserID, by administrator: Administrator, from client: ClientContext
    ) async throws(AuthError) -> Int {
        let context = core.context(client, actor: administrator.id)
        return try await core.inStore { store throws(StoreError) in
            try await store.eraseAuditPayload(of: id, context: context)
        }
    }
}

extension AuditReport {
    fileprivate func with(_ fault: AuditFault?) -> AuditReport {
        var report = self
        report.fault = fault
        return report
    }
}
