// SPDX-License-Identifier: Apache-2.0

import AuthStoreSQL
import AuthTestSupport
import Testing

@Suite("Migrations of released versions") struct ReleasedStepTests {
    @Test("are unchanged: a change of the schema is a new step")
    func unchanged() throws {
        for step in try DatabaseFixture.steps() {
            let migration = Migration.all(for: step.dialect).first { $0.version == step.number }

            #expect(
                migration?.name == step.name && migration?.checksum == step.checksum,
                "\(step) was changed; restore db/\(step.dialect.rawValue) and add a new step with the next number.")
        }
    }

    @Test("are listed for both dialects, from the first to the last of their version")
    func complete() throws {
        let steps = try DatabaseFixture.steps()
        let releases = Set(steps.map(\.release))

        #expect(!releases.isEmpty)
        for release in releases {
            let numbers = SQLDialect.allCases.map { dialect in
                steps.filter { $0.release == release && $0.dialect == dialect }.map(\.number)
            }
            let last = try #require(numbers[0].last, "\(release)")
            for listed in numbers { #expect(listed == Array(1...last), "\(release)") }
        }
    }
}
