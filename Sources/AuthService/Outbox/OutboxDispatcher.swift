// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore
import Synchronization

/// Delivers what is in the outbox, with workers of its own for each line.
///
/// A worker looks after each entry that this process writes, every ``interval`` for those of other processes and for what is
/// tried again, and once more as long as it finds something. Before a requested mail it waits for a random time, so that the work
/// does not show in the time of the next answer.
///
/// A line whose next hop serves no delivery at all pauses as a whole, as ``OutboxPause`` says: one try tells as much as one for
/// each row.
///
/// When it ends it finishes what it has in hand; everything else stays in the store, for the next process.
final class OutboxDispatcher: Sendable {
    /// How often a worker looks without being woken, about.
    static let interval = Duration.seconds(5)
    /// After how many intervals the depths are read.
    static let roundsPerReading = 3
    /// How long a worker waits between tries to settle a delivery where the store does not answer: in all less than the lease.
    static let settlingPauses: [Duration] = [.seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16)]

    private let core: ServiceCore
    private let delivery: OutboxDelivery
    private let health: OutboxHealthKeeper
    private let pauses = Mutex<[OutboxLine: OutboxPause]>([:])

    init(core: ServiceCore, delivery: OutboxDelivery, health: OutboxHealthKeeper) {
        self.core = core
        self.delivery = delivery
        self.health = health
    }

    /// Delivers until the task is cancelled, and then no more than what is under way.
    func run() async {
        let lines = delivery.lines
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.keepWaking() }
                // Without a line there is nothing to deliver here, and the depths are read all the same.
                guard !lines.isEmpty else { return }
                // A mail that is under way is finished although this task is cancelled, which waits for it.
                await Task {
                    await withDiscardingTaskGroup { workers in
                        for line in lines {
                            for _ in 0..<line.workers { workers.addTask { await self.work(on: line) } }
                        }
                    }
                }.value
                group.cancelAll()
            }
        } onCancel: {
            core.outbox.finish()
        }
    }

    /// Delivers once whatever is due, one row after the other.
    func deliverDue() async {
        for line in delivery.lines {
            while await deliverNext(of: line) {}
        }
        await learnDepths()
    }

    /// Wakes the workers for what no commit of this process tells of.
    private func keepWaking() async {
        var rounds = 0
        repeat {
            if rounds.isMultiple(of: Self.roundsPerReading) { await learnDepths() }
            rounds &+= 1
            core.outbox.signals.wakeAll()
            // Processes that were started together do not look at the same moment for long.
        } while (try? await Task.sleep(for: Self.interval + core.shortDelay())) != nil
    }

    private func learnDepths() async {
        let depths = try? await core.inStore { store throws(StoreError) in try await store.outboxDepths() }
        if let depths { health.learn(depths) }
    }

    private func work(on line: OutboxLine) async {
        let signals = core.outbox.signals.subscribe(line.lane)
        while !core.outbox.isFinished, await deliverNext(of: line) {}
        for await _ in signals {
            if line.lane == .mail { await core.pause(for: core.shortDelay()) }
            while !core.outbox.isFinished, await deliverNext(of: line) {}
        }
    }

    /// Leases, delivers and settles one row, unless the line pauses.
    ///
    /// - Returns: Whether to look for another one at once.
    private func deliverNext(of line: OutboxLine) async -> Bool {
        let context = core.context(ClientContext())
        guard !isPausing(line, at: context.now) else { return false }
        let lease = OutboxLease(
            id: core.random.bytes(count: 16), until: context.now + OutboxLease.duration)
        let claimed = try? await core.inStore { store throws(StoreError) in
            try await store.claimOutbox(
                line.lane, destination: line.destination, limit: 1, lease: lease, context: context)
        }
        // Where the store cannot be reached, which was reported, the next look comes later.
        guard let row = claimed?.first else { return false }
        let outcome = await delivery.deliver(row)
        let settlement = await settle(row, lease, outcome.result)
        health.count(outcome.result, settlement, in: line.lane)
        if let report = outcome.report { core.observe(report(settlement == .dead)) }
        return !pausesLine(line, after: outcome.result)
    }

    private func isPausing(_ line: OutboxLine, at now: Timestamp) -> Bool {
        pauses.withLock { pauses in pauses[line].map { !$0.isOver(at: now) } ?? false }
    }

    /// Takes in what a delivery of a line came to.
    ///
    /// - Returns: Whether the line pauses.
    private func pausesLine(_ line: OutboxLine, after result: OutboxResult) -> Bool {
        switch result {
        case .moot:
            // The next hop was not asked.
            return false
        case .failed(let failure) where failure.extent == .nextHop:
            let now = core.clock.now
            pauses.withLock { pauses in
                // Deliveries that were under way together make one pause.
                guard pauses[line]?.isOver(at: now) ?? true else { return }
                pauses[line] = OutboxPause(after: pauses[line], at: now)
            }
            return true
        case .delivered, .failed:
            pauses.withLock { $0[line] = nil }
            return false
        }
    }

    /// Writes down what a delivery came to; tries for a while, because a delivery that is not written down is made again.
    private func settle(
        _ row: OutboxRow, _ lease: OutboxLease, _ result: OutboxResult
    ) async -> OutboxSettlement? {
        for pause in [.zero] + Self.settlingPauses {
            if pause > .zero {
                guard !core.outbox.isFinished else { return nil }
                await core.pause(for: pause)
            }
            let settlement = try? await core.inStore { store throws(StoreError) in
                try await store.settleOutbox(
                    row.key, lease: lease, result, context: core.context(ClientContext()))
            }
            if let settlement { return settlement }
        }
        return nil
    }
}
