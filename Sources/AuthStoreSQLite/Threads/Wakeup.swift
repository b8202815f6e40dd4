// SPDX-License-Identifier: Apache-2.0

import CLibSQLite
import Glibc

/// Wakes one thread: a ring that comes before the wait is not lost.
///
/// An `eventfd` and not a condition, because it is only a number and needs no lock of C beside ours. A class, because it
/// closes the descriptor once.
final class Wakeup: Sendable {
    private let descriptor: CInt

    /// Makes a bell; `nil` where the process has no descriptor to spare.
    init?() {
        descriptor = authd_eventfd_create()
        guard descriptor >= 0 else { return nil }
    }

    deinit {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    /// Wakes the thread that waits, or the next that will.
    func ring() {
        authd_eventfd_signal(descriptor)
    }

    /// Blocks the calling thread until the bell rang or the time is over; it may also return for nothing.
    func wait(atMost limit: Duration?) {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = limit.map { limit in
            let (seconds, attoseconds) = limit.components
            return CInt(clamping: min(max(seconds, 0), 3_600) * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
        }
        guard Glibc.poll(&poll, 1, milliseconds ?? -1) > 0 else { return }
        authd_eventfd_clear(descriptor)
    }
}
