// SPDX-License-Identifier: Apache-2.0

import AuthSystem

/// A bounded first-in, first-out queue whose entries must be started by a deadline.
///
/// Pure: it neither waits nor runs anything. Since all entries are given the same patience, no entry's predecessor is
/// started later than its own deadline; a full queue therefore keeps no entry waiting longer than the patience plus
/// the length of one piece of work.
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
    }

    private var entries: BoundedQueue<Entry>
    private var isClosed = false

    init(capacity: Int) {
        entries = BoundedQueue(capacity: capacity)
    }

    /// Appends work unless its ticket is cancelled already.
    ///
    /// Cancelling sets the ticket first and removes the entry second, so whichever of the two comes later sees it.
    mutating func admit(_ work: Work, ticket: WorkTicket, startBy: ContinuousClock.Instant) -> Admission {
        if isClosed { return .closed }
        if ticket.isCancelled { return .cancelled }
        return entries.append(Entry(work: work, ticket: ticket, startBy: startBy)) ? .admitted : .full
    }

    mutating func next(at now: ContinuousClock.Instant) -> Next {
        if isClosed { return .closed }
        guard let entry = entries.popFirst() else { return .nothing }
        return now < entry.startBy ? .start(entry.work) : .late(entry.work)
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
