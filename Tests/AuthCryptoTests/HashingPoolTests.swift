// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTesting
import Glibc
import Synchronization
import Testing

@testable import AuthCrypto

@Suite("Hashing pool", .timeLimit(.minutes(10)))
struct HashingPoolTests {
    /// A job that runs until it is let go, so that a test decides what is busy.
    private final class Blocker: Sendable {
        private let reading: Descriptor
        private let writing: Descriptor
        private let started = AsyncStream.makeStream(of: Void.self)

        init() throws {
            (reading, writing) = try Descriptor.pipe()
        }

        var work: @Sendable () -> String {
            { [self] in
                started.continuation.yield()
                _ = reading.receive()
                return "done"
            }
        }

        func hasStarted() async {
            for await _ in started.stream { return }
        }

        func letGo() {
            writing.post(0)
        }
    }

    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)

        var now: @Sendable () -> ContinuousClock.Instant {
            { [self] in time.withLock { $0 } }
        }

        func advance(by duration: Duration) {
            time.withLock { $0 = $0.advanced(by: duration) }
        }
    }

    private let clock = Clock()

    private func pool(threads: Int = 1, queueLimit: Int = 1) throws -> HashingPool {
        try HashingPool(
            configuration: .init(threads: threads, queueLimit: queueLimit, queueTimeout: .seconds(2)), now: clock.now)
    }

    /// Lets other tasks run until `condition` holds; the suite's time limit bounds it.
    private func until(_ condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }

    @Test("does work on a thread of its own, at low priority and without signals")
    func thread() async throws {
        let caller = pthread_self()
        let pool = try HashingPool(configuration: .init(threads: 2, niceness: 7), now: clock.now)

        let (isCaller, niceness, blocksTermination) = try await pool.run {
            var blocked = sigset_t()
            pthread_sigmask(SIG_SETMASK, nil, &blocked)
            return (
                pthread_self() == caller, getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0),
                sigismember(&blocked, SIGTERM) == 1
            )
        }

        #expect(!isCaller && niceness == 7 && blocksTermination)
        await pool.shutdown()
    }

    @Test("does every job once")
    func throughput() async throws {
        let pool = try pool(threads: 3, queueLimit: 600)

        let results = await withTaskGroup(of: Int?.self) { group in
            for number in 0..<400 { group.addTask { try? await pool.run { number * number } } }
            return await group.reduce(into: []) { $0.append($1 ?? -1) }
        }

        #expect(results.sorted() == (0..<400).map { $0 * $0 })
        await until { pool.counters.running == 0 }
        #expect(pool.counters.completed == 400 && pool.counters.refused == 0 && pool.counters.waiting == 0)
        await pool.shutdown()
    }

    @Test("rejects at once when the queue is full")
    func overload() async throws {
        let pool = try pool()
        let blocker = try Blocker()
        async let running = pool.run(blocker.work)
        await blocker.hasStarted()
        async let waiting = pool.run { "waited" }
        await until { pool.counters.waiting == 1 }

        await #expect(throws: HashingError.overloaded(retryAfter: .seconds(1))) { try await pool.run { "never" } }

        #expect(pool.counters.refused == 1)
        blocker.letGo()
        #expect(try await running == "done")
        #expect(try await waiting == "waited")
        await pool.shutdown()
    }

    @Test("drops a job that waited too long, without doing it")
    func deadline() async throws {
        let pool = try pool(queueLimit: 3)
        let blocker = try Blocker()
        async let running = pool.run(blocker.work)
        await blocker.hasStarted()
        let late = Task { try await pool.run { Issue.record("a job past its deadline was done") } }
        let soon = clock.now().advanced(by: .milliseconds(1))
        let impatient = Task { try await pool.run(deadline: soon) { Issue.record("a job past its deadline was done") } }
        await until { pool.counters.waiting == 2 }

        clock.advance(by: .seconds(1))
        async let patient = pool.run { "in time" }
        await until { pool.counters.waiting == 2 && pool.counters.expired == 1 }
        await #expect(throws: HashingError.overloaded(retryAfter: .seconds(1))) { try await impatient.value }
        clock.advance(by: .seconds(1))
        blocker.letGo()

        await #expect(throws: HashingError.overloaded(retryAfter: .seconds(1))) { try await late.value }
        #expect(try await running == "done")
        #expect(try await patient == "in time")
        #expect(pool.counters.expired == 2)
        await pool.shutdown()
    }

    @Test("drops a waiting job whose task is cancelled, while the thread is still busy")
    func cancellation() async throws {
        let pool = try pool()
        let blocker = try Blocker()
        async let running = pool.run(blocker.work)
        await blocker.hasStarted()
        let waiting = Task { try await pool.run { "never" } }
        await until { pool.counters.waiting == 1 }

        waiting.cancel()

        await #expect(throws: HashingError.cancelled) { try await waiting.value }
        #expect(pool.counters.waiting == 0 && pool.counters.cancelled == 1)
        blocker.letGo()
        #expect(try await running == "done")
        await pool.shutdown()
    }

    @Test("drops the job of a task that was cancelled before it asked")
    func cancelledBefore() async throws {
        let pool = try pool()
        let blocker = try Blocker()
        async let running = pool.run(blocker.work)
        await blocker.hasStarted()

        let asking = Task {
            await until { Task.isCancelled }
            return try await pool.run { "never" }
        }
        asking.cancel()

        await #expect(throws: HashingError.cancelled) { try await asking.value }
        blocker.letGo()
        #expect(try await running == "done")
        await pool.shutdown()
    }

    @Test("returns a job's result although its task was cancelled meanwhile")
    func cancelledWhileRunning() async throws {
        let pool = try pool()
        let blocker = try Blocker()
        let running = Task { try await pool.run(blocker.work) }
        await blocker.hasStarted()

        running.cancel()
        blocker.letGo()

        #expect(try await running.value == "done")
        await pool.shutdown()
    }

    @Test("finishes what it admitted before it shuts down, and refuses the rest")
    func shutdown() async throws {
        let pool = try pool()
        let blocker = try Blocker()
        async let running = pool.run(blocker.work)
        await blocker.hasStarted()
        async let waiting = pool.run { "waited" }
        await until { pool.counters.waiting == 1 }

        async let first: Void = pool.shutdown()
        async let second: Void = pool.shutdown()
        var answer: HashingError?
        while answer != .shutDown {
            do throws(HashingError) {
                // Too late to begin, so that it is refused in any case.
                _ = try await pool.run(deadline: clock.now()) { Issue.record("a refused job was done") }
            } catch {
                answer = error
            }
        }
        blocker.letGo()

        #expect(try await running == "done")
        #expect(try await waiting == "waited")
        _ = await (first, second)
        await #expect(throws: HashingError.shutDown) { try await pool.run { "never" } }
        await pool.shutdown()
    }

    @Test("ends its threads when it is released")
    func letGo() async throws {
        weak var engine: HashingEngine?
        do {
            let made = try HashingEngine(configuration: .init(threads: 2), now: clock.now)
            engine = made
            made.close()
            await made.ended()
        }

        await until { engine == nil }

        #expect(engine == nil)
    }

    @Test("clamps a configuration to its bounds")
    func configuration() {
        let least = HashingPool.Configuration(threads: -5, queueLimit: -5, niceness: -5)
        let most = HashingPool.Configuration(threads: .max, queueLimit: .max, niceness: .max)

        #expect(least.threads == 1 && least.queueLimit == 0 && least.niceness == 0)
        #expect(most.threads == 256 && most.queueLimit == 65_536 && most.niceness == 19)
        #expect(HashingPool.availableProcessors >= 1)
        #expect(HashingPool.availableProcessors <= Int(sysconf(Int32(_SC_NPROCESSORS_CONF))))
    }

    @Test("hashes and verifies passwords")
    func passwords() async throws {
        let pool = try pool(threads: 2, queueLimit: 4)
        let hasher = PooledPasswordHasher(
            pool: pool, parameters: try .argon2id(memoryKiB: 7168, iterations: 5), random: SeededRandom(seed: 9))
        let password = try Password("correct horse")

        let hash = try await hasher.hash(password)

        #expect(try await hasher.verify(password, against: hash))
        #expect(try await !hasher.verify(Password("wrong horse"), against: hash))
        #expect(!hasher.needsRehash(hash))
        #expect(PooledPasswordHasher(pool: pool).needsRehash(hash))
        await pool.shutdown()
        await #expect(throws: HashingError.shutDown) { try await hasher.verify(password, against: hash) }
    }
}
