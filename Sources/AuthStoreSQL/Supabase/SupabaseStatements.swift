// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The statements about codes, confirmations, budgets and flows of Supabase's API: what decisions read, and what plans write.
enum SupabaseStatements {
    /// The newest flows of an address that accept a code.
    static func codeFlows(of address: String, at now: Timestamp) -> Statement {
        Statement(selectCodeFlows, [.text(address), .time(now), .int64(MailedFlow.wrongCodesAllowed)])
    }

    /// The flows of a user, for this API, that have not ended.
    static func flows(of id: UserID) -> Statement {
        Statement(selectFlows, [.id(id)])
    }

    /// The flows in a result that has one in each row.
    static func flows(in result: SQLResult) throws(StoreError) -> [MailedFlow] {
        var flows: [MailedFlow] = []
        for row in result.rows { flows.append(try MailedFlowColumns.flow(in: row)) }
        return flows
    }

    /// Makes and locks the row of a budget.
    static func lock(_ budget: SupabaseBudget) -> Statement {
        Statement(lockBudget, [.bytes(budget.key), .time(TokenBucket().fullAt)])
    }

    /// What is left of budgets in the results of ``lock(_:)`` for each.
    static func left(
        of budgets: [SupabaseBudget], in results: some Sequence<SQLResult>
    ) throws(StoreError) -> SupabaseBudgets {
        var states: [MailBudget] = []
        for result in results { states.append(try state(in: result)) }
        return SupabaseBudgets(budgets, states)
    }

    /// The budget in the result of ``lock(_:)``.
    static func state(in result: SQLResult) throws(StoreError) -> MailBudget {
        guard let row = result.first else { throw .corrupt("a statement gave no row") }
        return MailBudget(hourlyFullAt: try row.time(0), dailyFullAt: try row.time(1))
    }

    /// Stores what is left of a budget.
    static func put(_ budget: MailBudget, under key: [UInt8]) -> Statement {
        Statement(putBudget, [.bytes(key), .time(budget.hourly.fullAt), .time(budget.daily.fullAt)])
    }

    /// The confirmation of a change of address of a user whose row is locked.
    static func confirmation(of id: UserID) -> Statement {
        Statement(selectConfirmation, [.id(id)])
    }

    /// The confirmation in the result of ``confirmation(of:)``.
    static func confirmation(in result: SQLResult) throws(StoreError) -> SupabaseAddressConfirmation? {
        guard let row = result.first else { return nil }
        return try AddressConfirmationColumns.confirmation(in: row)
    }

    /// Stores a confirmation in place of any other.
    static func put(_ confirmation: SupabaseAddressConfirmation) -> Statement {
        Statement(putConfirmation, AddressConfirmationColumns.values(confirmation))
    }

    /// Removes a confirmation.
    static func removeConfirmation(of id: UserID) -> Statement {
        Statement(deleteConfirmation, [.id(id)])
    }

    /// Whose a code is.
    static func holder(of digest: [UInt8]) -> Statement {
        Statement(selectHolder, [.bytes(digest)])
    }

    /// A code's row.
    static func lockCode(_ digest: [UInt8]) -> Statement {
        Statement(lockCode, [.bytes(digest)])
    }

    /// The code in the result of ``lockCode(_:)``.
    static func code(in result: SQLResult) throws(StoreError) -> SupabaseCode? {
        guard let row = result.first else { return nil }
        return try SupabaseCodeColumns.code(in: row)
    }

    /// Stores a code.
    static func insert(_ code: SupabaseCode) -> Statement {
        Statement(insertCode, SupabaseCodeColumns.values(code))
    }

    /// Removes a code.
    static func removeCode(_ digest: [UInt8]) -> Statement {
        Statement(deleteCode, [.bytes(digest)])
    }

    /// Removes the codes of a user.
    static func removeCodes(of id: UserID) -> Statement {
        Statement(deleteCodesOfUser, [.id(id)])
    }

    /// Counts a wrong verifier at a code whose row is locked.
    static func countWrongVerifier(_ digest: [UInt8]) -> Statement {
        Statement(countVerifier, [.bytes(digest)])
    }

    /// A8.
    static func purge(at now: Timestamp, _ limit: SQLValue) -> [Statement] {
        [
            Statement(deleteEndedCodes, [.time(now - SupabaseRetention.ofCodes), limit]),
            Statement(deleteEndedConfirmations, [.time(now), limit]),
            Statement(deleteWholeBudgets, [.time(now), limit]),
            Statement(deleteEndedKeys, [.time(now - SupabaseRetention.ofKeys), limit]),
        ]
    }

    // MARK: The texts

