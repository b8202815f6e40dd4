// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts threads, so that a task can await the end of the last one.
final class Departures: Sendable {
    private struct State {
        var present = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Counts a thread that is about to start.
    func arrive() {
        state.withLock { $0.present += 1 }
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

    /// Returns when every thread has gone.
    func all() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.present > 0 { state.waiting.append(continuation) }
                return state.present == 0
            }
            if isEmpty { continuation.resume() }
        }
    }
}
