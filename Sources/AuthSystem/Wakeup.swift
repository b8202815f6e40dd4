// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Wakes one thread: a signal that comes before the wait is not lost, and many before one wait are one.
///
/// An `eventfd` and not a condition, because it is only a number, needs no lock of C beside ours, and can be waited for
/// together with other descriptors. A class, because it closes the descriptor once.
package final class Wakeup: Sendable {
    /// Readable once there was a signal, for a thread that waits for several descriptors.
    package let descriptor: CInt

    /// Makes one; `nil` where the process has no descriptor to spare.
    package init?() {
        descriptor = authd_eventfd_create()
        guard descriptor >= 0 else { return nil }
    }

    deinit {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    /// Wakes the thread that waits, or makes its next wait short; any thread may call it.
    package func signal() {
        authd_eventfd_signal(descriptor)
    }

    /// Takes back the signals that were given so far; ``wait(atMost:)`` does so itself.
    package func clear() {
        authd_eventfd_clear(descriptor)
    }

    /// Blocks the calling thread until there is a signal or the time is over, and may wake spuriously.
    ///
    /// - Parameter limit: Rounded up to milliseconds, and an hour at most; `nil` waits without end.
    package func wait(atMost limit: Duration? = nil) {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = limit.map { limit in
            let (seconds, attoseconds) = max(limit, .zero).components
            return CInt(clamping: min(seconds, 3_600) * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
        }
        guard Glibc.poll(&poll, 1, milliseconds ?? -1) > 0 else { return }
        clear()
    }
}
