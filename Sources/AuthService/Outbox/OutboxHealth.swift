// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore
import Synchronization

/// How delivery stands, for metrics.
public struct OutboxHealth: Hashable, Sendable {
    /// How many deliveries of this process came to something since its start.
    public struct Counts: Hashable, Sendable {
        /// Taken over by the next hop or the subscription.
        public internal(set) var delivered: UInt64 = 0
        /// Failed, to be tried again.
        public internal(set) var failed: UInt64 = 0
        /// Given up.
        public internal(set) var dead: UInt64 = 0
        /// Left out, because delivering it would have been wrong by then.
        public internal(set) var moot: UInt64 = 0

        /// Nothing was delivered.
        public init() {}
    }

    /// What was in the outbox when this process last looked, a few seconds ago where it is run.
    public internal(set) var depths: [OutboxDepth] = []
    private var counts: [OutboxLane: Counts] = [:]

    /// An empty outbox.
    public init() {}

    /// What the deliveries of a lane came to.
    public subscript(lane: OutboxLane) -> Counts { counts[lane] ?? Counts() }

    /// How many rows of a lane are in a state.
    public func count(_ lane: OutboxLane, _ state: OutboxRow.State) -> Int64 {
        depths.first { $0.lane == lane && $0.state == state }?.count ?? 0
    }

    /// For how long the oldest row of a lane has waited to be delivered; zero where none waits.
    public func oldestAge(_ lane: OutboxLane, at now: Timestamp) -> Duration {
        depths.first { $0.lane == lane && $0.state == .due }.map { max(.zero, now - $0.oldest) } ?? .zero
    }

    /// The mails and notices that wait.
    var waitingMails: Int { Int(clamping: count(.notice, .due) &+ count(.mail, .due)) }

    mutating func count(_ result: OutboxResult, _ settlement: OutboxSettlement?, in lane: OutboxLane) {
        switch (result, settlement) {
        case (.delivered, _): counts[lane, default: Counts()].delivered &+= 1
        case (.moot, _): counts[lane, default: Counts()].moot &+= 1
        case (.failed, .dead): counts[lane, default: Counts()].dead &+= 1
        case (.failed, _): counts[lane, default: Counts()].failed &+= 1
        }
    }
}

/// Keeps the health of the outbox, as this process knows it.
final class OutboxHealthKeeper: Sendable {
    private let state = Mutex(OutboxHealth())

    var health: OutboxHealth { state.withLock(\.self) }

    func count(_ result: OutboxResult, _ settlement: OutboxSettlement?, in lane: OutboxLane) {
        state.withLock { $0.count(result, settlement, in: lane) }
    }

    func learn(_ depths: [OutboxDepth]) {
        state.withLock { $0.depths = depths }
    }
}
