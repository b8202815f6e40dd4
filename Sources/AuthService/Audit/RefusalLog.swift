// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import Synchronization

/// The refusals of this process that wait to be written together.
final class RefusalLog: Sendable {
    // A class because the tally must have one place in memory.
    private let tally = Mutex(RefusalTally())

    /// Whether a refusal is to be written now; otherwise it has been counted.
    func note(_ event: AuditEvent, from context: OperationContext) -> Bool {
        tally.withLock { $0.note(event, from: context) }
    }

    /// Counts a refusal, to be written with the others.
    func count(_ event: AuditEvent, from context: OperationContext) {
        tally.withLock { $0.count(event, from: context) }
    }

    /// Takes what was counted in minutes that are over, or everything.
    func take(endedAt now: Timestamp?) -> [RefusalTally.Counted] {
        tally.withLock { $0.take(endedAt: now) }
    }

    /// Takes back what could not be written.
    func putBack(_ batch: [RefusalTally.Counted]) {
        tally.withLock { $0.putBack(batch) }
    }
}

extension AuditService {
    /// Writes the refusals that were counted in minutes that are over, or all of them.
    ///
    /// A failure was reported, and what could not be written stays counted.
    func writeCountedRefusals(endedAt now: Timestamp? = nil) async {
        let batch = core.refusals.take(endedAt: now)
        guard !batch.isEmpty else { return }
        do throws(AuthError) {
            try await core.inStore { store throws(StoreError) in try await store.record(batch.map(\.event)) }
        } catch {
            core.refusals.putBack(batch)
        }
    }
}
