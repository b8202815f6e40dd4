// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Wakes every task that subscribed: it says that something happened, and not what.
package final class Broadcast: Sendable {
    private struct State {
        var subscribers: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var lastNumber: UInt64 = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    /// Makes a broadcast without a subscriber.
    package init() {}

    /// Whether there is a subscriber.
    package var hasSubscribers: Bool { state.withLock { !$0.subscribers.isEmpty } }

    /// A stream that holds at most one signal that was not taken; it ends with ``finish()``, or when its task does.
    package func subscribe() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number: UInt64? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.lastNumber += 1
            state.subscribers[state.lastNumber] = continuation
            return state.lastNumber
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.subscribers.removeValue(forKey: number) }
        }
        return stream
    }

    /// Wakes every subscriber.
    package func signal() {
        for subscriber in state.withLock({ Array($0.subscribers.values) }) { subscriber.yield() }
    }

    /// Ends every stream, and at once those that are asked for later.
    package func finish() {
        let subscribers = state.withLock { state in
            state.isFinished = true
            defer { state.subscribers = [:] }
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.finish() }
    }
}
