// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Synchronization

/// What this process knows of the audit log's chain, whatever the store says.
final class AuditMemory: Sendable {
    // A class because the memory must have one place.
    struct State: Sendable {
        /// Whether what was kept outside the store has been read.
        var isLoaded = false
        /// Whether that failed the last time.
        var isHeadUnreadable = false
        /// The last head that this process has signed or followed.
        var known: AuditCheckpoint?
        /// The head that is kept outside the store.
        var kept: AuditHead?
        /// The last checkpoint that was logged.
        var logged: AuditCheckpoint?
        /// Why the log is not sealed, and since when that was last reported.
        var refusal: AuditRefusal?
        var refusalReportedAt: Timestamp?
        var refusals = 0
        /// When old events were last removed.
        var cutAt: Timestamp?
    }

    private let state = Mutex(State())

    func with<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    var known: AuditCheckpoint? { with { $0.known } }

    var health: AuditHealth {
        with { AuditHealth(isSealing: $0.refusal == nil && !$0.isHeadUnreadable, refusals: $0.refusals) }
    }

    /// Notes a refusal.
    ///
    /// - Returns: Whether it is to be reported: it is another one than the last, or that was a minute ago.
    func refuse(_ refusal: AuditRefusal, at now: Timestamp) -> Bool {
        with { state in
            let isNew = state.refusal != refusal
            state.refusal = refusal
            state.refusals += 1
            guard isNew || state.refusalReportedAt.map({ now - $0 >= .seconds(60) }) ?? true else { return false }
            state.refusalReportedAt = now
            return true
        }
    }
}
