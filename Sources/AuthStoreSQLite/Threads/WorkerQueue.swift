// SPDX-License-Identifier: Apache-2.0

import AuthSystem

/// What waits for a group of workers, and which of them sleep: decisions only, in the order of their coming.
struct WorkerQueue<Item> {
    /// Names one item, for taking it back.
    typealias Ticket = UInt64

    /// What becomes of an item that is offered.
    enum Admission: Hashable {
        /// It waits; the worker named is to be woken.
        case accepted(wake: Int?)
        /// The queue is full.
        case full
        /// No more is taken.
        case closed
    }

    /// What a worker does next.
    enum Step: Hashable {
        /// Take some.
        case work
        /// Sleep until woken.
        case rest
        /// End, after refusing what `takeAll` gives.
        case stop
    }

    private var items: BoundedQueue<(ticket: Ticket, item: Item)>
    private var idle: [Int] = []
    private var closingDeadline: ContinuousClock.Instant?

    /// Makes an empty queue that holds at most `capacity` items.
    init(capacity: Int) {
        items = BoundedQueue(capacity: capacity)
    }

    /// How many items wait.
    var count: Int { items.count }

    /// How many workers sleep.
    var idleCount: Int { idle.count }

    /// Whether no more is taken.
    var isClosed: Bool { closingDeadline != nil }

    /// Offers an item.
    mutating func add(_ item: Item, ticket: Ticket) -> Admission {
        guard closingDeadline == nil else { return .closed }
        guard items.append((ticket, item)) else { return .full }
        return .accepted(wake: idle.popLast())
    }

    /// Takes an item back; `nil` where a worker has it already.
    mutating func remove(_ ticket: Ticket) -> Item? {
        items.removeFirst { $0.ticket == ticket }?.item
    }

    /// Says what a worker does at an instant, and remembers it where it sleeps.
    mutating func next(for worker: Int, at now: ContinuousClock.Instant) -> Step {
        idle.removeAll { $0 == worker }
        if let closingDeadline, count == 0 || now >= closingDeadline { return .stop }
        guard count == 0 else { return .work }
        idle.append(worker)
        return .rest
    }

    /// Hands out the items that waited longest.
    mutating func take(atMost limit: Int) -> [Item] {
        items.popFirst(atMost: limit).map(\.item)
    }

    /// Takes no more; what waits is still worked on until the deadline.
    ///
    /// - Returns: The workers to wake.
    mutating func close(by deadline: ContinuousClock.Instant) -> [Int] {
        closingDeadline = min(closingDeadline ?? deadline, deadline)
        defer { idle = [] }
        return idle
    }
}
