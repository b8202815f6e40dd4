// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Asks the same thing about accounts in different states, in random order, and compares how long the answers took and
/// what they were.
struct TimingStudy: Sendable {
    /// The states that one route is asked about.
    struct Question: Sendable {
        /// What is asked, in words.
        let name: String
        /// The state that the others are compared with.
        let reference: Subject
        /// The others.
        let others: [Subject]
    }

    /// One state of an account, and how to ask about it.
    struct Subject: Sendable {
        /// The state in words.
        let state: String
        /// Whom to ask about for the time of this number: always the same user, or a new one each time.
        let address: @Sendable (_ number: Int) -> String
        /// What is done before asking, outside the time.
        var prepare: @Sendable (_ address: String) async -> Void = { _ in }
        /// Asks once.
        let ask: @Sendable (_ address: String) async -> Answer
    }

    /// What came back, but for what differs between any two answers.
    struct Answer: Hashable, Sendable {
        /// The status code.
        let status: Int
        /// The names of the fields, in order.
        let fields: [String]
        /// The body.
        let body: [UInt8]
    }

    /// What the comparison of one state with the reference came to.
    struct Finding: Hashable, Sendable {
        let question: String
        let state: String
        let reference: String
        let comparison: RankComparison
        /// Whether every answer was the same as the reference's.
        let answersAgree: Bool

        /// Whether the two cannot be told apart: the whole interval lies near one half, and the answers agree.
        var isEqual: Bool {
            answersAgree && TimingStudy.equality.contains(comparison.interval.lowerBound)
                && TimingStudy.equality.contains(comparison.interval.upperBound)
        }

        /// The finding as a line of a report.
        var line: String {
            let verdict =
                if !answersAgree {
                    "TELLS BY ITS ANSWER"
                } else if isEqual {
                    "equal"
                } else if comparison.interval.contains(0.5) {
                    "NOT SHOWN: more samples are needed"
                } else {
                    "TELLS BY TIME"
                }
            let bounds =
                "\(Self.thousandths(comparison.interval.lowerBound))–"
                + Self.thousandths(comparison.interval.upperBound)
            return
                "\(question): \(state) against \(reference): \(Self.thousandths(comparison.area)) (\(bounds)) \(verdict)"
        }

        private static func thousandths(_ value: Double) -> String {
            let digits = String(Int((value * 1_000).rounded()))
            return value >= 0.9995 ? "1.000" : "0." + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        }
    }

    /// Where the interval of a comparison must lie.
    static let equality = 0.45...0.55

    /// How often each state is asked about.
    let samples: Int
    /// Called after each answer, outside its time: does what was left for later.
    var settle: @Sendable () async -> Void = {}
    /// The clock that times are read from.
    var now: @Sendable () -> ContinuousClock.Instant = { .now }

    /// Asks, the states in a new random order each time so that whatever the machine does meets all of them alike.
    func run(_ question: Question) async -> [Finding] {
        let subjects = [question.reference] + question.others
        var times = [[Duration]](repeating: [], count: subjects.count)
        var answers = [Set<Answer>](repeating: [], count: subjects.count)
        let warmUp = max(10, samples / 50)
        for number in 0..<(warmUp + samples) {
            for index in subjects.indices.shuffled() {
                let address = subjects[index].address(number)
                await subjects[index].prepare(address)
                // Answers from memory never suspend, and others want the thread too.
                await Task.yield()
                let start = now()
                let answer = await subjects[index].ask(address)
                let time = now() - start
                await settle()
                answers[index].insert(answer)
                if number >= warmUp { times[index].append(time) }
            }
        }
        return question.others.indices.map { other in
            Finding(
                question: question.name, state: question.others[other].state, reference: question.reference.state,
                comparison: RankComparison(times[0], times[other + 1]),
                answersAgree: answers[0].count == 1 && answers[0] == answers[other + 1])
        }
    }
}
