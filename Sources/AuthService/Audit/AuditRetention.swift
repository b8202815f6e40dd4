// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// What came of removing old events.
public enum AuditRemoval: Hashable, Sendable {
    /// So many events were removed, the last of them with this record; without a record there was nothing to remove.
    case removed(Int, AuditCut?)
    /// Events must be kept for longer: none after this instant may be removed.
    case tooRecent(Timestamp)
    /// The log is not as it was sealed, or does not continue the last signed head; nothing more was removed.
    case refused(AuditFault)
}

extension AuditService {
    /// How many events one record covers at most, and one transaction removes.
    static let removalSize = 5_000
    /// How often a running service removes events.
    static let removalInterval = Duration.seconds(86_400)

    /// Removes the sealed events from the front of the log that are older than `cutoff`.
    ///
    /// Only events that verify are removed: the signed record vouches for them afterwards. The newest sealed event always
    /// stays. An event stays, too, if one before it is younger than `cutoff`. `author` says who removes them, in words.
    ///
    /// - Returns: How many were removed, or why none were. A refusal is reported, not thrown.
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func cut(before cutoff: Timestamp, by author: String) async throws(AuthError) -> AuditRemoval {
        let newest = core.clock.now - core.settings.auditRetention.minimum
        guard cutoff <= newest else { return .tooRecent(newest) }
        var total = 0
        var record: AuditCut?
        while true {
            switch try await cutOnce(before: cutoff, by: author) {
            case .removed(let count, let cut):
                total += count
                record = cut ?? record
                if cut == nil || count < Self.removalSize { return .removed(total, record) }
            case .refused(let fault): return .refused(fault)
            case .tooRecent(let newest): return .tooRecent(newest)
            }
        }
    }

    /// Removes what the settings say, if they do, at most once a day.
    func cutExpired() async throws(AuthError) {
        let now = core.clock.now
        guard let period = core.settings.auditRetention.period,
            memory.with({ $0.cutAt.map { now - $0 >= Self.removalInterval } ?? true })
        else { return }
        // Sealing reports it, once a second.
        guard await unreadableHead() == nil else { return }
        switch try await cut(before: now - period, by: "authd") {
        case .removed, .tooRecent: break
        case .refused(let fault): core.observe(.auditCutRefused(fault))
        }
        memory.with { $0.cutAt = now }
    }

    private func cutOnce(before cutoff: Timestamp, by author: String) async throws(AuthError) -> AuditRemoval {
        // Before the state of the log, so that it cannot be ahead of that.
        var known = memory.known
        if known == nil { known = await keptHead().checkpoint }
        let log: AuditContinuation
        switch try await judge(state(), after: known?.head) {
        case .continues(let continuation, _): log = continuation
        case .refused(let fault): return .refused(fault)
        }
        let (head, signer, start) = (log.head, log.current, log.cut ?? .start)
        var verification = AuditVerification(log.segments, after: start, upTo: head)
        for entry in try await entries(after: start.link.sequence, limit: Self.removalSize) {
            guard entry.sequence < head.link.sequence, entry.event.map({ $0.event.at < cutoff }) ?? true else { break }
            if let fault = verification.take(entry) { return .refused(fault) }
        }
        guard verification.count > 0 else { return .removed(0, nil) }
        let context = core.context(ClientContext())
        let cut = AuditCut(
            through: verification.head, cutoff: cutoff, at: context.now, author: author,
            signedBy: signer.segment.number)
        let signed = SignedAuditCut(cut, signature: signer.chain.signature(of: cut))
        let removed = try await core.inStore { store throws(StoreError) in
            try await store.cutAudit(
                signed, after: start.link.sequence, recording: AuditEvent(.auditCut, in: context))
        }
        // Another process was faster.
        return .removed(removed ?? 0, removed == nil ? nil : cut)
    }
}
