// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthCrypto

/// The queue's rules, without threads.
///
/// Jobs are letters; `start` is the instant 0, times are milliseconds after it.
@Suite("Hashing queue")
struct HashingQueueTests {
    static let start = ContinuousClock.now

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant {
        Self.start.advanced(by: .milliseconds(milliseconds))
    }

    private func describe(_ admission: HashingQueue<String>.Admission) -> String {
        switch admission {
        case .start(let worker): "start on \(worker)"
        case .wait: "wait"
        case .refuse(.overloaded): "overloaded"
        case .refuse(.shutDown): "shut down"
        case .refuse(.cancelled), .refuse(.failed): "unexpected"
        }
    }

    private func describe(_ assignment: HashingQueue<String>.Assignment) -> String {
        switch assignment {
        case .perform(let job): "perform \(job)"
        case .rest: "rest"
        case .stop: "stop"
        }
    }

    /// One thing that happens, and what the queue has to say to it.
    enum Step: Sendable {
        /// Offers a job of a holder of reserved places: of its own where none is named.
        case reserve(
            String, by: String? = nil, at: Int = 0, deadline: Int = 1_000, _ answer: String, dropped: [String] = [])
        case offer(String, at: Int = 0, deadline: Int = 1_000, _ answer: String, dropped: [String] = [])
        /// Asks whether there is room.
        case ask(mayBeReserved: Bool = false, at: Int = 0, _ answer: String, dropped: [String] = [])
        case finish(Int, at: Int = 0, _ answer: String, dropped: [String] = [])
        case cancel(UInt64, String?)
        case close([Int]?)
        case drained(Bool)
    }

    struct Story: CustomTestStringConvertible {
        let testDescription: String
        var workers = 1
        var limit = 2
        let steps: [Step]
    }

