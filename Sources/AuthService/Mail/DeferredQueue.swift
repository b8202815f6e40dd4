// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Synchronization

/// The queue for work that must not show in the time of an answer: looking an address up, writing a token and its mail.
///
/// Nor must it show in the time of the next answer, which competes with the work for the processor and the store: a
/// running queue first waits for a random time, which an attacker cannot know.
///
/// Bounded: work beyond the capacity is rejected, which the caller turns into a 503 or reports. Accepted work that is
/// given up is reported. Work runs only in ``run()`` or ``clear()``; tests call the latter to run it at once. Work that
/// failed backs off and delays no other work.
final class DeferredQueue: Sendable {
    /// One piece of work.
    ///
    /// The argument is the number of earlier tries; the result says whether to try again.
    typealias Job = @Sendable (_ attempt: Int) async -> Disposition

    /// The result of a piece of work.
    enum Disposition: Sendable {
        case done
        case again
    }

    /// The subject of a piece of work, for reports of its loss.
    struct Matter: Sendable {
        let kind: MailKind
        let user: UserID?
        let context: OperationContext
    }

    private struct Entry: Sendable {
        let matter: Matter
        let job: Job
        var attempt = 0
        /// The number of pauses until it is tried again.
        var pausesLeft = 0
    }

    private struct State {
        var waiting: [Entry] = []
        /// Work that has waited long enough.
        var due: [Entry] = []
        var backingOff: [Entry] = []
        var busyWorkers = 0
        var isClosed = false
        var failuresSinceClosed = 0

        var count: Int { waiting.count + due.count + backingOff.count }

        mutating func takeWaiting() -> [Entry] {
            defer { (due, waiting) = ([], []) }
            return due + waiting
        }
    }

    /// How many pieces of work ``run()`` does at once by default: as many as a mailer has connections, because more
    /// would only wait there.
    static let concurrency = 2
    /// How often a piece of work is tried in all.
    static let attempts = 4
    /// The unit of backing off: work that failed is tried again after 1, then 4, then 16 of them.
    static let pause = Duration.seconds(2)
    /// How many pieces of work may fail on a closed queue before the rest is given up.
    static let failuresAtTheEnd = 3

    private let capacity: Int
    private let concurrency: Int
    private let lost: @Sendable (Matter, MailLoss) -> Void
    private let jitter: @Sendable () -> Duration
    private let state = Mutex(State())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// Sets up an empty queue.
    ///
    /// - Parameters:
    ///   - capacity: How many pieces of work may wait; those that are being done do not count.
    ///   - concurrency: How many pieces of work ``run()`` does at once.
    ///   - jitter: How long ``run()`` delays new work; called again each time.
    ///   - lost: Called with work that was accepted and given up.
    init(
        capacity: Int, concurrency: Int = DeferredQueue.concurrency,
        jitter: @escaping @Sendable () -> Duration = { .zero },
        lost: @escaping @Sendable (Matter, MailLoss) -> Void = { _, _ in }
    ) {
        self.capacity = capacity
        self.concurrency = concurrency
        self.lost = lost
        self.jitter = jitter
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Adds work; `false` if the queue is full or closed.
    func enqueue(_ matter: Matter, _ job: @escaping Job) -> Bool {
        let accepted = state.withLock { state in
            guard !state.isClosed, state.count < capacity else { return false }
            state.waiting.append(Entry(matter: matter, job: job))
            return true
        }
        if accepted { signal.yield() }
        return accepted
    }

    /// Runs the work in the queue, until the queue is closed, which cancellation does too; then tries the remaining
    /// work once more, and returns.
    ///
    /// Cancellation does not reach the work, which its caller was promised. So that a mail server which is down does
    /// not delay the end for long, a closed queue gives up after a few failures.
    func run() async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    while (try? await Task.sleep(for: Self.pause)) != nil { self.passPause() }
                }
                await undisturbed { await self.doWhatComes() }
                group.cancelAll()
            }
            await undisturbed {
                await self.clear()
                for entry in self.takeAll() { self.lost(entry.matter, .givenUp) }
            }
        } onCancel: {
            close()
        }
    }

    /// Gives waiting work to free workers, until the queue is closed; work in progress by then is finished.
    private func doWhatComes() async {
        await withDiscardingTaskGroup { group in
            for await _ in signals {
                if isAnythingNew {
                    // It is not cancelled.
                    try? await Task.sleep(for: jitter())
                    state.withLock { $0.due = $0.takeWaiting() }
                }
                while let entry = takeForWorker() {
                    group.addTask {
                        await self.work(on: entry)
                        self.state.withLock { $0.busyWorkers -= 1 }
                        self.signal.yield()
                    }
                }
            }
        }
    }

    /// Runs all waiting work, once.
    ///
    /// - Returns: How many pieces are to be tried again.
    @discardableResult
    func clear() async -> Int {
        await work(on: takeAll())
        return state.withLock { $0.backingOff.count }
    }

    /// Runs all work that is neither done nor backing off, once.
    func doWaiting() async {
        await work(on: state.withLock { $0.takeWaiting() })
    }

    /// Advances work that backs off by one pause.
    func passPause() {
        let isAnyDue = state.withLock { state in
            for index in state.backingOff.indices { state.backingOff[index].pausesLeft -= 1 }
            let due = state.backingOff.filter { $0.pausesLeft <= 0 }
            state.backingOff.removeAll { $0.pausesLeft <= 0 }
            state.waiting += due
            return !due.isEmpty
        }
        if isAnyDue { signal.yield() }
    }

    /// How many pieces of work are left, for a metric.
    var count: Int { state.withLock { $0.count } }

    /// Rejects further work and lets ``run()`` come to its end.
    func close() {
        state.withLock { $0.isClosed = true }
        signal.finish()
    }

    private func takeAll() -> [Entry] {
        state.withLock { state in
            defer { state.backingOff = [] }
            return state.backingOff + state.takeWaiting()
        }
    }

    /// Whether there is work that must wait first, and none that is due.
    private var isAnythingNew: Bool {
        state.withLock { !$0.isClosed && $0.due.isEmpty && !$0.waiting.isEmpty }
    }

    private func takeForWorker() -> Entry? {
        state.withLock { state in
            guard !state.isClosed, state.busyWorkers < concurrency, !state.due.isEmpty else { return nil }
            state.busyWorkers += 1
            return state.due.removeFirst()
        }
    }

    private func work(on entries: [Entry]) async {
        for entry in entries {
            if isGivingUp { lost(entry.matter, .givenUp) } else { await work(on: entry) }
        }
    }

    private func work(on entry: Entry) async {
        var next = entry
        switch await entry.job(entry.attempt) {
        case .done: return
        case .again: break
        }
        next.attempt += 1
        next.pausesLeft = 1 << (2 * (next.attempt - 1))
        let mayTryAgain = next.attempt < Self.attempts
        state.withLock { [next] state in
            if state.isClosed { state.failuresSinceClosed += 1 }
            if mayTryAgain { state.backingOff.append(next) }
        }
        if !mayTryAgain { lost(entry.matter, .givenUp) }
    }

    private var isGivingUp: Bool {
        state.withLock { $0.isClosed && $0.failuresSinceClosed >= Self.failuresAtTheEnd }
    }

    /// Runs a body that the cancellation of this task does not reach, and waits for it.
    private func undisturbed(_ body: @escaping @Sendable () async -> Void) async {
        await Task { await body() }.value
    }
}
