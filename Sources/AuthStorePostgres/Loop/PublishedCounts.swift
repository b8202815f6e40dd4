// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The pool's counts, as the I/O thread last published them for callers on other threads.
final class PublishedCounts: Sendable {
    private let counts = Mutex(PoolCounts())

    func publish(_ new: PoolCounts) {
        counts.withLock { $0 = new }
    }

    var current: PoolCounts { counts.withLock(\.self) }
}
