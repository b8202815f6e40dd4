// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The statements that carry out what a plan writes about flows, their tokens, budgets and requests.
enum MailedFlowStatements {
    /// Stores a flow.
    static func insert(_ flow: MailedFlow) -> Statement {
        Statement(insertFlow, MailedFlowColumns.values(flow))
    }

    /// Counts a wrong code at a flow whose row is locked.
    static func countWrongCode(_ id: FlowID) -> Statement {
        Statement(countWrongCode, [.bytes(id.digest)])
    }

    /// Voids the code of a flow, and not its link.
    static func voidCode(_ id: FlowID) -> Statement {
        Statement(voidCode, [.bytes(id.digest), .int64(MailedFlow.wrongCodesAllowed)])
    }

    /// Stores a budget in place of any other.
    static func put(_ budget: MailBudget, under key: MailBudgetKey) -> Statement {
        Statement(
            putBudget, values(key) + [.time(budget.hourly.fullAt), .time(budget.daily.fullAt)])
    }

    /// The values that name a budget.
    static func values(_ key: MailBudgetKey) -> [SQLValue] {
        [.id(key.userID), .text(key.purpose.rawValue), .text(key.standing.rawValue)]
    }

    /// Removes a request.
    static func removeMailRequest(_ number: Int64) -> Statement {
        Statement(deleteRequest, [.int64(number)])
    }

    /// Removes the tokens of a user, or those of one purpose, and ends their flows.
    static func voidTokens(of id: UserID, _ purpose: OneTimeTokenPurpose?, at now: Timestamp) -> [Statement] {
        guard let purpose else {
            return [Statement(deleteTokens, [.id(id)]), Statement(endFlows, [.id(id), .time(now)])]
                + [SupabaseStatements.removeCodes(of: id)]
        }
        let name = SQLValue.text(purpose.rawValue)
        return [
            Statement(deleteTokensOfPurpose, [.id(id), name]),
            Statement(endFlowsOfPurpose, [.id(id), .time(now), name]),
        ]
    }

    /// Removes a token and ends its flow.
    static func voidToken(_ key: OneTimeTokenKey, at now: Timestamp) -> [Statement] {
        let name: [SQLValue] = [.id(key.userID), .bytes(key.digest)]
        return [Statement(deleteToken, name), Statement(endFlow, name + [.time(now)])]
    }

    /// Lets a token and its flow expire at another instant.
    static func extendToken(_ key: OneTimeTokenKey, until instant: Timestamp) -> [Statement] {
        let values: [SQLValue] = [.id(key.userID), .bytes(key.digest), .time(instant)]
        return [Statement(extendToken, values), Statement(extendFlow, values)]
    }

    /// Removes what a user who is gone has asked for.
    static func remove(of id: UserID) -> [Statement] {
        [Statement(deleteFlows, [.id(id)]), Statement(deleteRequests, [.id(id)])]
    }

    // MARK: The texts

    private static let insertFlow = SQL(
        joining: ["INSERT INTO authd.mailed_flows", MailedFlowColumns.list.insertion], isPermanent: true)

    private static let countWrongCode = SQL(
        "UPDATE authd.mailed_flows SET wrong_codes = wrong_codes + 1 WHERE flow = $1")

    private static let voidCode = SQL("UPDATE authd.mailed_flows SET wrong_codes = $2 WHERE flow = $1")

    private static let putBudget = SQL(
        """
        INSERT INTO authd.mail_budgets (user_id, purpose, standing, hourly_full_at_us, daily_full_at_us) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id, purpose, standing) \
        DO UPDATE SET hourly_full_at_us = $4, daily_full_at_us = $5
        """)

    private static let deleteRequest = SQL("DELETE FROM authd.mail_requests WHERE number = $1")

    // As `OneTimeTokenPurpose.endsWithPassword` says, here and where flows end.
    private static let deleteTokens = SQL(
        "DELETE FROM authd.one_time_tokens WHERE user_id = $1 AND purpose NOT IN ('address_undo', 'invitation')")

    private static let deleteTokensOfPurpose = SQL(
        "DELETE FROM authd.one_time_tokens WHERE user_id = $1 AND purpose = $2")

    private static let deleteToken = SQL("DELETE FROM authd.one_time_tokens WHERE user_id = $1 AND digest = $2")

    private static let endFlows = SQL(
        """
        UPDATE authd.mailed_flows SET ended_at_us = $2 WHERE user_id = $1 AND ended_at_us IS NULL \
        AND purpose NOT IN ('address_undo', 'invitation')
        """)

    private static let endFlowsOfPurpose = SQL(
        "UPDATE authd.mailed_flows SET ended_at_us = $2 WHERE user_id = $1 AND ended_at_us IS NULL AND purpose = $3")

    private static let endFlow = SQL(
        """
        UPDATE authd.mailed_flows SET ended_at_us = $3 WHERE user_id = $1 AND token_digest = $2 AND ended_at_us IS NULL
        """)

    private static let extendToken = SQL(
        "UPDATE authd.one_time_tokens SET expires_at_us = $3 WHERE user_id = $1 AND digest = $2")

    private static let extendFlow = SQL(
        """
        UPDATE authd.mailed_flows SET expires_at_us = $3, \
        kept_until_us = CASE WHEN kept_until_us < $3 THEN $3 ELSE kept_until_us END \
        WHERE user_id = $1 AND token_digest = $2
        """)

    private static let deleteFlows = SQL("DELETE FROM authd.mailed_flows WHERE user_id = $1")

    private static let deleteRequests = SQL("DELETE FROM authd.mail_requests WHERE user_id = $1")
}
