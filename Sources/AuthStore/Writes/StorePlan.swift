// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// What one operation comes to and writes, decided on locked state before anything is written.
///
/// Every store asks the same plans and only carries out their writes, so that no rule is written twice: a store in memory
/// applies them to its state, one on a database turns them into statements. What a plan writes stands or falls together.
package struct StorePlan<Outcome: Sendable>: Sendable {
    /// What the operation answers.
    package var outcome: Outcome
    /// What to write, in this order.
    package var writes: [StoreWrite]

    /// A plan that writes these things and nothing else.
    package init(_ outcome: Outcome, _ writes: [StoreWrite] = []) {
        self.outcome = outcome
        self.writes = writes
    }

    /// Whether the plan appends to the change feed, for which its lock is needed.
    package var appendsToFeed: Bool {
        writes.contains { write in
            if case .appendChange = write { true } else { false }
        }
    }
}
