// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Wakes everybody who follows the feed of an ``InMemoryAuthStore``.
final class InMemorySignals: Sendable {
    private struct State {
        var followers: [Int: AsyncStream<Void>.Continuation] = [:]
        var next = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    /// A stream that ends with the store; signals that were not taken yet are one.
    func stream() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state -> Int? in
            guard !state.isFinished else { return nil }
            state.next += 1
            state.followers[state.next] = continuation
            return state.next
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.followers.removeValue(forKey: number) }
        }
        return stream
    }

    /// Tells everybody that the feed has grown.
    func ring() {
        for continuation in state.withLock({ Array($0.followers.values) }) { continuation.yield() }
    }

    /// Ends every stream.
    func finish() {
        let followers = state.withLock { state in
            state.isFinished = true
            return Array(state.followers.values)
        }
        for continuation in followers { continuation.finish() }
    }
}
