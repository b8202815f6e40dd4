// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The pool's counts, as the I/O thread last left them for whoever asks.
final class PublishedCounts: Sendable {
    private let counts = Mutex(PoolCounts())

    func publish(_ new: PoolCounts) {
        counts.withLock { $0 = new }
    }

    var current: PoolCounts { counts.withLock(\.self) }
}
