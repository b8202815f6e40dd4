// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// The outcome and the writes of one operation, decided on locked state before anything is written.
///
/// Every store asks the same plans and only carries out their writes, so that no rule is written twice: a store in
/// memory applies them to its state, one on a database turns them into statements. The writes of a plan are one
/// transaction.
package struct StorePlan<Outcome: Sendable>: Sendable {
    /// The result of the operation.
    package var outcome: Outcome
    /// The writes, in this order.
    package var writes: [StoreWrite]

    /// A plan with these writes and no others.
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