    @Test(
        "follows its rules",
        arguments: [
            Story(
                testDescription: "idle workers start at once, lowest first", workers: 2,
                steps: [
                    .offer("a", "start on 0"), .offer("b", "start on 1"), .offer("c", "wait"),
                ]),
            Story(
                testDescription: "jobs are done in the order they came",
                steps: [
                    .offer("a", "start on 0"), .offer("b", "wait"), .offer("c", "wait"), .finish(0, "perform b"),
                    .finish(0, "perform c"), .finish(0, "rest"), .offer("d", "start on 0"),
                ]),
            Story(
                testDescription: "a full queue refuses until there is room",
                steps: [
                    .offer("a", "start on 0"), .offer("b", "wait"), .offer("c", "wait"), .offer("d", "overloaded"),
                    .finish(0, "perform b"), .offer("e", "wait"), .offer("f", "overloaded"),
                ]),
            Story(
                testDescription: "the last quarter is for the reserved lane", limit: 4,
                steps: [
                    .offer("a", "start on 0"), .offer("b", "wait"), .offer("c", "wait"), .offer("d", "wait"),
                    .offer("e", "overloaded"), .reserve("f", "wait"), .reserve("g", "overloaded"),
                    .finish(0, "perform f"), .offer("h", "overloaded"), .reserve("i", "wait"),
                ]),
            Story(
                testDescription: "workers take from both lanes by turns, and each lane is first come, first served",
                limit: 8,
                steps: [
                    .offer("a", "start on 0"), .offer("b", "wait"), .offer("c", "wait"), .offer("d", "wait"),
                    .reserve("e", "wait"), .reserve("f", "wait"), .finish(0, "perform e"), .finish(0, "perform b"),
                    .finish(0, "perform f"), .finish(0, "perform c"), .finish(0, "perform d"),
                    .reserve("g", "wait"), .finish(0, "perform g"), .offer("h", "wait"), .finish(0, "perform h"),
                ]),
            Story(
                testDescription: "one waiting job of a holder is in a reserved place, and the others are in open ones",
                limit: 8,
                steps: [
                    .offer("a", "start on 0"), .reserve("b", by: "eve", "wait"), .reserve("c", by: "eve", "wait"),
                    .offer("d", "wait"), .offer("e", "wait"), .offer("f", "wait"), .offer("g", "wait"),
                    .offer("h", "wait"), .reserve("i", by: "eve", "overloaded"), .reserve("j", by: "ada", "wait"),
                    .finish(0, "perform b"), .reserve("k", by: "eve", "wait"),
                ]),
            Story(
                testDescription: "a cancelled or expired job gives the place of its holder back", limit: 4,
                steps: [
                    .offer("a", "start on 0"), .offer("b", "wait"), .offer("c", "wait"), .offer("d", "wait"),
                    .reserve("e", by: "eve", deadline: 10, "wait"), .cancel(5, "e"),
                    .reserve("f", by: "eve", deadline: 10, "wait"),
                    .reserve("g", by: "eve", at: 10, "wait", dropped: ["f"]), .reserve("h", "overloaded"),
                ]),
            Story(
                testDescription: "where no place is free, the holder who was served last gives way", limit: 4,
                steps: [
                    .reserve("a", by: "eve", "start on 0"), .offer("b", "wait"), .offer("c", "wait"),
                    .offer("d", "wait"), .reserve("e", by: "eve", "wait"), .ask(mayBeReserved: true, "room"),
                    .reserve("f", by: "ada", "wait", dropped: ["e"]), .ask(mayBeReserved: true, "overloaded"),
                    .reserve("g", by: "eve", "overloaded"), .finish(0, "perform f"), .reserve("h", by: "ada", "wait"),
                    .reserve("i", by: "eve", "wait", dropped: ["h"]), .reserve("j", by: "ada", "overloaded"),
                ]),
            Story(
                testDescription: "the job that gives way goes on waiting in an open place while one is free", limit: 4,
                steps: [
                    .reserve("a", by: "eve", "start on 0"), .reserve("b", by: "eve", "wait"), .offer("c", "wait"),
                    .reserve("d", by: "ada", "wait"), .finish(0, "perform d"), .finish(0, "perform c"),
                    .finish(0, "perform b"),
                ]),
            Story(
                testDescription: "there is room exactly where a job would be admitted", limit: 4,
                steps: [
                    .ask("room"), .offer("a", "start on 0"), .offer("b", deadline: 10, "wait"), .offer("c", "wait"),
                    .ask("room"), .offer("d", "wait"), .ask("overloaded"), .ask(mayBeReserved: true, "room"),
                    .reserve("e", "wait"), .ask(mayBeReserved: true, "overloaded"),
                    .ask(at: 9, "overloaded"), .ask(mayBeReserved: true, at: 10, "room", dropped: ["b"]),
                    .close([]), .ask("shut down"),
                ]),
            Story(
                testDescription: "a queue of no length still feeds idle workers", limit: 0,
                steps: [.offer("a", "start on 0"), .offer("b", "overloaded"), .finish(0, "rest")]),
            Story(
                testDescription: "jobs past their deadline are dropped without work, at the deadline and not before",
                steps: [
                    .offer("a", "start on 0"), .offer("b", deadline: 10, "wait"), .offer("c", deadline: 11, "wait"),
                    .finish(0, at: 10, "perform c", dropped: ["b"]), .finish(0, at: 20, "rest"),
                ]),
            Story(
                testDescription: "jobs past their deadline make room for new ones",
                steps: [
                    .offer("a", "start on 0"), .offer("b", deadline: 10, "wait"), .offer("c", deadline: 99, "wait"),
                    .offer("d", at: 9, "overloaded"), .offer("e", at: 10, "wait", dropped: ["b"]),
                    .finish(0, at: 11, "perform c"), .finish(0, at: 12, "perform e"),
                ]),
            Story(
                testDescription: "all waiting jobs may expire at once",
                steps: [
                    .offer("a", "start on 0"), .offer("b", deadline: 10, "wait"), .offer("c", deadline: 5, "wait"),
                    .finish(0, at: 50, "rest", dropped: ["b", "c"]),
                ]),
            Story(
                testDescription: "a later deadline counts although the earliest job is gone",
                steps: [
                    .offer("a", "start on 0"), .offer("b", deadline: 5, "wait"), .offer("c", deadline: 10, "wait"),
                    .cancel(2, "b"), .offer("d", at: 6, deadline: 8, "wait"),
                    .offer("e", at: 8, deadline: 20, "wait", dropped: ["d"]),
                    .finish(0, at: 10, "perform e", dropped: ["c"]),
                ]),
            Story(
                testDescription: "a job offered too late is refused even by an idle worker",
                steps: [
                    .offer("a", at: 10, deadline: 10, "overloaded"), .offer("b", at: 9, deadline: 10, "start on 0"),
                ]),
            Story(
                testDescription: "a waiting job can be cancelled once, a running or finished one never",
                steps: [
                    .offer("a", "start on 0"), .offer("b", "wait"), .offer("c", "wait"), .cancel(2, "b"),
                    .cancel(2, nil), .cancel(1, nil), .cancel(99, nil), .finish(0, "perform c"), .cancel(3, nil),
                    .finish(0, "rest"), .cancel(3, nil),
                ]),
            Story(
                testDescription: "cancelling makes room",
                steps: [
                    .offer("a", "start on 0"), .offer("b", "wait"), .offer("c", "wait"), .cancel(3, "c"),
                    .offer("d", "wait"), .offer("e", "overloaded"),
                ]),
            Story(
                testDescription: "closing lets admitted jobs finish and stops each worker after its last",
                workers: 2,
                steps: [
                    .offer("a", "start on 0"), .offer("b", "start on 1"), .offer("c", "wait"), .close([]), .close(nil),
                    .offer("d", "shut down"), .drained(false), .finish(1, "perform c"), .finish(0, "stop"),
                    .drained(false), .finish(1, "stop"), .drained(true),
                ]),
            Story(
                testDescription: "closing tells which workers rest",
                workers: 3,
                steps: [
                    .offer("a", "start on 0"), .close([2, 1]), .drained(false), .finish(0, "stop"), .drained(true),
                ]),
            Story(
                testDescription: "closing an idle queue drains it at once",
                steps: [.drained(false), .close([0]), .drained(true), .offer("a", "shut down")]),
            Story(
                testDescription: "after closing, jobs still expire and can be cancelled",
                steps: [
                    .offer("a", "start on 0"), .offer("b", deadline: 5, "wait"), .offer("c", "wait"), .close([]),
                    .cancel(3, "c"), .finish(0, at: 5, "stop", dropped: ["b"]), .drained(true),
                ]),
        ])
    func rules(_ story: Story) {
        var queue = HashingQueue<String>(workers: story.workers, limit: story.limit)
        var ticket: UInt64 = 0
        for step in story.steps {
            switch step {
            case .offer(let job, let time, let deadline, let answer, let dropped):
                ticket += 1
                let (admission, expired) = queue.offer(job, ticket: ticket, deadline: at(deadline), at: at(time))
                #expect(describe(admission) == answer && expired == dropped, "\(step)")
            case .reserve(let job, let holder, let time, let deadline, let answer, let expected):
                ticket += 1
                let lane = HashingLane.reserved(for: HashingHolder(Array((holder ?? job).utf8)))
                let (admission, dropped) = queue.offer(
                    job, ticket: ticket, lane: lane, deadline: at(deadline), at: at(time))
                #expect(describe(admission) == answer && dropped == expected, "\(step)")
            case .ask(let mayBeReserved, let time, let answer, let dropped):
                let (refusal, expired) = queue.vacancy(mayBeReserved: mayBeReserved, at: at(time))
                let words = refusal.map { describe(.refuse($0)) } ?? "room"
                #expect(words == answer && expired == dropped, "\(step)")
            case .finish(let worker, let time, let answer, let dropped):
                let (assignment, expired) = queue.finished(worker, at: at(time))
                #expect(describe(assignment) == answer && expired == dropped, "\(step)")
            case .cancel(let ticket, let job): #expect(queue.cancel(ticket) == job, "\(step)")
            case .close(let idle): #expect(queue.close() == idle, "\(step)")
            case .drained(let expected): #expect(queue.isDrained == expected, "\(step)")
            }
        }
    }

