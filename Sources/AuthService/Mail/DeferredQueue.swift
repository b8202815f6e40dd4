// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Synchronization

/// Where work is left that must not be seen in the time of an answer: looking an address up, writing a token, sending.
///
/// Nor must it be seen in the time of the next answer, which meets the work at the processor and in the store: a running
/// queue lets a while pass first, of a length that nobody can know.
///
/// Bounded: work beyond the capacity is refused, which the caller turns into a 503 or reports. Accepted work that is given up
/// is reported. Nothing is done until somebody runs
/// ``run()`` or calls ``clear()``; the latter is how tests make it happen at once. Work that failed rests and keeps
/// nothing waiting meanwhile.
final class DeferredQueue: Sendable {
    /// One piece of work.
    ///
    /// It is told how many times it was tried before, and says whether to try again.
    typealias Job = @Sendable (_ attempt: Int) async -> Disposition

    /// What is to become of a piece of work.
    enum Disposition: Sendable {
        case done
        case again
        /// To be tried again as this, so that what is done is not done twice.
        case againAs(Job)
    }

    /// What a piece of work is about, for those who must be told that it was lost.
    struct Matter: Sendable {
        let kind: MailKind
        let user: UserID?
        let context: OperationContext
    }

    private struct Entry: Sendable {
        let matter: Matter
        var job: Job
        var attempt = 0
        /// After how many more pauses it is tried again.
        var pausesLeft = 0
    }

    private struct State {
        var waiting: [Entry] = []
        /// What has waited for long enough.
        var due: [Entry] = []
        var backingOff: [Entry] = []
        var busyWorkers = 0
        var isClosed = false
        var failuresSinceClosed = 0

        var count: Int { waiting.count + due.count + backingOff.count }

        func count(of user: UserID) -> Int {
            [waiting, due, backingOff].reduce(0) { $0 + $1.count { $0.matter.user == user } }
        }

        mutating func takeWaiting() -> [Entry] {
            defer { (due, waiting) = ([], []) }
            return due + waiting
        }
    }

    /// How many pieces of work ``run()`` does at once by default: as many as a mailer has connections, for more would only
    /// wait there.
    static let concurrency = 2
    /// How often a piece of work is tried in all.
    static let attempts = 4
    /// The unit of rest: work that failed is tried again after 1, then 4, then 16 of them.
    static let pause = Duration.seconds(2)
    /// How many pieces of work may fail on a closed queue before the rest is given up.
    static let failuresAtTheEnd = 3

    private let capacity: Int
    private let sharePerUser: Int?
    private let concurrency: Int
    private let lost: @Sendable (Matter, MailLoss) -> Void
    private let jitter: @Sendable () -> Duration
    private let state = Mutex(State())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - sharePerUser: How many pieces of work about one user may wait; `nil` for as many as there is room.
    ///   - lull: For how long ``run()`` leaves new work alone; asked again each time.
    ///   - lost: Told of work that was accepted and given up.
    init(
        capacity: Int, sharePerUser: Int? = nil, concurrency: Int = DeferredQueue.concurrency,
        jitter: @escaping @Sendable () -> Duration = { .zero },
        lost: @escaping @Sendable (Matter, MailLoss) -> Void = { _, _ in }
    ) {
        self.capacity = capacity
        self.sharePerUser = sharePerUser
        self.concurrency = concurrency
        self.lost = lost
        self.jitter = jitter
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Leaves work; `false` where the queue is full or closed, or holds as much about the user as it may.
    func enqueue(_ matter: Matter, _ job: @escaping Job) -> Bool {
        let accepted = state.withLock { state in
            guard !state.isClosed, state.count < capacity else { return false }
            if let sharePerUser, let user = matter.user, state.count(of: user) >= sharePerUser { return false }
            state.waiting.append(Entry(matter: matter, job: job))
            return true
        }
        if accepted { signal.yield() }
        return accepted
    }

    /// Does what is left, until the queue is closed, which cancelling does too; then tries once more what is still there,
    /// and returns.
    ///
    /// Cancelling does not reach the work: whoever left it was told that it would be done. So that a mail server which
    /// is down does not hold up the end for long, a closed queue gives up after a few failures.
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

    /// Gives what waits to the hands that are free, until the queue is closed; what they are at by then is finished.
    private func doWhatComes() async {
        await withDiscardingTaskGroup { group in
            for await _ in signals {
                if isAnythingNew {
                    // It is not cancelled.
                    try? await Task.sleep(for: jitter())
                    state.withLock { $0.due = $0.takeWaiting() }
                }
                while let entry = takeForAHand() {
                    group.addTask {
                        await self.work(on: entry)
                        self.state.withLock { $0.busyWorkers -= 1 }
                        self.signal.yield()
                    }
                }
            }
        }
    }

    /// Does everything that is left, once.
    ///
    /// - Returns: How much of it is to be tried again.
    @discardableResult
    func clear() async -> Int {
        await work(on: takeAll())
        return state.withLock { $0.backingOff.count }
    }

    /// Does everything that is neither done nor resting, once.
    func doWaiting() async {
        await work(on: state.withLock { $0.takeWaiting() })
    }

    /// Brings what rests one pause nearer to being tried again.
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

    /// How much is left, for a metric.
    var count: Int { state.withLock { $0.count } }

    /// Refuses further work and lets ``run()`` come to its end.
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

    /// Whether there is work to wait for, and none to be done before.
    private var isAnythingNew: Bool {
        state.withLock { !$0.isClosed && $0.due.isEmpty && !$0.waiting.isEmpty }
    }

    private func takeForAHand() -> Entry? {
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
        case .againAs(let job): next.job = job
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

    /// Runs something that the cancellation of this task does not reach, and waits for it.
    private func undisturbed(_ body: @escaping @Sendable () async -> Void) async {
        await Task { await body() }.value
    }
}
