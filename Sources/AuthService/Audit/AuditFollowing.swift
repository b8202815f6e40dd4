// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Whether the log in the store continues a head.
enum AuditJudgement: Sendable {
    /// It does; an accepted restore may have lost events before.
    case continues(AuditContinuation, AuditLoss?)
    /// It does not.
    case refused(AuditFault)
}

/// A log that continues a head, with what was opened to find that out.
struct AuditContinuation: Sendable {
    /// The end of the log.
    let head: AuditHead
    /// The segments up to the end.
    let segments: [AuditVerification.Segment]
    /// The segment that the log ends in, the last of them.
    let current: AuditVerification.Segment
    /// The place up to which events were removed; `nil` where none were.
    let cut: AuditHead?
}

/// Rows of the store that are authentic, or the first that is not.
enum AuditRecords<Record: Sendable>: Sendable {
    case authentic([Record])
    case forged(AuditFault)
}

extension AuditService {
    /// Judges the log in the store by the last head that is known.
    ///
    /// Every event that other processes sealed since is verified. Without a known head, as in a process that never kept
    /// one, the head in the store must be one that authd made, though it may be an old one.
    func judge(_ state: AuditState, after known: AuditHead?) async throws(AuthError) -> AuditJudgement {
        let last = state.last?.sequence ?? 0
        guard let head = state.head, last <= head.link.sequence, state.newestSegment <= head.segment else {
            return .refused(AuditFault(min(last, state.head?.link.sequence ?? last) &+ 1, .headAltered))
        }
        guard last == head.link.sequence else { return .refused(AuditFault(last &+ 1, .truncated)) }
        let segments: [AuditVerification.Segment]
        switch try await openedSegments(upTo: head.segment) {
        case .authentic(let opened): segments = opened
        case .forged(let fault): return .refused(fault)
        }
        guard let current = segments.last, current.segment.number == head.segment else {
            if head == .start, let known, head.precedes(known) { return .refused(AuditFault(1, .headBehind)) }
            return .refused(AuditFault(head.link.sequence, .segmentMissing))
        }
        var cut: AuditHead?
        switch try await authenticCuts(upTo: state.cutThrough, in: segments) {
        case .authentic(let cuts): cut = cuts.last?.through
        case .forged(let fault): return .refused(fault)
        }
        if let fault = Self.frontFault(state), !segments.contains(where: { $0.segment.accepts(fault, in: state) }) {
            return .refused(fault)
        }
        let log = AuditContinuation(head: head, segments: segments, current: current, cut: cut)
        guard let known else {
            if let fault = try await endFault(of: log) { return .refused(fault) }
            return .continues(log, nil)
        }
        func start(_ head: AuditHead) -> AuditHead {
            guard let cut, head.precedes(cut) else { return head }
            return cut
        }
        guard let fault = try await fault(from: start(known), to: head, in: segments) else {
            return .continues(log, nil)
        }
        let restore = segments.first { $0.segment.reason == .restoreAccepted && $0.segment.number > known.segment }
        guard let restore else { return .refused(fault) }
        if let fault = try await self.fault(from: start(restore.start), to: head, in: segments) {
            return .refused(fault)
        }
        return .continues(log, AuditLoss(segment: restore.segment, known: known))
    }

    /// Opens the keys of the segments up to a number.
    func openedSegments(upTo newest: Int64) async throws(AuthError) -> AuditRecords<AuditVerification.Segment> {
        var opened: [AuditVerification.Segment] = []
        for row in try await core.inStore({ store throws(StoreError) in try await store.auditSegments() }) {
            // One that was opened after the head was read.
            if let row, row.segment.number > newest { continue }
            guard let segment = row.flatMap(keys.open) else {
                let before = row?.segment.found.link.sequence ?? opened.last?.segment.found.link.sequence ?? 0
                return .forged(AuditFault(before &+ 1, .segmentForged))
            }
            opened.append(segment)
        }
        return .authentic(opened)
    }