    @Test("counts its operations")
    func counters() {
        var queue = HashingQueue<String>(workers: 1, limit: 2)
        _ = queue.offer("a", ticket: 1, deadline: at(100), at: at(0))
        _ = queue.offer("b", ticket: 2, deadline: at(10), at: at(0))
        _ = queue.offer("c", ticket: 3, deadline: at(100), at: at(0))
        _ = queue.offer("d", ticket: 4, deadline: at(100), at: at(0))

        #expect(queue.counters.running == 1 && queue.counters.waiting == 2 && queue.counters.refused == 1)

        _ = queue.cancel(3)
        _ = queue.finished(0, at: at(20))

        #expect(queue.counters.running == 0 && queue.counters.waiting == 0)
        #expect(queue.counters.cancelled == 1 && queue.counters.expired == 1 && queue.counters.completed == 1)
    }

    @Test("asks for a longer Retry-After the more jobs wait and the longer they take")
    func retryAfter() {
        var queue = HashingQueue<String>(workers: 2, limit: 100)
        #expect(queue.retryAfter == .seconds(1))

        // Sixteen jobs of a second each bring the average close to a second.
        for round in 0..<16 {
            _ = queue.offer("a", ticket: 0, deadline: at(1_000_000), at: at(round * 1_000))
            _ = queue.finished(0, at: at(round * 1_000 + 1_000))
        }
        #expect(queue.retryAfter == .seconds(1))
        for ticket in 1...20 {
            _ = queue.offer("b", ticket: UInt64(ticket), deadline: at(1_000_000), at: at(16_000))
        }
        #expect((.seconds(8) ... .seconds(11)).contains(queue.retryAfter))

        for ticket in 21...120 {
            _ = queue.offer("c", ticket: UInt64(ticket), deadline: at(1_000_000), at: at(16_000))
        }
        #expect(queue.retryAfter == .seconds(30))
    }
}
