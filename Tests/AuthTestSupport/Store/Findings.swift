// SPDX-License-Identifier: Apache-2.0

/// What a check that several suites share found wrong, in words; the suites require that there is nothing.
struct Findings: Sendable {
    private(set) var all: [String] = []

    /// Notes what is wrong unless it holds.
    mutating func require(_ holds: Bool, _ what: @autoclosure () -> String) {
        if !holds { all.append(what()) }
    }

    /// Notes two values that are not equal.
    mutating func requireEqual<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String) {
        require(found == expected, "\(what): \(found), not \(expected)")
    }
}
