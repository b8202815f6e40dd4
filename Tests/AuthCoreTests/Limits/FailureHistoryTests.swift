// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("What failures of one source look like") struct FailureHistoryTests {
    typealias Pattern = FailureHistory.Pattern

    static let start = BootInstant(microseconds: 5_000_000)

    /// Failures by user and second; users from ten thousand on do not exist.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let failures: [(user: UInt64, second: Int64)]
        /// The places at which something is noticed.
        let noticed: [Int: Pattern]

        /// Without another rule the failures are of a user each, one a second.
        init(
            _ name: String, _ count: UInt64, user: (UInt64) -> UInt64 = { $0 },
            second: (Int64) -> Int64 = { $0 }, _ noticed: [Int: Pattern]
        ) {
            testDescription = name
            failures = (0..<count).map { (user($0), second(Int64($0))) }
            self.noticed = noticed
        }
    }

    @Test(
        "an attack is reported at the tenth user within ten minutes, once",
        arguments: [
            Case("nothing", 0, [:]),
            Case("nine users", 9, [:]),
            Case("ten users", 10, [9: .spraying]),
            Case("thirty users", 30, [9: .spraying]),
            Case("ten who do not exist", 10, user: { $0 + 10_000 }, [9: .stuffing]),
            Case("half of whom exist", 10, user: { $0 < 5 ? $0 : $0 + 10_000 }, [9: .stuffing]),
            Case("more than half of whom exist", 10, user: { $0 < 6 ? $0 : $0 + 10_000 }, [9: .spraying]),
            Case("one user a hundred times", 100, user: { _ in 1 }, [:]),
            Case("a family of four with typos", 40, user: { $0 % 4 }, [:]),
            Case("ten users just within the window", 10, second: { $0 == 9 ? 599 : 0 }, [9: .spraying]),
            Case("ten users just not", 10, second: { $0 == 9 ? 600 : 0 }, [:]),
            Case("one user every minute", 30, second: { $0 * 60 }, [9: .spraying, 19: .spraying, 29: .spraying]),
            Case("one user every 67 seconds", 60, second: { $0 * 67 }, [:]),
            Case("an attack that goes on", 1_200, [9: .spraying, 609: .spraying]),
        ])
    func table(_ sample: Case) {
        var history = FailureHistory()
        var noticed: [Int: Pattern] = [:]

        for (place, failure) in sample.failures.enumerated() {
            noticed[place] = history.failed(
                as: failure.user, isUnknown: failure.user >= 10_000, at: Self.start + .seconds(failure.second))
        }

        #expect(noticed == sample.noticed)
    }

    @Test("a user's latest failure counts")
    func renewal() {
        var history = FailureHistory()
        for second in Int64(0)..<9 { _ = history.failed(as: UInt64(second), isUnknown: false, at: Self.start) }
        for second in Int64(0)..<9 {
            _ = history.failed(as: UInt64(second), isUnknown: false, at: Self.start + .seconds(500))
        }

        #expect(history.failed(as: 9, isUnknown: false, at: Self.start + .seconds(900)) == .spraying)
    }
}
