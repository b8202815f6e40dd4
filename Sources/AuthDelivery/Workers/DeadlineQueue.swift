// SPDX-License-Identifier: Apache-2.0

import AuthSystem

/// A bounded first-in, first-out queue whose entries must be started by a deadline.
///
/// Pure: it neither waits nor runs anything. Since all entries are given the same patience, no entry's predecessor is
/// started later than its own deadline; a full queue therefore keeps no entry waiting longer than the patience plus
/// the length of one piece of work. Entries for a destination that has its share running are passed over until one of
/// those has finished.
struct DeadlineQueue<Work> {
    enum Admission: Equatable {
        case admitted
        case full
        case closed
        case cancelled
    }

    enum Next {
        case start(Work)
        /// It waited past its deadline and must be refused.
        case late(Work)
        /// A wake-up without work: its entry was called off.
        case nothing
        case closed
    }

    private struct Entry {
        let work: Work
        let ticket: WorkTicket
        let startBy: ContinuousClock.Instant
        let destination: String?
    }

    private var entries: BoundedQueue<Entry>
    private let share: WorkShare?
    /// How many pieces of work run for each destination that has any.
    private var running: [String: Int] = [:]
    private var isClosed = false

    init(capacity: Int, share: WorkShare? = nil) {
        entries = BoundedQueue(capacity: capacity)
        self.share = share
    }

    /// Appends work unless its ticket is cancelled already.
    ///
    /// Cancelling sets the ticket first and removes the entry second, so whichever of the two comes later sees it.
    mutating func admit(
        _ work: Work, for destination: String? = nil, ticket: WorkTicket, startBy: ContinuousClock.Instant
    ) -> Admission {
        if isClosed { return .closed }
        if ticket.isCancelled { return .cancelled }
        if let share, let destination {
            guard entries.elements.count(where: { $0.destination == destination }) < share.waiting else { return .full }
        }
        let entry = Entry(work: work, ticket: ticket, startBy: startBy, destination: destination)
        return entries.append(entry) ? .admitted : .full
    }

    /// Takes the next entry out; what is started for a destination counts until ``finished(for:)``.
    mutating func next(at now: ContinuousClock.Instant) -> Next {
        if isClosed { return .closed }
        let entry: Entry?
        if let share {
            let running = running
            entry = entries.removeFirst {
                $0.startBy <= now || $0.destination.map { running[$0, default: 0] < share.running } ?? true
            }
        } else {
            entry = entries.popFirst()
        }
        guard let entry else { return .nothing }
        guard now < entry.startBy else { return .late(entry.work) }
        if share != nil, let destination = entry.destination { running[destination, default: 0] += 1 }
        return .start(entry.work)
    }

    /// Takes note that work for a destination is done; `true` where an entry waits that may have been passed over for it.
    mutating func finished(for destination: String?) -> Bool {
        guard let destination, let count = running[destination] else { return false }
        running[destination] = count > 1 ? count - 1 : nil
        return !entries.isEmpty
    }

    /// Takes an entry out; `nil` if it is running, finished or was never admitted.
    mutating func remove(_ ticket: WorkTicket) -> Work? {
        entries.removeFirst { $0.ticket === ticket }?.work
    }

    /// Admits nothing from now on and hands back what was never started.
    mutating func close() -> [Work] {
        isClosed = true
        return entries.popFirst(atMost: .max).map(\.work)
    }
}
