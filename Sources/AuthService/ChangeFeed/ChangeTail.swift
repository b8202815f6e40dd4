// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Synchronization

/// The end of the change feed as this process has read it, and the followers that wait for more.
///
/// Waiting holds no thread, no connection and no timer: the task that follows the feed for the process wakes all
/// waiting followers when it reads entries, and a few times a second those whose deadline has passed.
final class ChangeTail: Sendable {
    /// How many may wait at once.
    static let maximumWaiters = 256
    /// How many entries are held.
    private static let capacity = 2_048

    /// Why a wait ended.
    enum Wake: Hashable, Sendable {
        /// There may be more entries, or the deadline has passed.
        case look
        /// The maximum number waits, and this one's holder has most of them.
        case full
    }

    private struct Waiter {
        let continuation: CheckedContinuation<Wake, Never>
        let deadline: BootInstant
        /// The follower that waits.
        let holder: String
    }

    private struct State {
        var ring = ChangeRing(capacity: ChangeTail.capacity, startingAt: .start)
        var version: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
        /// Waits that were cancelled before they began.
        var abandoned: Set<UInt64> = []
        var lastTicket: UInt64 = 0
        var isOpen = false

        mutating func removeAllWaiters() -> [Waiter] {
            defer { waiters = [:] }
            return Array(waiters.values)
        }

        /// Ends the oldest wait of the holder that has most of them, to make room for one of another; `nil` if no
        /// holder has at least two more than that one.
        mutating func removeWaiter(inFavorOf holder: String) -> Waiter? {
            var tickets: [String: [UInt64]] = [:]
            for (ticket, waiter) in waiters { tickets[waiter.holder, default: []].append(ticket) }
            let own = tickets[holder]?.count ?? 0
            guard let most = tickets.values.max(by: { $0.count < $1.count }), most.count > own + 1,
                let oldest = most.min()
            else { return nil }
            return waiters.removeValue(forKey: oldest)
        }
    }

    private let state = Mutex(State())

    /// Starts at a place: all earlier entries have been applied already.
    ///
    /// Wakes all waiting followers: the feed may no longer have the entries that they stand on.
    func begin(behind place: FeedPlace) {
        change { $0 = ChangeRing(capacity: Self.capacity, startingAt: place) }
    }

    /// Takes in entries that were read from the feed behind a place, and wakes all waiting followers if there are any.
    func append(_ changes: [StoreChange], behind place: FeedPlace) {
        let isKnown = state.withLock { $0.ring.end == place }
        guard !changes.isEmpty || !isKnown else { return }
        change { $0.append(changes, behind: place) }
    }

    private func change(_ body: (inout ChangeRing) -> Void) {
        let woken = state.withLock { state in
            body(&state.ring)
            state.version &+= 1
            return state.removeAllWaiters()
        }
        for waiter in woken { waiter.continuation.resume(returning: .look) }
    }

    /// At most `limit` entries behind a place; `nil` where only the store can say what follows it.
    func entries(after place: FeedPlace, limit: Int) -> [StoreChange]? {
        state.withLock { $0.ring.entries(after: place, limit: limit).map(Array.init) }
    }

    /// Rises with all that a follower must look at.
    var version: UInt64 { state.withLock { $0.version } }

    /// How many followers wait.
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// Whether a task wakes waiting followers.
    var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Lets waits begin: from now on the process calls ``release(at:all:)`` repeatedly.
    func open() {
        state.withLock { $0.isOpen = true }
    }

    /// Ends all waits, and admits no more.
    func close() {
        let woken = state.withLock { state in
            state.isOpen = false
            return state.removeAllWaiters()
        }
        for waiter in woken { waiter.continuation.resume(returning: .look) }
    }

    /// Ends the waits whose deadline has passed, or all of them.
    func release(at now: BootInstant, all: Bool) {
        let woken = state.withLock { state -> [Waiter] in
            if all { return state.removeAllWaiters() }
            let due = state.waiters.filter { $0.value.deadline <= now }
            for ticket in due.keys { state.waiters[ticket] = nil }
            return Array(due.values)
        }
        for waiter in woken { waiter.continuation.resume(returning: .look) }
    }

    /// Waits for something to look at, until a deadline at most; cancellation ends it at once, and so does what came since
    /// the caller read ``version``.
    ///
    /// If the maximum number waits, one of the holder with most waits ends as ``Wake/full``, so that a follower with
    /// too many waits takes no place from another.
    func wait(since version: UInt64, until deadline: BootInstant, for holder: String = "") async -> Wake {
        let ticket = state.withLock { state in
            state.lastTicket &+= 1
            return state.lastTicket
        }
        let wake = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (immediate, evicted) = state.withLock { state -> (Wake?, Waiter?) in
                    guard state.isOpen, state.version == version, !state.abandoned.contains(ticket) else {
                        return (.look, nil)
                    }
                    var evicted: Waiter?
                    if state.waiters.count >= Self.maximumWaiters {
                        evicted = state.removeWaiter(inFavorOf: holder)
                        guard evicted != nil else { return (.full, nil) }
                    }
                    state.waiters[ticket] = Waiter(continuation: continuation, deadline: deadline, holder: holder)
                    return (nil, evicted)
                }
                evicted?.continuation.resume(returning: .full)
                if let immediate { continuation.resume(returning: immediate) }
            }
        } onCancel: {
            // Cancellation may come before the wait has begun: the ticket then records it.
            let waiter = state.withLock { state -> Waiter? in
                if let waiter = state.waiters.removeValue(forKey: ticket) { return waiter }
                state.abandoned.insert(ticket)
                return nil
            }
            waiter?.continuation.resume(returning: .look)
        }
        state.withLock { _ = $0.abandoned.remove(ticket) }
        return wake
    }
}
