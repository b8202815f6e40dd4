// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import Synchronization

/// The rejections of this process that wait to be written together.
final class RefusalLog: Sendable {
    // A class because the tally must have one place in memory.
    private let tally = Mutex(RefusalTally())

    /// Whether a rejection is to be written now; otherwise it has been counted.
    func note(_ event: AuditEvent, from context: OperationContext) -> Bool {
        tally.withLock { $0.note(event, from: context) }
    }

    /// Counts a rejection, to be written with the others.
    func count(_ event: AuditEvent, from context: OperationContext) {
        tally.withLock { $0.count(event, from: context) }
    }

    /// Takes the rows of minutes that are over, or all of them.
    func take(endedAt now: Timestamp?) -> [RefusalTally.Counted] {
        tally.withLock { $0.take(endedAt: now) }
    }

    /// Takes back rows that could not be written.
    func putBack(_ batch: [RefusalTally.Counted]) {
        tally.withLock { $0.putBack(batch) }
    }
}

extension AuditService {
    /// Writes the rejections that were counted in minutes that are over, or all of them.
    ///
    /// A failure was reported, and rows that could not be written stay counted.
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
