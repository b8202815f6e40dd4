// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Taking in persons of whom a provider has told who they are.
enum ArrivalOperations {
    /// An attempt; `nil` where it left everything as it was and another one is to be made.
    typealias Attempt = SQLOperation<Committed<ProviderArrivalOutcome>?>

    /// P4 to P8, the cheaper transaction first: the feed's lock is needed where credentials change or sessions end.
    ///
    /// What leads to the user is read before the user is locked, and compared with the locked rows; where it has changed by
    /// then, the attempt gives `nil`. So it does where another transaction has claimed the address meanwhile; where one has
    /// stored the identity it fails with `.conflict`. Another attempt finds what that transaction has made.
    static func attempts(_ arrival: ProviderArrivalRequest, context: OperationContext) -> [Attempt] {
        let now = context.now
        return [
            Attempt(.write, program(arrival, context) { .commitWithoutFeed($0, at: now) }),
            Attempt(
                .writeFeed,
                program(arrival, context) { plan in
                    .commit(WriteStatements.write(plan, at: now), plan.committed)
                }),
        ]
    }

    private typealias Program = SQLProgram<Committed<ProviderArrivalOutcome>?>

    /// Writes a plan and commits, with or without the feed's lock.
    private typealias Finish = @Sendable (StorePlan<ProviderArrivalOutcome>) -> Program

    private static func program(
        _ arrival: ProviderArrivalRequest, _ context: OperationContext,
        _ finish: @escaping Finish
    ) -> Program {
        let profile = arrival.profile
        return IdentityOperations.find(profile.subject, profile.email) { identity, holder in
            guard let userID = identity?.userID ?? holder else {
                return decide(on: .none, arrival, context, finish)
            }
            let reads = lockedRows(of: userID, for: arrival, at: context.now)
            return .run(reads) { (results) throws(StoreError) in
                let rows = try lockedRows(in: results, for: arrival)
                guard isCurrent(rows, wasKnown: identity != nil, profile) else { return .rollback(nil) }
                return decide(on: rows, arrival, context, finish)
            }
        }
    }

    /// Whether the locked rows are those that were led to: the identity is still the user's, or the address still is.
    private static func isCurrent(_ rows: ArrivalRows, wasKnown: Bool, _ profile: ProviderProfile) -> Bool {
        guard let user = rows.user else { return false }
        if rows.identity != nil { return true }
        guard !wasKnown, let address = profile.email, let own = user.email else { return false }
        return own.canonical.utf8.elementsEqual(address.canonical.utf8)
    }

    private static func decide(
        on rows: ArrivalRows, _ arrival: ProviderArrivalRequest, _ context: OperationContext,
        _ finish: @escaping Finish
    ) -> Program {
        switch arrival.plan(rows, context: context) {
        case .write(let plan):
            guard !plan.writes.isEmpty else { return .rollback(plan.committed) }
            return finish(plan)
        case .create(let user, let plan, let reserved):
            return create(user, plan, ifReserved: reserved, at: context.now, finish)
        }
    }

    private static func create(
        _ user: User, _ plan: StorePlan<ProviderArrivalOutcome>, ifReserved reserved: StorePlan<ProviderArrivalOutcome>,
        at now: Timestamp, _ finish: @escaping Finish
    ) -> Program {
        let moves = IdentifierMove.moves(from: nil, to: user)
        let claims = moves.compactMap { WriteStatements.claim($0, for: user.id) }
        let reservations = moves.compactMap { WriteStatements.reservation(of: $0, at: now) }
        let count = 1 + claims.count + reservations.count
        return .run([WriteStatements.insert(user)] + claims + reservations) { (results) throws(StoreError) in
            guard results.count == count else { throw .corrupt("a statement gave no result") }
            let isClaimed = results.dropFirst().prefix(claims.count).allSatisfy { $0.first != nil }
            guard isClaimed else { return .rollback(nil) }
            let isReserved = results.suffix(reservations.count).contains { $0.first != nil }
            return finish(isReserved ? reserved : plan)
        }
    }

    private static func lockedRows(
        of userID: UserID, for arrival: ProviderArrivalRequest, at now: Timestamp
    ) -> [Statement] {
        var reads = [LockedRows.user(userID), IdentityStatements.lock(of: userID)]
        if let replaced = arrival.replacing { reads.append(LockedRows.session(replaced, of: userID)) }
        if let limit = arrival.limit {
            reads.append(
                LockedRows.oldestSessions(
                    of: userID, aliveAt: now, limit: StorePlan<SessionOpening>.evictable(limit)))
        }
        return reads
    }

    private static func lockedRows(
        in results: [SQLResult], for arrival: ProviderArrivalRequest
    ) throws(StoreError) -> ArrivalRows {
        let count = 2 + (arrival.replacing == nil ? 0 : 1) + (arrival.limit == nil ? 0 : 1)
        guard results.count == count else { throw .corrupt("a statement gave no result") }
        return ArrivalRows(
            user: try LockedRows.user(in: results[0]), for: arrival.profile.subject,
            identities: try IdentityColumns.identities(in: results[1]),
            alive: arrival.limit == nil ? [] : try LockedRows.sessions(in: results[count - 1]),
            replaced: arrival.replacing == nil ? nil : try LockedRows.session(in: results[2]))
    }
}
