// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// A plan of Supabase's API, and the identifiers that it claims and frees.
package struct SupabasePlan<Outcome: Sendable>: Sendable {
    /// The plan, if what is claimed can be.
    package let plan: StorePlan<Outcome>
    /// The plan instead, where another user holds the address or it is reserved.
    package let taken: StorePlan<Outcome>
    /// The identifiers to be claimed and freed.
    package let moves: [IdentifierMove]
    /// The kinds of which nothing is claimed that is reserved.
    package let reservedKinds: Set<IdentifierKind>

    /// A plan that claims and frees nothing.
    init(_ plan: StorePlan<Outcome>) {
        (self.plan, taken, moves, reservedKinds) = (plan, plan, [], [])
    }

    /// A plan that claims and frees.
    init(
        _ plan: StorePlan<Outcome>, moves: [IdentifierMove], reservedKinds: Set<IdentifierKind>,
        ifTaken taken: StorePlan<Outcome>
    ) {
        self.plan = plan
        self.taken = taken
        self.moves = moves
        self.reservedKinds = reservedKinds
    }
}
