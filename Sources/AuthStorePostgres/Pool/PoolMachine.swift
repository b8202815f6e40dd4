// SPDX-License-Identifier: Apache-2.0

import AuthStore

/// Which connection serves which operation, and when connections open and close, as a pure machine.
///
/// Every event answers with the actions to perform, in order. Connections of the pool's size open as they are needed and
/// stay; those beyond it open only when an operation has waited for a while, because opening one costs the server more
/// than a short queue, and close when they are idle. While the database cannot be reached, one attempt at a time is
/// made, at growing intervals, and operations fail at once instead of waiting for their time to run out.
struct PoolMachine {
    typealias Instant = ContinuousClock.Instant
    typealias JobID = UInt64

    enum Action: Hashable {
        /// Open a connection and report `opened` or `closed`.
        case open(ConnectionID)
        /// Let the connection run the operation and report `released` or `closed`.
        case lease(ConnectionID, JobID)
        /// Close an idle connection; nothing need be reported.
        case close(ConnectionID)
        /// Tell the operation's caller that it got no connection.
        case refuse(JobID, StoreError)
    }

    /// How long an operation waits before a connection beyond the pool's size is opened for it.
    static let patience: Duration = .milliseconds(25)
    /// How long a connection beyond the pool's size stays idle.
    static let linger: Duration = .seconds(5)
    /// The pause after the first attempt to open that failed, doubled by each further one up to `longestPause`.
    static let shortestPause: Duration = .milliseconds(100)
    static let longestPause: Duration = .seconds(3)

    private enum Use {
        case opening
        case idle(since: Instant)
        case leased
    }

    private struct Slot {
        var use: Use
        var openedAt: Instant
    }

    private struct Outage {
        var reason: StoreError
        var pause: Duration
        var until: Instant
    }

    private let limits: PoolLimits
    private var slots: [ConnectionID: Slot] = [:]
    private var idle: [ConnectionID] = []
    private var openingCount = 0
    private var queue = WaitingQueue()
    private var nextConnection: UInt64 = 1
    private var outage: Outage?
    private var isClosing = false

    init(limits: PoolLimits) {
        self.limits = limits
    }

    var counts: PoolCounts {
        var counts = PoolCounts()
        counts.waiting = queue.count
        counts.idle = idle.count
        counts.opening = openingCount
        counts.inUse = slots.count - idle.count - openingCount
        return counts
    }

    /// Whether nothing is open, being opened, or waited for.
    var isEmpty: Bool { slots.isEmpty && queue.count == 0 }

    // MARK: Operations

    /// An operation wants a connection; with `isFirst`, one that lost its connection and has the next turn.
    mutating func arrived(_ job: JobID, at now: Instant, isFirst: Bool = false) -> [Action] {
        guard !isClosing else { return [.refuse(job, .unavailable("the database driver is closing"))] }
        if let outage, slots.isEmpty, now < outage.until { return [.refuse(job, outage.reason)] }
        guard queue.count < limits.queueLength else {
            return [.refuse(job, .unavailable("too many operations wait for a connection"))]
        }
        var actions: [Action] = []
        while queue.count == 0, let connection = idle.popLast(), let slot = slots[connection] {
            // The one that was used last comes first: the server's caches know it best.
            guard now - slot.openedAt < limits.recycle else {
                slots[connection] = nil
                actions.append(.close(connection))
                continue
            }
            slots[connection]?.use = .leased
            return actions + [.lease(connection, job)]
        }
        queue.append(job, arrivedAt: now, isFirst: isFirst)
        return actions + serve(now)
    }

    /// The caller of a waiting operation was cancelled.
    mutating func left(_ job: JobID) {
        queue.remove(job)
    }

    // MARK: Connections

    /// A connection is ready for its first operation.
    mutating func opened(_ connection: ConnectionID, at now: Instant) -> [Action] {
        guard slots[connection] != nil else { return [.close(connection)] }
        outage = nil
        openingCount -= 1
        slots[connection] = Slot(use: .leased, openedAt: now)
        return released(connection, at: now)
    }

    /// A connection has finished an operation and can be reused.
    mutating func released(_ connection: ConnectionID, at now: Instant) -> [Action] {
        guard var slot = slots[connection] else { return [] }
        if isClosing || now - slot.openedAt >= limits.recycle {
            slots[connection] = nil
            return [.close(connection)] + serve(now)
        }
        if let job = queue.popFirst() { return [.lease(connection, job)] }
        slot.use = .idle(since: now)
        slots[connection] = slot
        idle.append(connection)
        return []
    }

