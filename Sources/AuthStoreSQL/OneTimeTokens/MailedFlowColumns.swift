// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of a flow of a mailed action, in the order in which statements name and read them.
enum MailedFlowColumns {
    /// All columns.
    static let list = SQLColumns(
        """
        flow, purpose, recipient, user_id, token_digest, shown, code_digest, wrong_codes, code_expires_at_us, \
        expires_at_us, mailed_at_us, ended_at_us, source, user_agent, created_at_us, kept_until_us, supabase, code_address
        """)

    /// When a mail was written that was not.
    private static let notMailed = Timestamp(microseconds: .min)

    /// The flow in a row.
    static func flow(in row: SQLRow) throws(StoreError) -> MailedFlow {
        guard let purpose = OneTimeTokenPurpose(rawValue: try row.text(1)) else {
            throw .corrupt("a flow's purpose is not a known one")
        }
        let userID = UserID(try row.uuid(3))
        let token = try row.optionalBytes(4).map { OneTimeTokenKey(userID: userID, digest: $0) }
        let mailedAt = try row.time(10)
        let supabase = try row.optionalText(16).map { (text) throws(StoreError) in
            guard let mail = SupabaseMail(json: text) else { throw .corrupt("what a mail says is not readable") }
            return mail
        }
        return MailedFlow(
            id: FlowID(try row.bytes(0)), purpose: purpose, recipient: try row.text(2), token: token,
            shown: try row.optionalInt64(5).map { CredentialGeneration($0) }, codeDigest: try row.bytes(6),
            wrongCodes: try row.int64(7), codeExpiresAt: try row.time(8), expiresAt: try row.time(9),
            mailedAt: mailedAt == notMailed ? nil : mailedAt, endedAt: try row.optionalTime(11),
            source: try row.optionalText(12), userAgent: try row.optionalText(13), createdAt: try row.time(14),
            supabase: supabase)
    }

    /// The values of ``list``.
    static func values(_ flow: MailedFlow) -> [SQLValue] {
        [
            .bytes(flow.id.digest), .text(flow.purpose.rawValue), .text(flow.recipient),
            .id(flow.token?.userID ?? OutboxColumns.noUser), .optional(flow.token?.digest),
            flow.shown.map { SQLValue.int64($0.value) } ?? .null, .bytes(flow.codeDigest), .int64(flow.wrongCodes),
            .time(flow.codeExpiresAt), .time(flow.expiresAt), .time(flow.mailedAt ?? notMailed), .time(flow.endedAt),
            .optional(flow.source), .optional(flow.userAgent), .time(flow.createdAt), .time(flow.keptUntil),
            .optional(flow.supabase?.json), .optional(flow.token == nil ? nil : flow.supabase?.address),
        ]
    }
}
