// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Synchronization

/// Where work is left that must not be seen in the time of an answer: looking an address up, writing a token, sending.
///
/// Bounded: work beyond the capacity is refused, which the caller turns into a 503. Nothing is done until somebody runs
/// ``run()`` or calls ``clear()``; the latter is how tests make it happen at once.
final class MailDesk: Sendable {
    /// One piece of work. It is told how many times it was tried before, and says whether to try again.
    typealias Job = @Sendable (_ attempt: Int) async -> Disposition

    /// What is to become of a piece of work.
    enum Disposition: Sendable {
        case done
        case again
    }

    private struct Entry: Sendable {
        let job: Job
        let attempt: Int
    }

    private struct State {
        var waiting: [Entry] = []
        var isClosed = false
    }

    /// How often a piece of work is tried in all.
    static let attempts = 4

    private let capacity: Int
    private let state = Mutex(State())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(capacity: Int) {
        self.capacity = capacity
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Leaves work; `false` where the desk is full or closed.
    func leave(_ job: @escaping Job) -> Bool {
        let accepted = state.withLock { state in
            guard !state.isClosed, state.waiting.count < capacity else { return false }
            state.waiting.append(Entry(job: job, attempt: 0))
            return true
        }
        if accepted { signal.yield() }
        return accepted
    }

    /// Does what was left, until the desk is closed; then does what is still waiting once more and returns.
    ///
    /// Work that failed is tried again after a short, growing pause.
    func run() async {
        for await _ in signals {
            var pause = Duration.seconds(2)
            while await clear() > 0 {
                // Cancelling ends the pause at once, and with it the loop.
                guard (try? await Task.sleep(for: pause)) != nil else { break }
                pause = pause * 4
            }
        }
        _ = await clear()
    }

    /// Does everything that waits, once.
    ///
    /// - Returns: How much of it is to be tried again.
    @discardableResult
    func clear() async -> Int {
        let entries = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        var failed: [Entry] = []
        for entry in entries {
            switch await entry.job(entry.attempt) {
            case .again where entry.attempt + 1 < Self.attempts:
                failed.append(Entry(job: entry.job, attempt: entry.attempt + 1))
            case .done, .again:
                break
            }
        }
        let again = failed
        state.withLock { $0.waiting.insert(contentsOf: again, at: 0) }
        return again.count
    }

    /// How much is waiting, for a metric.
    var count: Int { state.withLock { $0.waiting.count } }

    /// Refuses further work and lets ``run()`` come to its end.
    func close() {
        state.withLock { $0.isClosed = true }
        signal.finish()
    }
}
