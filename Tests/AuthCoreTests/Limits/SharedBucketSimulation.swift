// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Testing

/// Processes that share a bucket in every order that chance gives: what they admit together, and what one alone does.
@Suite("Processes that share a bucket") struct SharedBucketSimulation {
    struct Fixture: Sendable, CustomTestStringConvertible {
        let processes: Int
        let rule: TokenBucket.Rule
        let seed: UInt64
        var testDescription: String { "\(processes) processes, capacity \(rule.capacity), seed \(seed)" }

        /// Fixtures for some numbers of processes.
        static func all(_ processes: [Int]) -> [Fixture] {
            processes.flatMap { processes in
                [1, 3, 10, 60].flatMap { capacity in
                    (1...4).map { seed in
                        Fixture(processes: processes, rule: .init(capacity, per: .seconds(60)), seed: UInt64(seed))
                    }
                }
            }
        }
    }

    /// A process and the report that it has under way.
    struct Process {
        var bucket = SharedBucket()
        var report: BucketUse?
        var answer: TokenBucket?
    }

    @Test(
        "processes together admit at most one lease more for each further process, in any stretch of time",
        arguments: Fixture.all([1, 2, 3, 5]))
    func bound(_ fixture: Fixture) {
        var generator = SeededGenerator(seed: fixture.seed)
        var now = Timestamp(seconds: 1_800_000_000)
        var stored = TokenBucket()
        var processes = Array(repeating: Process(), count: fixture.processes)
        var admissions: [Timestamp] = []

        for _ in 0..<4_000 {
            now = now + Self.step(fixture.rule, &generator)
            let index = Int.random(in: 0..<fixture.processes, using: &generator)
            var process = processes[index]
            switch Int.random(in: 0..<12, using: &generator) {
            case 0:
                if process.report == nil { process.report = process.bucket.beginReport(under: fixture.rule) }
            case 1, 2:
                // The report arrives, but its answer takes its time.
                if let report = process.report, process.answer == nil {
                    stored = report.applied(to: stored, at: now)
                    process.answer = stored
                }
            case 3:
                if let answer = process.answer {
                    process.bucket.settled(answer)
                    (process.report, process.answer) = (nil, nil)
                }
            case 4:
                // It fails, having arrived or not.
                if process.report != nil { process.bucket.reportFailed() }
                (process.report, process.answer) = (nil, nil)
            case 5:
                // What may be forgotten is.
                if process.bucket.isForgettable(at: now) { process.bucket = SharedBucket() }
                if stored.isFull(at: now - BucketUse.longestDelay) { stored = TokenBucket() }
            default:
                if Self.takes(&process, &stored, now, fixture.rule) { admissions.append(now) }
            }
            processes[index] = process
        }

        #expect(admissions.count > fixture.rule.capacity)
        let excess = Self.largestExcess(of: admissions, over: fixture.rule)
        #expect(excess <= (fixture.processes - 1) * fixture.rule.lease)
    }

    /// Without it the bound above would hold for a limiter that admits nothing extra at all.
    @Test("processes that never settled admit one lease more each, and no more")
    func boundIsReached() {
        let rule = TokenBucket.Rule(10, per: .seconds(60))
        let now = Timestamp(seconds: 1_800_000_000)
        var stored = TokenBucket()
        var processes = Array(repeating: Process(), count: 4)

        let admitted = processes.indices.map { index in
            (0..<20).count { _ in Self.takes(&processes[index], &stored, now, rule) }
        }

        #expect(admitted == [10, 2, 2, 2])
    }

    @Test("one process admits exactly what its own bucket would, to the microsecond", arguments: Fixture.all([1]))
    func exactness(_ fixture: Fixture) {
        var generator = SeededGenerator(seed: fixture.seed)
        var now = Timestamp(seconds: 1_800_000_000)
        var stored = TokenBucket()
        var process = Process()
        var own = TokenBucket()

        for _ in 0..<4_000 {
            now = now + Self.step(fixture.rule, &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0:
                process.report = process.bucket.beginReport(under: fixture.rule) ?? process.report
            case 1:
                Self.settle(&process, &stored, now, fixture.rule)
            case 2:
                if stored.isFull(at: now) { stored = TokenBucket() }
            default:
                let expected = own.take(at: now, under: fixture.rule)
                var answer = process.bucket.take(at: now, under: fixture.rule, sharing: .leased)
                if answer == .mustSettle {
                    Self.settle(&process, &stored, now, fixture.rule)
                    answer = process.bucket.take(at: now, under: fixture.rule, sharing: .leased)
                }
                // What began while a report was under way needs a second one.
                if answer == .mustSettle {
                    Self.settle(&process, &stored, now, fixture.rule)
                    answer = process.bucket.take(at: now, under: fixture.rule, sharing: .leased)
                }
                #expect(answer == .decided(expected))
            }
        }
    }

    /// Whether a process admits an act, settling where it must.
    private static func takes(
        _ process: inout Process, _ stored: inout TokenBucket, _ now: Timestamp, _ rule: TokenBucket.Rule
    ) -> Bool {
        for _ in 0..<3 {
            switch process.bucket.take(at: now, under: rule, sharing: .leased) {
            case .decided(.admitted): return true
            case .decided(.refused): return false
            case .mustSettle: settle(&process, &stored, now, rule)
            }
        }
        return false
    }

    /// Brings the report that is under way, or a new one, to its end.
    private static func settle(
        _ process: inout Process, _ stored: inout TokenBucket, _ now: Timestamp, _ rule: TokenBucket.Rule
    ) {
        if process.answer == nil, let report = process.report ?? process.bucket.beginReport(under: rule) {
            stored = report.applied(to: stored, at: now)
            process.answer = stored
        }
        if let answer = process.answer { process.bucket.settled(answer) }
        (process.report, process.answer) = (nil, nil)
    }

    /// Mostly no time at all, sometimes some of what it takes to regain a token, and now and then a long pause.
    private static func step(_ rule: TokenBucket.Rule, _ generator: inout SeededGenerator) -> Duration {
        switch Int.random(in: 0..<200, using: &generator) {
        case 0: rule.interval * Int.random(in: 0...(2 * rule.capacity), using: &generator)
        case 1..<60: rule.interval / Int.random(in: 1...5, using: &generator)
        default: .zero
        }
    }

    /// How many more were admitted in any stretch of time than a bucket has that is full at its beginning.
    private static func largestExcess(of times: [Timestamp], over rule: TokenBucket.Rule) -> Int {
        var largest = Int.min
        for (first, start) in times.enumerated() {
            for last in first..<times.count {
                let regained = (times[last] - start) / rule.interval
                largest = max(largest, last - first + 1 - rule.capacity - Int(regained))
            }
        }
        return largest
    }
}
