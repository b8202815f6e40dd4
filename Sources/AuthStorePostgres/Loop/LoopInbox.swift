// SPDX-License-Identifier: Apache-2.0

import AuthStore
import Synchronization

/// A message from another thread to the I/O thread.
enum LoopMessage: Sendable {
    /// Run this operation.
    case submit(OperationJob)
    /// The caller of a waiting operation was cancelled.
    case leave(UInt64)
    /// The hosts of a connection have addresses, or have none.
    case resolved(ConnectionID, Result<[ConnectTarget], ResolutionFailure>)
    /// There is a new subscriber to signals of the change feed.
    case subscribed
    /// Finish operations in flight, then end.
    case close
}

/// The messages to the I/O thread, which is woken only when it sleeps: a burst costs one wake-up.
final class LoopInbox: Sendable {
    private struct State {
        var messages: [LoopMessage] = []
        var isAsleep = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let poll: EventPoll

    init(waking poll: EventPoll) {
        self.poll = poll
    }

    /// Posts a message; false if it will not be read.
    func post(_ message: LoopMessage) -> Bool {
        let (isTaken, wakes) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.messages.append(message)
            defer { state.isAsleep = false }
            return (true, state.isAsleep)
        }
        if wakes { poll.wake() }
        return isTaken
    }

    /// Takes all messages, in order; until the thread falls asleep again, further ones need not wake it.
    func take() -> [LoopMessage] {
        state.withLock { state in
            state.isAsleep = false
            var messages: [LoopMessage] = []
            swap(&messages, &state.messages)
            return messages
        }
    }

    /// Declares that the thread is about to wait; false where there are messages to read first.
    func fallAsleep() -> Bool {
        state.withLock { state in
            guard state.messages.isEmpty else { return false }
            state.isAsleep = true
            return true
        }
    }

    /// Takes the last messages; later ones are not taken in.
    func close() -> [LoopMessage] {
        state.withLock { state in
            state.isClosed = true
            var messages: [LoopMessage] = []
            swap(&messages, &state.messages)
            return messages
        }
    }
}
