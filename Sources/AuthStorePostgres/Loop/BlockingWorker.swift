// SPDX-License-Identifier: Apache-2.0

import CLibPQ
import Glibc
import Synchronization

/// A thread for the two calls of connecting and cancelling that wait for others: the resolver and libpq's cancel request.
///
/// libpq would resolve names inside its connect calls, where a slow name server would stop every connection of the I/O
/// thread. One thread serves them in turn: what waits here has a deadline of its own elsewhere.
final class BlockingWorker: Sendable {
    private struct State {
        var tasks: [@Sendable () -> Void] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wakeup: Int32

    /// Starts the thread; `nil` where the system has none to give.
    init?() {
        wakeup = authd_eventfd_create()
        guard wakeup >= 0, let thread = OSThread("authd-pg-wait", { [self] in run() }) else { return nil }
        thread.detach()
    }

    deinit {
        if wakeup >= 0 { Glibc.close(wakeup) }
    }

    /// Has a call made; it is left out where the worker is closed.
    func perform(_ task: @escaping @Sendable () -> Void) {
        let isTaken = state.withLock { state in
            guard !state.isClosed else { return false }
            state.tasks.append(task)
            return true
        }
        if isTaken { authd_eventfd_signal(wakeup) }
    }

    /// Lets the thread end after the call that it is in.
    ///
    /// Nobody waits for it: a resolver may take its time.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.tasks = []
        }
        authd_eventfd_signal(wakeup)
    }

    private func run() {
        while true {
            var descriptor = pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0)
            Glibc.poll(&descriptor, 1, -1)
            authd_eventfd_clear(wakeup)
            let (tasks, isClosed) = state.withLock { state in
                defer { state.tasks = [] }
                return (state.tasks, state.isClosed)
            }
            for task in tasks { task() }
            if isClosed { return }
        }
    }
}