    /// A connection was lost while it was idle or leased.
    mutating func closed(_ connection: ConnectionID, at now: Instant) -> [Action] {
        forget(connection)
        return serve(now)
    }

    /// The server did not answer on a connection in time: those that are idle may lead nowhere as well, and each would
    /// cost an operation as long a wait to find out.
    mutating func wentSilent(_ connection: ConnectionID, at now: Instant) -> [Action] {
        let suspects = idle
        for suspect in suspects { forget(suspect) }
        return suspects.map { .close($0) } + closed(connection, at: now)
    }

    /// A connection could not be opened.
    mutating func openingFailed(_ connection: ConnectionID, _ reason: StoreError, at now: Instant) -> [Action] {
        forget(connection)
        let pause = min(outage.map { $0.pause * 2 } ?? Self.shortestPause, Self.longestPause)
        outage = Outage(reason: reason, pause: pause, until: now + pause)
        return refuseIfUnreachable()
    }

    /// The database was reached by other means, so that the next operation need not wait for the pause to end.
    mutating func databaseWasReached() {
        outage = nil
    }

    // MARK: Time

    /// When `passed` should be called next; `nil` where nothing depends on time.
    var deadline: Instant? {
        var deadline: Instant?
        func consider(_ instant: Instant) { deadline = min(deadline ?? instant, instant) }
        if let oldest = queue.firstArrival {
            consider(oldest + limits.timeout)
            if slots.count < limits.size + limits.overflow, openingCount == 0 {
                consider(outage?.until ?? oldest + Self.patience)
            }
        }
        if slots.count > limits.size, let longestIdle { consider(longestIdle.since + Self.linger) }
        return deadline
    }

    /// Time has passed.
    mutating func passed(_ now: Instant) -> [Action] {
        var actions: [Action] = []
        while let oldest = queue.firstArrival, now - oldest >= limits.timeout, let job = queue.popFirst() {
            actions.append(.refuse(job, .unavailable("no connection became free in time")))
        }
        while slots.count > limits.size, let longestIdle, now - longestIdle.since >= Self.linger {
            forget(longestIdle.connection)
            actions.append(.close(longestIdle.connection))
        }
        return actions + serve(now)
    }

    /// Refuses everything that has not begun and closes what is idle; what is leased closes when it is released.
    mutating func close() -> [Action] {
        isClosing = true
        var actions: [Action] = []
        while let job = queue.popFirst() {
            actions.append(.refuse(job, .unavailable("the database driver is closing")))
        }
        for (connection, slot) in slots {
            switch slot.use {
            case .leased: continue
            case .opening, .idle:
                forget(connection)
                actions.append(.close(connection))
            }
        }
        return actions
    }

    // MARK: Inside

    /// Connections become idle at the end of the list.
    private var longestIdle: (connection: ConnectionID, since: Instant)? {
        guard let connection = idle.first, case .idle(let since) = slots[connection]?.use else { return nil }
        return (connection, since)
    }

    /// Opens what the queue needs.
    private mutating func serve(_ now: Instant) -> [Action] {
        guard !isClosing, let oldest = queue.firstArrival else { return [] }
        if let outage {
            // One attempt at a time, until one succeeds.
            guard now >= outage.until, openingCount == 0, slots.count < limits.size + limits.overflow else {
                return refuseIfUnreachable()
            }
            return [open(now)]
        }
        var actions: [Action] = []
        while slots.count < limits.size, openingCount < queue.count { actions.append(open(now)) }
        if openingCount == 0, slots.count < limits.size + limits.overflow, now - oldest >= Self.patience {
            actions.append(open(now))
        }
        return actions
    }

    private mutating func open(_ now: Instant) -> Action {
        let connection = ConnectionID(number: nextConnection)
        nextConnection &+= 1
        slots[connection] = Slot(use: .opening, openedAt: now)
        openingCount += 1
        return .open(connection)
    }

    private mutating func refuseIfUnreachable() -> [Action] {
        guard let outage, slots.isEmpty else { return [] }
        var actions: [Action] = []
        while let job = queue.popFirst() { actions.append(.refuse(job, outage.reason)) }
        return actions
    }

    private mutating func forget(_ connection: ConnectionID) {
        guard let slot = slots.removeValue(forKey: connection) else { return }
        switch slot.use {
        case .opening: openingCount -= 1
        case .idle: idle.removeAll { $0 == connection }
        case .leased: break
        }
    }
}

/// Names a connection of this process; never used twice.
struct ConnectionID: Hashable, Sendable {
    var number: UInt64
}
