// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

extension AuditService {
    /// How often recorded events are sealed.
    static let interval = Duration.seconds(1)
    /// How many events are sealed at once.
    static let batchSize = 500
    /// After how many events a checkpoint is logged.
    static let checkpointLength: Int64 = 1_000
    /// After which time a checkpoint is logged if there are new events.
    static let checkpointInterval = Duration.seconds(3_600)
    /// How many times other processes may be faster before the next second is waited for.
    private static let maximumMoves = 20

    /// Whether the log is being sealed.
    public var health: AuditHealth { memory.health }

    /// Chains the events recorded since the last time, keeps the head that this leads to, and logs the checkpoints that are
    /// due.
    ///
    /// A running service does so every second by itself. Nothing is sealed while the log in the store does not continue the
    /// last head that this process has signed or followed, or that was kept outside the store; that is reported.
    ///
    /// - Returns: How many events were sealed.
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    @discardableResult
    public func seal() async throws(AuthError) -> Int {
        do throws(AuthError) {
            let count = try await sealRecorded()
            await keepHead()
            return count
        } catch {
            // What was followed before the failure may be all that is left of the log after a fail-over.
            await keepHead()
            throw error
        }
    }

    private func sealRecorded() async throws(AuthError) -> Int {
        var total = 0
        var moves = 0
        while moves < Self.maximumMoves {
            let state = try await state()
            guard let segment = try await follow(state), state.hasUnsealed, let head = memory.known?.head else { break }
            let entropy = core.random.bytes(count: Self.batchSize * AuditChain.saltByteCount)
            let sealing = try await core.inStore { store throws(StoreError) in
                try await store.sealAudit(after: head, limit: Self.batchSize) { events in
                    segment.chain.seals(for: events, after: head.link, entropy: entropy)
                }
            }
            switch sealing {
            case .moved:
                moves += 1
            case .sealed(let count, let next):
                moves = 0
                total += count
                adopt(next, in: segment)
                logCheckpointIfDue()
                if count < Self.batchSize { moves = Self.maximumMoves }
            }
        }
        return total
    }

    /// Writes the counted rejections of past minutes, and seals, repeatedly until the task is cancelled.
    func keepSealed() async {
        while (try? await Task.sleep(for: Self.interval)) != nil {
            await writeCountedRefusals(endedAt: core.clock.now)
            // A failure was reported, and is retried in the next second.
            _ = try? await seal()
        }
    }

    /// Reports the head of the chain if enough events or time have passed since the last checkpoint.
    func logCheckpointIfDue() {
        let now = core.clock.now
        let due: AuditCheckpoint? = memory.with { state in
            guard let known = state.known, known.head.link.sequence > 0, state.refusal == nil else { return nil }
            if let last = state.logged {
                let length = known.head.link.sequence &- last.head.link.sequence
                guard
                    length > 0 && (length >= Self.checkpointLength || now - last.at >= Self.checkpointInterval)
                        || known.head.segment != last.head.segment
                else { return nil }
            }
            state.logged = AuditCheckpoint(head: known.head, at: now, signature: known.signature)
            return state.logged
        }
        if let due { core.observe(.auditCheckpoint(due)) }
    }

    /// Takes over what other processes have sealed, if the log continues what this one knows.
    ///
    /// - Returns: The segment to continue; `nil` where nothing may be sealed, which was reported.
    private func follow(_ state: AuditState) async throws(AuthError) -> AuditVerification.Segment? {
        guard await loadHead() else { return nil }
        let known = memory.known
        switch try await judge(state, after: known?.head) {
        case .refused(let fault):
            let refusal = AuditRefusal(fault: fault, expected: known, found: state.head)
            if memory.refuse(refusal, at: core.clock.now) { core.observe(.auditSealingRefused(refusal)) }
            return nil
        case .continues(let log, let loss):
            if log.head != known?.head { adopt(log.head, in: log.current) }
            let wasRefused = memory.with { state in
                defer { state.refusal = nil }
                return state.refusal != nil
            }
            if wasRefused || loss != nil { core.observe(.auditSealingResumed(loss)) }
            return log.current
        }
    }

    private func adopt(_ head: AuditHead, in segment: AuditVerification.Segment) {
        let checkpoint = AuditCheckpoint(head: head, at: core.clock.now, signature: segment.chain.signature(of: head))
        memory.with { $0.known = checkpoint }
    }

    /// Reads the head that was kept, once.
    ///
    /// - Returns: Whether it is known, or known not to be there.
    private func loadHead() async -> Bool {
        guard !memory.with({ $0.isLoaded }) else { return true }
        do throws(AuditHeadKeepingError) {
            let kept = try await heads?.load()
            memory.with { state in
                state.isLoaded = true
                state.isHeadUnreadable = false
                state.known = state.known ?? kept
                state.kept = kept?.head
            }
            return true
        } catch {
            memory.with { state in
                state.isHeadUnreadable = true
                state.refusals += 1
            }
            core.observe(.auditHeadNotKept(error))
            return false
        }
    }

    private func keepHead() async {
        let (known, kept) = memory.with { ($0.known, $0.kept) }
        guard let heads, let known, known.head != kept else { return }
        do throws(AuditHeadKeepingError) {
            try await heads.keep(known)
            memory.with { $0.kept = known.head }
        } catch {
            core.observe(.auditHeadNotKept(error))
        }
    }
}
