// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

extension AuditService {
    /// How often recorded events are sealed.
    static let interval = Duration.seconds(1)
    /// How many events are sealed at once.
    static let batchSize = 500
    /// After how many events a checkpoint is signed.
    static let checkpointLength: Int64 = 1_000
    /// After which time a checkpoint is signed if there are new events.
    static let checkpointInterval = Duration.seconds(3_600)

    /// Chains the events recorded since the last time, and signs the checkpoints that are due.
    ///
    /// A running service does so every second by itself.
    ///
    /// - Returns: How many events were sealed.
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    @discardableResult
    public func seal() async throws(AuthError) -> Int {
        var total = 0
        while true {
            let entropy = core.random.bytes(count: Self.batchSize * AuditChain.saltByteCount)
            let sealed = try await core.inStore { store throws(StoreError) in
                try await store.sealAudit(limit: Self.batchSize) { [chain] head, events in
                    chain.seals(for: events, after: head, entropy: entropy)
                }
            }
            total += sealed
            if sealed > 0 { try await signCheckpointIfDue() }
            if sealed < Self.batchSize { return total }
        }
    }

    /// Writes the counted rejections of past minutes, and seals, repeatedly until the task is cancelled.
    func keepSealed() async {
        while (try? await Task.sleep(for: Self.interval)) != nil {
            await writeCountedRefusals(endedAt: core.clock.now)
            // A failure was reported, and is retried in the next second.
            _ = try? await seal()
        }
    }

    /// Signs the head of the chain if enough events or time have passed since the last checkpoint.
    func signCheckpointIfDue() async throws(AuthError) {
        let state = try await core.inStore { store throws(StoreError) in try await store.auditSealState() }
        let now = core.clock.now
        guard state.head.sequence > 0 else { return }
        if let last = state.checkpoint {
            let length = state.head.sequence.subtractingReportingOverflow(last.link.sequence).partialValue
            guard length > 0, length >= Self.checkpointLength || now - last.at >= Self.checkpointInterval else {
                return
            }
        }
        let checkpoint = checkpointKeys.checkpoint(of: state.head, at: now)
        let isStored = try await core.inStore { store throws(StoreError) in
            try await store.storeAuditCheckpoint(checkpoint)
        }
        if isStored { core.observe(.auditCheckpoint(checkpoint)) }
    }
}
