// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension SQLProgram {
    /// Writes what a plan says and commits.
    static func commit<Outcome: Sendable>(
        _ plan: StorePlan<Outcome>, at now: Timestamp
    ) -> SQLProgram<Committed<Outcome>> where Output == Committed<Outcome> {
        .commit(WriteStatements.write(plan, at: now), plan.committed)
    }

    /// The same without the feed's lock: a plan that appends to the feed is not carried out, and gives `nil`.
    static func commitWithoutFeed<Outcome: Sendable>(
        _ plan: StorePlan<Outcome>, at now: Timestamp
    ) -> SQLProgram<Committed<Outcome>?> where Output == Committed<Outcome>? {
        guard !plan.appendsToFeed else { return .rollback(nil) }
        return .commit(WriteStatements.write(plan, at: now), plan.committed)
    }
}
