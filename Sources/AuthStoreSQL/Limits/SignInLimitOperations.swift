// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The budgets for failed sign-ins.
enum SignInLimitOperations {
    /// L1.
    ///
    /// The statement has room for three keys; the last is repeated where there are fewer.
    static func budgets(_ keys: [SignInBudgetKey]) -> SQLOperation<[SignInBudgetKey: SignInBudget]> {
        let digests = keys.prefix(3).map { SQLValue.bytes($0.digest) }
        guard let last = digests.last else { return SQLOperation(.read, .commit([], [:])) }
        let values = digests + Array(repeating: last, count: 3 - digests.count)
        return SQLOperation(
            .read,
            .run(Statement(selectBudgets, values)) { (result) throws(StoreError) in
                var budgets: [SignInBudgetKey: SignInBudget] = [:]
                for row in result.rows {
                    let digest = try row.bytes(0)
                    let budget = try budget(in: row)
                    for key in keys where key.digest == digest { budgets[key] = budget }
                }
                return .commit([], budgets)
            })
    }

    /// L2 to L4.
    ///
    /// Making and locking a row is one statement: two first failures must not both begin at one, and a row may be
    /// removed at any time.
    static func noteFailure(
        _ event: AuditEvent?, against keys: [SignInBudgetKey], counts: Bool, at now: Timestamp
    ) -> SQLOperation<Void> {
        // In one order everywhere, so that no two of these wait for each other.
        let keys = Set(keys).sorted { $0.digest.lexicographicallyPrecedes($1.digest) }
        let locks = keys.map { Statement(makeAndLock, [.bytes($0.digest)]) }
        let audit = event.map { [WriteStatements.append($0)] } ?? []
        guard !locks.isEmpty else { return SQLOperation(.write, .commit(audit, ())) }
        return SQLOperation(
            .write,
            .run(locks) { (results) throws(StoreError) in
                var statements: [Statement] = []
                for (key, result) in zip(keys, results) {
                    guard let row = result.first else { throw .corrupt("a statement gave no row") }
                    let stored = try budget(in: row)
                    let next = counts ? SignInThrottle.afterFailure(stored, of: key.kind, at: now) : stored
                    statements.append(write(next, under: key))
                }
                return .commit(statements + audit, ())
            })
    }

    /// L5.
    static func clear(_ key: SignInBudgetKey) -> SQLOperation<Void> {
        SQLOperation(
            .writeOnce, .run(Statement(deleteBudget, [.bytes(key.digest)])) { _ in .commit([], ()) })
    }

    private static func write(_ budget: SignInBudget, under key: SignInBudgetKey) -> Statement {
        Statement(
            updateBudget,
            [.bytes(key.digest), .int64(budget.failures), .time(budget.fullAt), .time(budget.blockedUntil)])
    }

    private static func budget(in row: SQLRow) throws(StoreError) -> SignInBudget {
        SignInBudget(failures: try row.int64(1), fullAt: try row.time(2), blockedUntil: try row.time(3))
    }

    private static let columns: StaticString = "key, failures, full_at_us, blocked_until_us"

    private static let selectBudgets = SQL(
        joining: ["SELECT", .init(columns), "FROM authd.sign_in_budgets WHERE key IN ($1, $2, $3)"],
        isPermanent: true)

    private static let makeAndLock = SQL(
        joining: [
            "INSERT INTO authd.sign_in_budgets AS budgets (", .init(columns), ") VALUES ($1, 0, 0, 0)",
            "ON CONFLICT (key) DO UPDATE SET failures = budgets.failures RETURNING", .init(columns),
        ], isPermanent: true)

    private static let updateBudget = SQL(
        "UPDATE authd.sign_in_budgets SET failures = $2, full_at_us = $3, blocked_until_us = $4 WHERE key = $1")

    private static let deleteBudget = SQL("DELETE FROM authd.sign_in_budgets WHERE key = $1")

    /// A8; asked twice whether it is whole, as one that was used while its row was waited for is not.
    static func purge(wholeAt now: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteWhole, [.time(now), limit])]
    }

    private static let deleteWhole = SQL(
        joining: [
            """
            DELETE FROM authd.sign_in_budgets WHERE key IN (SELECT key FROM authd.sign_in_budgets \
            WHERE full_at_us <= $1 ORDER BY full_at_us LIMIT $2) AND full_at_us <= $1
            """
        ], isPermanent: false)
}
