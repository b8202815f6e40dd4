// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Storing and finding one-time tokens.
enum OneTimeTokenOperations {
    /// T1, T5, T6, M5.
    static func issue(
        _ issued: MailedToken, under terms: MailTerms, answering claim: MailRequestClaim?, context: OperationContext
    ) -> SQLOperation<OneTimeTokenIssuance?> {
        let token = issued.token
        let key = MailBudgetKey(token, terms)
        let reads = [
            LockedRows.user(token.userID),
            others(beside: token), budget(under: key),
        ]
        return SQLOperation(
            .write,
            .run(reads + (claim.map { [LockedRows.mailRequest($0.number)] } ?? [])) { (results) throws(StoreError) in
                guard results.count >= 3, let last = results.last else {
                    throw .corrupt("a statement gave no result")
                }
                var answered: AnsweredRequest?
                if let claim { answered = try LockedRows.answered(claim, in: last) }
                let plan = StorePlan.issueToken(
                    issued, under: terms, answering: answered, for: try LockedRows.user(in: results[0]),
                    beside: try tokens(in: results[1]), budget: try budget(in: results[2]), context: context)
                guard !plan.writes.isEmpty else { return .rollback(plan.outcome) }
                return .commit(WriteStatements.write(plan, at: context.now), plan.outcome)
            })
    }

    /// The token with a key.
    static func token(_ key: OneTimeTokenKey) -> SQLOperation<OneTimeToken?> {
        SQLOperation(
            .read,
            .run(Statement(selectByKey, [.id(key.userID), .bytes(key.digest)])) { (result) throws(StoreError) in
                .commit([], try LockedRows.oneTimeToken(in: result))
            })
    }

    /// The stored tokens of the same user, purpose and address as another one.
    static func others(beside token: OneTimeToken) -> Statement {
        Statement(selectOthers, [.id(token.userID), .text(token.purpose.rawValue), .text(token.address)])
    }

    /// What is left of a budget.
    static func budget(under key: MailBudgetKey) -> Statement {
        Statement(selectBudget, MailedFlowStatements.values(key))
    }

    /// The tokens in the result of ``others(beside:)``.
    static func tokens(in result: SQLResult) throws(StoreError) -> [OneTimeToken] {
        var tokens: [OneTimeToken] = []
        for row in result.rows { tokens.append(try OneTimeTokenColumns.token(in: row)) }
        return tokens
    }

    /// The budget in the result of ``budget(under:)``.
    static func budget(in result: SQLResult) throws(StoreError) -> MailBudget {
        guard let row = result.first else { return MailBudget() }
        return MailBudget(hourlyFullAt: try row.time(0), dailyFullAt: try row.time(1))
    }

    // The user's row is locked, so that these are all there are; the budget keeps them few. The newest decides.
    private static let selectOthers = SQL(
        joining: [
            "SELECT", .init(OneTimeTokenColumns.list),
            """
            FROM authd.one_time_tokens WHERE user_id = $1 AND purpose = $2 AND address = $3 \
            ORDER BY created_at_us DESC, digest DESC LIMIT 100
            """,
        ], isPermanent: true)

    private static let selectBudget = SQL(
        """
        SELECT hourly_full_at_us, daily_full_at_us FROM authd.mail_budgets \
        WHERE user_id = $1 AND purpose = $2 AND standing = $3
        """)

    private static let selectByKey = SQL(
        joining: [
            "SELECT", .init(OneTimeTokenColumns.list),
            "FROM authd.one_time_tokens WHERE user_id = $1 AND digest = $2",
        ], isPermanent: true)

    /// A8.
    static func purge(expiredAt now: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteExpired, [.time(now), limit])]
    }

    private static let deleteExpired = SQL(
        joining: [
            """
            DELETE FROM authd.one_time_tokens WHERE (user_id, digest) IN (SELECT user_id, digest \
            FROM authd.one_time_tokens WHERE expires_at_us <= $1 ORDER BY expires_at_us LIMIT $2) \
            AND expires_at_us <= $1
            """
        ], isPermanent: false)
}
