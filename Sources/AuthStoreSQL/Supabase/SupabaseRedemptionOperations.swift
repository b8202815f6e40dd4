// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Redeeming mails and exchanging codes of Supabase's API.
///
/// Clients without any right have these done, so the feed's lock is taken only where the change feed grows.
enum SupabaseRedemptionOperations {
    /// X4 to X6.
    static func redeem(
        _ call: SupabaseRedeeming, context: OperationContext
    ) -> SQLLadder<Committed<SupabaseRedemptionOutcome>> {
        let now = context.now
        let alone = SQLOperation<Committed<SupabaseRedemptionOutcome>?>(
            .write, program(call, context) { plan, _ in .commitWithoutFeed(plan.plan, at: now) })
        let feeding = SQLOperation<Committed<SupabaseRedemptionOutcome>>(
            .writeFeed, program(call, context) { plan, id in carryOut(plan, of: id, at: now) })
        return SQLLadder([alone], orElse: feeding)
    }

    /// Writes a plan and commits, with or without the feed's lock.
    private typealias Finish<Output: Sendable> =
        @Sendable (SupabasePlan<SupabaseRedemptionOutcome>, UserID?) -> SQLProgram<Output>

    private static func program<Output: Sendable>(
        _ call: SupabaseRedeeming, _ context: OperationContext, _ finish: @escaping Finish<Output>
    ) -> SQLProgram<Output> {
        switch call.proof {
        case .link(let key):
            return locked(key, LockedRows.flow(of: key), call, SupabaseBudgets([], []), context, finish)
        case .code(let address, _, let named):
            let budgets = SupabaseBudgets.ordered(named)
            let locks = budgets.map { SupabaseStatements.lock($0) }
            let reads = locks + [SupabaseStatements.codeFlows(of: address, at: context.now)]
            return .run(reads) { (results) throws(StoreError) in
                guard results.count == reads.count, let found = results.last else {
                    throw .corrupt("a statement gave no result")
                }
                let left = try SupabaseStatements.left(of: budgets, in: results.dropLast())
                let flows = try SupabaseStatements.flows(in: found)
                guard !left.isSpent(at: context.now), let flow = call.fitting(flows, at: context.now),
                    let key = flow.token
                else { return finish(.wrongCode(call, left, context: context), nil) }
                return locked(key, LockedRows.flow(flow.id), call, left, context, finish)
            }
        }
    }

    private static func locked<Output: Sendable>(
        _ key: OneTimeTokenKey, _ flow: Statement, _ call: SupabaseRedeeming, _ budgets: SupabaseBudgets,
        _ context: OperationContext, _ finish: @escaping Finish<Output>
    ) -> SQLProgram<Output> {
        let id = key.userID
        let alive = self.alive(of: id, call.limit, at: context.now)
        let reads =
            [LockedRows.user(id), flow, LockedRows.oneTimeToken(key)] + AddressChangeStatements.rows(of: id)
            + [SupabaseStatements.confirmation(of: id)] + alive
        return .run(reads) { (results) throws(StoreError) in
            guard results.count == reads.count, let last = results.last else {
                throw .corrupt("a statement gave no result")
            }
            let rows = SupabaseRedemptionRows(
                flow: try LockedRows.flow(in: results[1]), token: try LockedRows.oneTimeToken(in: results[2]),
                user: try LockedRows.user(in: results[0]), stored: try AddressChangeStatements.rows(in: results[3...]),
                confirmed: try SupabaseStatements.confirmation(in: results[5]),
                alive: alive.isEmpty ? [] : try LockedRows.sessions(in: last))
            let plan = SupabasePlan<SupabaseRedemptionOutcome>.redeem(call, rows, budgets: budgets, context: context)
            return finish(plan, rows.user?.id)
        }
    }

    /// X7.
    static func exchange(
        _ digest: [UInt8], verifierDigest: [UInt8], session: Session, limit: SessionLimit?, context: OperationContext
    ) -> SQLLadder<Committed<SupabaseExchangeOutcome>> {
        let now = context.now
        @Sendable func decide(
            _ user: User?, _ code: SupabaseCode?, _ alive: [Session]
        ) -> StorePlan<SupabaseExchangeOutcome> {
            .exchange(
                code, of: user, verifierDigest: verifierDigest, session: session, limit: limit, alive: alive,
                context: context)
        }
        let alone = SQLOperation<Committed<SupabaseExchangeOutcome>?>(
            .write, locked(digest, limit, at: now) { .commitWithoutFeed(decide($0, $1, $2), at: now) })
        let feeding = SQLOperation<Committed<SupabaseExchangeOutcome>>(
            .writeFeed, locked(digest, limit, at: now) { .commit(decide($0, $1, $2), at: now) })
        return SQLLadder([alone], orElse: feeding)
    }

    private static func locked<Output: Sendable>(
        _ digest: [UInt8], _ limit: SessionLimit?, at now: Timestamp,
        _ next: @escaping @Sendable (User?, SupabaseCode?, [Session]) -> SQLProgram<Output>
    ) -> SQLProgram<Output> {
        .run(SupabaseStatements.holder(of: digest)) { (found) throws(StoreError) in
            let holder = try found.first.map { (row) throws(StoreError) in UserID(try row.uuid(0)) }
            let id = holder ?? OutboxColumns.noUser
            let alive = self.alive(of: id, limit, at: now)
            let reads = [LockedRows.user(id), SupabaseStatements.lockCode(digest)] + alive
            return .run(reads) { (results) throws(StoreError) in
                guard results.count == reads.count, let last = results.last else {
                    throw .corrupt("a statement gave no result")
                }
                return next(
                    try LockedRows.user(in: results[0]), try SupabaseStatements.code(in: results[1]),
                    alive.isEmpty ? [] : try LockedRows.sessions(in: last))
            }
        }
    }

    /// X11.
    static func take(_ budget: SupabaseBudget, at now: Timestamp) -> SQLOperation<Timestamp?> {
        SQLOperation(
            .write,
            .run(SupabaseStatements.lock(budget)) { (result) throws(StoreError) in
                let plan = StorePlan<Timestamp?>.take(budget, from: try SupabaseStatements.state(in: result), at: now)
                guard !plan.writes.isEmpty else { return .rollback(plan.outcome) }
                return .commit(WriteStatements.write(plan, at: now), plan.outcome)
            })
    }

    private static func alive(of id: UserID, _ limit: SessionLimit?, at now: Timestamp) -> [Statement] {
        guard let limit else { return [] }
        let count = StorePlan<SessionOpening>.evictable(limit)
        return [LockedRows.oldestSessions(of: id, aliveAt: now, limit: count)]
    }

    /// Claims and frees what a plan does, then writes.
    static func carryOut<Outcome: Sendable>(
        _ plan: SupabasePlan<Outcome>, of id: UserID?, at now: Timestamp
    ) -> SQLProgram<Committed<Outcome>> {
        guard let id, !plan.moves.isEmpty else { return .commit(plan.plan, at: now) }
        return IdentifierClaims.carryOut(plan.plan, plan.moves, of: id, reserved: plan.reservedKinds, at: now) { _ in
            plan.taken
        }
    }
}
