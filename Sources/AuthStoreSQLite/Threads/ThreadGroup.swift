// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts threads, so that a task can await the end of the last one.
final class ThreadGroup: Sendable {
    private struct State {
        var present = 0
        var isOver = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// How many threads there are.
    var count: Int { state.withLock { $0.present } }

    /// Counts a thread that is about to start; `false` where it may not, because the end of all is awaited.
    func arrive() -> Bool {
        state.withLock { state in
            guard !state.isOver else { return false }
            state.present += 1
            return true
        }
    }

    /// Discounts a thread, as the last thing it does.
    func depart() {
        let released = state.withLock { state in
            state.present -= 1
            guard state.present == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in released { continuation.resume() }
    }

    /// Lets no thread start any more, and returns when every one has gone.
    func all() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                state.isOver = true
                if state.present > 0 { state.waiting.append(continuation) }
                return state.present == 0
            }
            if isEmpty { continuation.resume() }
        }
    }
}
