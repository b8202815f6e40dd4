// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Sends the same request about users in different states, in random order, and compares the answers and their times.
struct TimingStudy: Sendable {
    /// A route, and the states to compare on it.
    struct Probe: Sendable {
        /// The request in words.
        let name: String
        /// The state that the others are compared with.
        let reference: Case
        /// The others.
        let others: [Case]
    }

    /// One state of a user, and the request about it.
    struct Case: Sendable {
        /// The state in words.
        let state: String
        /// The address for a round: always the same user's, or a new one each time.
        let address: @Sendable (_ number: Int) -> String
        /// Runs before the request, outside the measured time.
        var prepare: @Sendable (_ address: String) async -> Void = { _ in }
        /// Sends the request once.
        let ask: @Sendable (_ address: String) async -> Answer
    }

    /// An answer, without the parts that differ between any two answers.
    struct Answer: Hashable, Sendable {
        /// The status code.
        let status: Int
        /// The names of the fields, in order.
        let fields: [String]
        /// The body.
        let body: [UInt8]
    }

    /// The result of comparing one state with the reference.
    struct Finding: Hashable, Sendable {
        let probe: String
        let state: String
        let reference: String
        let comparison: RankComparison
        /// Whether every answer was the same as the reference's.
        let answersAgree: Bool

        /// Whether the two are indistinguishable: the whole interval lies near one half, and the answers agree.
        var isEqual: Bool {
            answersAgree && TimingStudy.equality.contains(comparison.interval.lowerBound)
                && TimingStudy.equality.contains(comparison.interval.upperBound)
        }

        /// The finding as a line of a report.
        var line: String {
            let verdict =
                if !answersAgree {
                    "DIFFERENT ANSWER"
                } else if isEqual {
                    "equal"
                } else if comparison.interval.contains(0.5) {
                    "INCONCLUSIVE: more samples are needed"
                } else {
                    "DIFFERENT TIME"
                }
            let bounds =
                "\(Self.thousandths(comparison.interval.lowerBound))–"
                + Self.thousandths(comparison.interval.upperBound)
            return
                "\(probe): \(state) against \(reference): \(Self.thousandths(comparison.area)) (\(bounds)) \(verdict)"
        }

        private static func thousandths(_ value: Double) -> String {
            let digits = String(Int((value * 1_000).rounded()))
            return value >= 0.9995 ? "1.000" : "0." + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        }
    }

    /// Where the interval of a comparison must lie.
    static let equality = 0.45...0.55

    /// How many requests are sent for each state.
    let samples: Int
    /// Called after each answer, outside its time: completes deferred work.
    var drain: @Sendable () async -> Void = {}
    /// The clock that times are read from.
    var now: @Sendable () -> ContinuousClock.Instant = { .now }

    /// Sends the requests, with the states in a new random order each time, so that other load affects all of them alike.
    func run(_ probe: Probe) async -> [Finding] {
        let cases = [probe.reference] + probe.others
        var times = [[Duration]](repeating: [], count: cases.count)
        var answers = [Set<Answer>](repeating: [], count: cases.count)
        let warmUp = max(10, samples / 50)
        for number in 0..<(warmUp + samples) {
            for index in cases.indices.shuffled() {
                let address = cases[index].address(number)
                await cases[index].prepare(address)
                // Answers from memory never suspend, and others want the thread too.
                await Task.yield()
                let start = now()
                let answer = await cases[index].ask(address)
                let time = now() - start
                await drain()
                answers[index].insert(answer)
                if number >= warmUp { times[index].append(time) }
            }
        }
        return probe.others.indices.map { other in
            Finding(
                probe: probe.name, state: probe.others[other].state, reference: probe.reference.state,
                comparison: RankComparison(times[0], times[other + 1]),
                answersAgree: answers[0].count == 1 && answers[0] == answers[other + 1])
        }
    }
}
