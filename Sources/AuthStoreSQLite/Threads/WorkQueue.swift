// SPDX-License-Identifier: Apache-2.0

/// What waits for a group of workers, and which of them sleep: decisions only, in the order of their coming.
struct WorkQueue<Item> {
    /// Names one item, for taking it back.
    typealias Ticket = UInt64

    /// What becomes of an item that is offered.
    enum Admission: Hashable {
        /// It waits; the worker named is to be woken.
        case accepted(wake: Int?)
        /// As many wait as may.
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

    private let capacity: Int
    private var items: [(ticket: Ticket, item: Item)] = []
    private var head = 0
    private var resting: [Int] = []
    private var closingDeadline: ContinuousClock.Instant?

    /// Makes an empty queue that holds at most `capacity` items.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many items wait.
    var count: Int { items.count - head }

    /// Whether no more is taken.
    var isClosed: Bool { closingDeadline != nil }

    /// Offers an item.
    mutating func add(_ item: Item, ticket: Ticket) -> Admission {
        guard closingDeadline == nil else { return .closed }
        guard count < capacity else { return .full }
        items.append((ticket, item))
        return .accepted(wake: resting.popLast())
    }

    /// Takes an item back; `nil` where a worker has it already.
    mutating func remove(_ ticket: Ticket) -> Item? {
        guard let index = items[head...].firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return items.remove(at: index).item
    }

    /// Says what a worker does at an instant, and remembers it where it sleeps.
    mutating func next(for worker: Int, at now: ContinuousClock.Instant) -> Step {
        resting.removeAll { $0 == worker }
        if let closingDeadline, count == 0 || now >= closingDeadline { return .stop }
        guard count == 0 else { return .work }
        resting.append(worker)
        return .rest
    }

    /// Hands out the items that waited longest.
    mutating func take(atMost limit: Int) -> [Item] {
        let taken = items[head...].prefix(limit).map(\.item)
        head += taken.count
        // What was handed out is let go when it is half of the array, which makes each removal cheap on average.
        if head * 2 >= items.count {
            items.removeFirst(head)
            head = 0
        }
        return taken
    }

    /// Takes no more; what waits is still worked on until the deadline.
    ///
    /// - Returns: The workers to wake.
    mutating func close(by deadline: ContinuousClock.Instant) -> [Int] {
        closingDeadline = min(closingDeadline ?? deadline, deadline)
        defer { resting = [] }
        return resting
    }
}