    // The predicate is that of `MailedFlow.acceptsCode`, and the order that of `MailedFlow.isNewer`; no more are compared.
    private static let selectCodeFlows = SQL(
        joining: [
            "SELECT", .init(MailedFlowColumns.list),
            """
            FROM authd.mailed_flows WHERE code_address = $1 AND code_expires_at_us > $2 AND ended_at_us IS NULL \
            AND expires_at_us > $2 AND wrong_codes < $3 ORDER BY code_expires_at_us DESC, flow DESC LIMIT 3
            """,
        ], isPermanent: true)

    private static let selectFlows = SQL(
        joining: [
            "SELECT", .init(MailedFlowColumns.list),
            """
            FROM authd.mailed_flows WHERE user_id = $1 AND purpose = 'supabase' AND ended_at_us IS NULL \
            ORDER BY code_expires_at_us DESC, flow DESC
            """,
        ], isPermanent: true)

    // Making and locking a row is one statement: two first codes must not both begin at a whole budget.
    private static let lockBudget = SQL(
        """
        INSERT INTO authd.supabase_budgets AS budgets (key, hourly_full_at_us, daily_full_at_us) VALUES ($1, $2, $2) \
        ON CONFLICT (key) DO UPDATE SET daily_full_at_us = budgets.daily_full_at_us \
        RETURNING hourly_full_at_us, daily_full_at_us
        """)

    private static let putBudget = SQL(
        "UPDATE authd.supabase_budgets SET hourly_full_at_us = $2, daily_full_at_us = $3 WHERE key = $1")

    private static let selectConfirmation = SQL(
        joining: [
            "SELECT", .init(AddressConfirmationColumns.list),
            "FROM authd.address_confirmations WHERE user_id = $1 FOR UPDATE",
        ], isPermanent: true)

    private static let putConfirmation = SQL(
        joining: [
            "INSERT INTO authd.address_confirmations", AddressConfirmationColumns.list.insertion,
            "ON CONFLICT (user_id) DO UPDATE SET",
            AddressConfirmationColumns.list.dropFirst().assignments(from: 2),
        ], isPermanent: true)

    private static let deleteConfirmation = SQL("DELETE FROM authd.address_confirmations WHERE user_id = $1")

    private static let selectHolder = SQL("SELECT user_id FROM authd.supabase_codes WHERE digest = $1")

    private static let lockCode = SQL(
        joining: [
            "SELECT", .init(SupabaseCodeColumns.list), "FROM authd.supabase_codes WHERE digest = $1 FOR UPDATE",
        ], isPermanent: true)

    private static let insertCode = SQL(
        joining: ["INSERT INTO authd.supabase_codes", SupabaseCodeColumns.list.insertion], isPermanent: true)

    private static let deleteCode = SQL("DELETE FROM authd.supabase_codes WHERE digest = $1")

    private static let deleteCodesOfUser = SQL("DELETE FROM authd.supabase_codes WHERE user_id = $1")

    private static let countVerifier = SQL(
        "UPDATE authd.supabase_codes SET wrong_verifiers = wrong_verifiers + 1 WHERE digest = $1")

    private static let deleteEndedCodes = SQL(
        joining: [
            """
            DELETE FROM authd.supabase_codes WHERE digest IN (SELECT digest FROM authd.supabase_codes \
            WHERE expires_at_us <= $1 ORDER BY expires_at_us LIMIT $2)
            """
        ], isPermanent: false)

    private static let deleteEndedConfirmations = SQL(
        joining: [
            """
            DELETE FROM authd.address_confirmations WHERE user_id IN (SELECT user_id FROM authd.address_confirmations \
            WHERE expires_at_us <= $1 ORDER BY expires_at_us LIMIT $2) AND expires_at_us <= $1
            """
        ], isPermanent: false)

    // Asked twice whether it is whole, as one that was used while its row was waited for is not.
    private static let deleteWholeBudgets = SQL(
        joining: [
            """
            DELETE FROM authd.supabase_budgets WHERE key IN (SELECT key FROM authd.supabase_budgets \
            WHERE daily_full_at_us <= $1 AND hourly_full_at_us <= $1 ORDER BY daily_full_at_us LIMIT $2) \
            AND daily_full_at_us <= $1 AND hourly_full_at_us <= $1
            """
        ], isPermanent: false)

    // Of keys there are few, so that no index is worth its row.
    private static let deleteEndedKeys = SQL(
        joining: [
            """
            DELETE FROM authd.supabase_keys WHERE id IN (SELECT id FROM authd.supabase_keys \
            WHERE CASE WHEN revoked_at_us < expires_at_us THEN revoked_at_us ELSE expires_at_us END <= $1 LIMIT $2)
            """
        ], isPermanent: false)
}
