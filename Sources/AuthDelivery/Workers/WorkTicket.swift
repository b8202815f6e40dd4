// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// One piece of work's identity, and the flag by which it is called off.
final class WorkTicket: Sendable {
    private let cancelled = Atomic(false)

    /// Whether the task that waits for this work was cancelled; running work asks between its steps.
    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    func cancel() { cancelled.store(true, ordering: .relaxed) }
}
