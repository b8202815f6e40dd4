// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthStoreSQL

@Suite("Migration plans") struct MigrationPlanTests {
    private static let known = (1...4).map {
        Migration(version: $0, name: "step\($0)", up: "CREATE \($0);", down: "DROP \($0);")
    }

    private static func entries(_ versions: [Int64]) -> [MigrationLedger.Entry] {
        versions.map { version in
            let migration = known.first { $0.version == version }
            return MigrationLedger.Entry(
                version: version, name: "step\(version)", checksum: migration?.checksum ?? "0")
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let applied: [Int64]
        let target: Int64
        let steps: [String]
        var testDescription: String { "from \(applied) to \(target)" }
    }

    @Test(
        "the plan has every step between two versions",
        arguments: [
            Case(applied: [], target: 0, steps: []),
            Case(applied: [], target: 2, steps: ["up 1", "up 2"]),
            Case(applied: [1, 2], target: 4, steps: ["up 3", "up 4"]),
            Case(applied: [1, 2, 3, 4], target: 4, steps: []),
            Case(applied: [1, 2, 3, 4], target: 2, steps: ["down 4", "down 3"]),
            Case(applied: [1, 2], target: 0, steps: ["down 2", "down 1"]),
        ])
    func steps(_ test: Case) throws {
        let plan = try MigrationPlan(from: Self.entries(test.applied), to: test.target, knowing: Self.known)

        #expect(plan.steps.map { "\($0.direction.rawValue) \($0.version)" } == test.steps)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let entries: [MigrationLedger.Entry]
        let target: Int64
        let error: MigrationError
    }

    @Test(
        "unknown migrations are rejected",
        arguments: [
            Refusal(
                testDescription: "a version of a newer program", entries: entries([1, 2, 3, 4, 5]), target: 4,
                error: .unknownVersion(5)),
            Refusal(testDescription: "a gap", entries: entries([1, 3]), target: 4, error: .missing(2)),
            Refusal(
                testDescription: "another text",
                entries: [MigrationLedger.Entry(version: 1, name: "step1", checksum: "0123456789abcdef")],
                target: 4, error: .changed(1)),
            Refusal(
                testDescription: "another name",
                entries: [MigrationLedger.Entry(version: 1, name: "other", checksum: known[0].checksum)],
                target: 4, error: .changed(1)),
            Refusal(
                testDescription: "a database from before the first release, whatever else it has",
                entries: entries([9])
                    + [MigrationLedger.Entry(version: 1, name: "users", checksum: "699f6c40f69fd399")], target: 4,
                error: .beforeFirstRelease),
            Refusal(testDescription: "no such target", entries: [], target: 9, error: .noSuchVersion(9)),
            Refusal(testDescription: "a negative target", entries: [], target: -1, error: .noSuchVersion(-1)),
        ])
    func refusals(_ refusal: Refusal) {
        #expect(throws: refusal.error) {
            try MigrationPlan(from: refusal.entries, to: refusal.target, knowing: Self.known)
        }
    }
}
