// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The statements that claim identifiers for a user, and what their results say.
struct IdentifierClaims {
    private let moves: [IdentifierMove]
    /// Those of which nothing is given that is reserved.
    private let bound: [IdentifierMove]
    /// In the order of the moves, and behind all of them one for each that looks for a reservation.
    let statements: [Statement]

    /// Claims what moves claim; of these kinds nothing is given that is reserved at `now`.
    init(_ moves: [IdentifierMove], for userID: UserID, reserved kinds: Set<IdentifierKind>, at now: Timestamp) {
        let claims = moves.filter { $0.claimed != nil }
        let bound = claims.filter { kinds.contains($0.kind) }
        statements =
            claims.compactMap { WriteStatements.claim($0, for: userID) }
            + bound.compactMap { WriteStatements.reservation(of: $0, at: now) }
        self.moves = claims
        self.bound = bound
    }

    /// The first kind that is taken or reserved, and the moves whose identifiers are claimed now, reserved ones among them.
    func outcome(in results: ArraySlice<SQLResult>) -> (taken: IdentifierKind?, claimed: [IdentifierMove]) {
        // There is one move of a kind at most.
        var reserved: Set<IdentifierKind> = []
        for (move, result) in zip(bound, results.dropFirst(moves.count)) where result.first != nil {
            reserved.insert(move.kind)
        }
        var taken: IdentifierKind?
        var claimed: [IdentifierMove] = []
        for (move, result) in zip(moves, results) {
            let wasFree = result.first != nil
            if wasFree { claimed.append(move) }
            if !wasFree || reserved.contains(move.kind) { taken = taken ?? move.kind }
        }
        return (taken, claimed)
    }

    /// Claims and frees identifiers, then writes; where one is taken, gives back what had been claimed before it, and writes what
    /// `refusal` says.
    static func carryOut<Outcome: Sendable>(
        _ plan: StorePlan<Outcome>, _ moves: [IdentifierMove], of id: UserID, reserved kinds: Set<IdentifierKind>,
        at now: Timestamp, refusal: @escaping @Sendable (IdentifierKind) -> StorePlan<Outcome>
    ) -> SQLProgram<Committed<Outcome>> {
        let claims = IdentifierClaims(moves, for: id, reserved: kinds, at: now)
        let frees = moves.compactMap { move in
            move.freed.map { WriteStatements.free(move.kind, $0, of: id) }
        }
        let writes = frees + WriteStatements.write(plan, at: now)
        guard !claims.statements.isEmpty else { return .commit(writes, plan.committed) }
        return .run(claims.statements) { results in
            let outcome = claims.outcome(in: results[...])
            guard let taken = outcome.taken else { return .commit(writes, plan.committed) }
            let refused = refusal(taken)
            let returns = outcome.claimed.compactMap { move in
                move.claimed.map { WriteStatements.free(move.kind, $0, of: id) }
            }
            return .commit(returns + WriteStatements.write(refused, at: now), refused.committed)
        }
    }

    /// A8.
    static func purge(reservedUntil now: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteReleased, [.time(now), limit])]
    }

    private static let deleteReleased = SQL(
        joining: [
            """
            DELETE FROM authd.reserved_identifiers WHERE (kind, canonical) IN (SELECT kind, canonical \
            FROM authd.reserved_identifiers WHERE until_us <= $1 ORDER BY until_us LIMIT $2)
            """
        ], isPermanent: false)
}
