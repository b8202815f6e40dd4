// SPDX-License-Identifier: Apache-2.0

import AuthSystem
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
    private let wakeup: Wakeup

    /// Starts the thread; `nil` where the system has none to give.
    init?() {
        guard let wakeup = Wakeup() else { return nil }
        self.wakeup = wakeup
        do throws(SystemThread.StartError) {
            try SystemThread.detached("authd-pg-wait") { [self] in run() }
        } catch {
            return nil
        }
    }

    /// Has a call made; it is left out where the worker is closed.
    func perform(_ task: @escaping @Sendable () -> Void) {
        let isTaken = state.withLock { state in
            guard !state.isClosed else { return false }
            state.tasks.append(task)
            return true
        }
        if isTaken { wakeup.signal() }
    }

    /// Lets the thread end after the call that it is in.
    ///
    /// Does not wait for the thread: a resolver may take long.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.tasks = []
        }
        wakeup.signal()
    }

    private func run() {
        while true {
            wakeup.wait()
            let (tasks, isClosed) = state.withLock { state in
                defer { state.tasks = [] }
                return (state.tasks, state.isClosed)
            }
            for task in tasks { task() }
            if isClosed { return }
        }
    }
}
