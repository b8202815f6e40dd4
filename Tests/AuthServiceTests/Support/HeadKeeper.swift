// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import Synchronization

/// Keeps the head of an audit log in memory, or fails to.
final class HeadKeeper: AuditHeadKeeping {
    private let state = Mutex<(kept: AuditCheckpoint?, error: AuditHeadKeepingError?)>((nil, nil))

    var kept: AuditCheckpoint? { state.withLock { $0.kept } }

    /// Lets every further operation fail; `nil` for none.
    func fail(with error: AuditHeadKeepingError?) {
        state.withLock { $0.error = error }
    }

    func load() async throws(AuditHeadKeepingError) -> AuditCheckpoint? {
        let (kept, error) = state.withLock { ($0.kept, $0.error) }
        if let error { throw error }
        return kept
    }

    func keep(_ checkpoint: AuditCheckpoint) async throws(AuditHeadKeepingError) {
        let error = state.withLock { state in
            if state.error == nil { state.kept = checkpoint }
            return state.error
        }
        if let error { throw error }
    }
}
