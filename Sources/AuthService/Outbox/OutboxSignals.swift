// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthSystem

/// Wakes the workers of this process once something has been written into the outbox.
final class OutboxSignals: Sendable {
    private let notices = Broadcast()
    private let mails = Broadcast()
    private let events = Broadcast()

    /// A stream that yields after each entry of a lane; see `Broadcast`.
    func subscribe(_ lane: OutboxLane) -> AsyncStream<Void> {
        broadcast(lane).subscribe()
    }

    /// Wakes the workers of a lane.
    func wake(_ lane: OutboxLane) {
        broadcast(lane).signal()
    }

    /// Wakes the workers of every lane.
    func wakeAll() {
        for lane in OutboxLane.allCases { wake(lane) }
    }

    /// Ends every stream.
    func finish() {
        for lane in OutboxLane.allCases { broadcast(lane).finish() }
    }

    private func broadcast(_ lane: OutboxLane) -> Broadcast {
        switch lane {
        case .notice: notices
        case .mail: mails
        case .event: events
        }
    }
}