    /// Checks the signatures of the removals up to a place.
    func authenticCuts(
        upTo newest: Int64, in segments: [AuditVerification.Segment]
    ) async throws(AuthError) -> AuditRecords<AuditCut> {
        guard newest > 0 else { return .authentic([]) }
        var cuts: [AuditCut] = []
        for row in try await core.inStore({ store throws(StoreError) in try await store.auditCuts() }) {
            if let row, row.cut.through.link.sequence > newest { continue }
            guard let row, let signer = segments.first(where: { $0.segment.number == row.cut.signedBy }),
                signer.chain.signature(of: row.cut) == row.signature
            else { return .forged(AuditFault(row?.cut.through.link.sequence ?? newest, .cutForged)) }
            cuts.append(row.cut)
        }
        guard cuts.last?.through.link.sequence == newest else { return .forged(AuditFault(newest, .cutForged)) }
        return .authentic(cuts)
    }

    /// Whether the log begins where the newest cut ends.
    static func frontFault(_ state: AuditState) -> AuditFault? {
        guard let first = state.first, first != state.cutThrough &+ 1 else { return nil }
        return first > state.cutThrough
            ? AuditFault(state.cutThrough &+ 1, .frontTruncated) : AuditFault(first, .outOfOrder)
    }

    /// The first fault between two heads, or why the one does not lead to the other.
    private func fault(
        from start: AuditHead, to head: AuditHead, in segments: [AuditVerification.Segment]
    ) async throws(AuthError) -> AuditFault? {
        guard start != head else { return nil }
        guard start.precedes(head) else {
            return head.precedes(start)
                ? AuditFault(head.link.sequence &+ 1, .headBehind)
                : AuditFault(head.link.sequence, .checkpointMismatch)
        }
        var verification = AuditVerification(segments, after: start, upTo: head, beginsAtFront: false)
        guard let fault = try await walk(&verification, to: head) else { return nil }
        // The log may have become another one before the first event that was looked at.
        let entries = try await entries(after: start.link.sequence &- 1, limit: 1)
        let link = entries.first?.event?.seal?.link
        let isStart = segments.contains { $0.start == start }
        guard isStart || link == nil || link?.sequence != start.link.sequence || link == start.link else {
            return AuditFault(start.link.sequence, .checkpointMismatch)
        }
        return fault
    }

    /// Takes every place up to a head, and the end.
    func walk(_ verification: inout AuditVerification, to head: AuditHead) async throws(AuthError) -> AuditFault? {
        while verification.head.link.sequence < head.link.sequence {
            let page = try await entries(after: verification.head.link.sequence, limit: Self.batchSize)
            for entry in page where entry.sequence <= head.link.sequence {
                if let fault = verification.take(entry) { return fault }
            }
            if page.count < Self.batchSize { break }
        }
        return verification.end(at: head)
    }

    /// Why a head was not made with the key of its segment, by its last link alone; `nil` where it was.
    private func endFault(of log: AuditContinuation) async throws(AuthError) -> AuditFault? {
        let (head, segment) = (log.head, log.current)
        if head == segment.start { return nil }
        let sequence = head.link.sequence
        let entries = try await entries(after: sequence &- 2, limit: 2)
        var previous: AuditLink?
        if segment.start.link.sequence == sequence &- 1 {
            previous = segment.start.link
        } else if let cut = log.cut, cut.link.sequence == sequence &- 1 {
            previous = cut.link
        } else {
            previous = entries.first { $0.sequence == sequence &- 1 }?.event?.seal?.link
        }
        guard let previous, let stored = entries.last?.event, let seal = stored.seal, seal.link == head.link,
            segment.chain.link(stored, payloadDigest: seal.payloadDigest, after: previous) == head.link
        else { return AuditFault(sequence, .altered) }
        return nil
    }

    func entries(after sequence: Int64, limit: Int) async throws(AuthError) -> [AuditEntry] {
        try await core.inStore { store throws(StoreError) in
            try await store.sealedAuditEntries(after: sequence, limit: limit)
        }
    }
}

extension AuditSegment {
    /// Whether the operator accepted, by opening this segment, that the log begins where it does.
    ///
    /// That lasts for the events before the segment; verifying the log still reports them.
    fileprivate func accepts(_ fault: AuditFault, in state: AuditState) -> Bool {
        fault.reason == .frontTruncated && reason == .restoreAccepted && state.first ?? .max <= found.link.sequence
    }
}
