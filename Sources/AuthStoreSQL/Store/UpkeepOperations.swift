// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Removing what is over, and the clock that this may be checked by.
enum UpkeepOperations {
    /// A8.
    ///
    /// None of the statements is kept prepared: PostgreSQL must see the limit when it plans, or it expects a tenth of the table.
    static func purge(
        expiredAt now: Timestamp, endedBefore horizon: Timestamp, limit: Int
    ) -> SQLOperation<Int> {
        // A session is over before its end as little as it is kept beyond the horizon.
        let end = min(horizon, now)
        let limit = SQLValue.int64(Int64(max(0, limit)))
        return SQLOperation(
            .write,
            .run(
                SessionOperations.purge(endedBefore: end, limit)
                    + OneTimeTokenOperations.purge(expiredAt: now, limit)
                    + MailedFlowOperations.purge(at: now, limit)
                    + SignInLimitOperations.purge(wholeAt: now, limit)
                    + SourceLimitOperations.purge(fullAt: now - BucketUse.longestDelay, limit)
                    + IdentifierClaims.purge(reservedUntil: now, limit)
                    + AddressChangeStatements.purge(endedBy: now, limit)
                    + InvitationOperations.purge(at: now, limit)
                    + ProviderFlowOperations.purge(at: now, limit)
                    + SupabaseStatements.purge(at: now, limit)
                    + ChangeFeedOperations.purge(writtenBefore: horizon, limit)
                    + OutboxOperations.purge(at: now, limit)
            ) { results in
                .commit(
                    [OutboxOperations.recall(at: now), MailRequestOperations.recall(at: now)],
                    results.reduce(0) { $0 + $1.affectedRows })
            })
    }

    /// A11.
    static let orphanCount = SQLOperation<Int>(
        .read,
        .run(Statement(countOrphans, [.id(OutboxColumns.noUser)])) { (result) throws(StoreError) in
            guard let row = result.first else { throw .corrupt("a count gave no row") }
            return .commit([], Int(clamping: try row.int64(0)))
        })

    // Not kept prepared: it is asked once in a long while. A database on which another program switched foreign keys off has
    // orphans in the tables that have one, too.
    private static let countOrphans = SQL(
        joining: [
            """
            SELECT (SELECT count(*) FROM authd.identifiers WHERE NOT EXISTS (SELECT 1 FROM authd.users \
            WHERE users.id = identifiers.user_id AND identifiers.canonical = \
            CASE identifiers.kind WHEN 'username' THEN users.username_key ELSE users.email_key END)) \
            + (SELECT count(*) FROM authd.users WHERE username_key <> '' AND NOT EXISTS (SELECT 1 \
            FROM authd.identifiers WHERE kind = 'username' AND canonical = username_key AND user_id = users.id)) \
            + (SELECT count(*) FROM authd.users WHERE email_key <> '' AND NOT EXISTS (SELECT 1 \
            FROM authd.identifiers WHERE kind = 'email' AND canonical = email_key AND user_id = users.id)) \
            + (SELECT count(*) FROM authd.passwords WHERE user_id NOT IN (SELECT id FROM authd.users)) \
            + (SELECT count(*) FROM authd.sessions WHERE user_id NOT IN (SELECT id FROM authd.users)) \
            + (SELECT count(*) FROM authd.address_changes WHERE user_id NOT IN (SELECT id FROM authd.users)) \
            + (SELECT count(*) FROM authd.one_time_tokens WHERE user_id NOT IN (SELECT id FROM authd.users)) \
            + (SELECT count(*) FROM authd.invitations WHERE user_id NOT IN (SELECT id FROM authd.users)) \
            + (SELECT count(*) FROM authd.identities WHERE user_id NOT IN (SELECT id FROM authd.users)) \
            + (SELECT count(*) FROM authd.supabase_codes WHERE user_id NOT IN (SELECT id FROM authd.users)) \
            + (SELECT count(*) FROM authd.address_confirmations WHERE user_id NOT IN (SELECT id FROM authd.users)) \
            + (SELECT count(*) FROM authd.sign_in_places WHERE user_id NOT IN (SELECT id FROM authd.users)) \
            + (SELECT count(*) FROM authd.mail_budgets WHERE user_id NOT IN (SELECT id FROM authd.users)) \
            + (SELECT count(*) FROM authd.mailed_flows WHERE user_id <> $1 \
            AND user_id NOT IN (SELECT id FROM authd.users)) \
            + (SELECT count(*) FROM authd.outbox WHERE lane <> 'event' AND user_id <> $1 \
            AND user_id NOT IN (SELECT id FROM authd.users))
            """
        ], isPermanent: false)

    /// The time on PostgreSQL's machine.
    static let serverTime = SQLOperation<Timestamp?>(
        .read,
        .run(Statement(selectServerTime)) { (result) throws(StoreError) in
            .commit([], try result.first?.time(0))
        })

    private static let selectServerTime = SQL(
        "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint)")
}
