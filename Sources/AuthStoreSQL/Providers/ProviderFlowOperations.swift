// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// What a sign-in by a provider keeps on its way: values that were spent, parked callbacks, and codes.
enum ProviderFlowOperations {
    /// P1.
    static func spend(_ digest: [UInt8], until end: Timestamp) -> SQLOperation<Bool> {
        SQLOperation(
            .writeOnce,
            .run(Statement(insertSpent, [.bytes(digest), .time(end)])) { .commit([], $0.first != nil) })
    }

    /// P2.
    static func park(_ callback: ParkedCallback) -> SQLOperation<Bool> {
        let values: [SQLValue] = [
            .bytes(callback.stateDigest), .bytes(callback.sealed), .time(callback.expiresAt),
        ]
        return SQLOperation(.writeOnce, .run(Statement(insertParked, values)) { .commit([], $0.first != nil) })
    }

    /// P2.
    static func takeParked(_ stateDigest: [UInt8], at now: Timestamp) -> SQLOperation<[UInt8]?> {
        SQLOperation(
            .writeOnce,
            .run(Statement(deleteParked, [.bytes(stateDigest), .time(now)])) { (result) throws(StoreError) in
                .commit([], try result.first?.bytes(0))
            })
    }

    /// Stores a code.
    static func put(_ code: ProviderCode) -> SQLOperation<Void> {
        SQLOperation(.writeOnce, .run(IdentityStatements.insert(code)) { _ in .commit([], ()) })
    }

    /// P3.
    static func redeem(
        _ digest: [UInt8], verifierDigest: [UInt8]?, by session: (UserID, SessionID)?, at now: Timestamp
    ) -> SQLOperation<ProviderCodeOutcome> {
        SQLOperation(
            .write,
            .run(IdentityStatements.lockCode(digest)) { (result) throws(StoreError) in
                let code = try result.first.map { (row) throws(StoreError) in try ProviderCodeColumns.code(in: row) }
                let plan = StorePlan<ProviderCodeOutcome>.redeem(
                    code, verifierDigest: verifierDigest, by: session, at: now)
                guard !plan.writes.isEmpty else { return .rollback(plan.outcome) }
                return .commit(WriteStatements.write(plan, at: now), plan.outcome)
            })
    }

    /// A8.
    static func purge(at now: Timestamp, _ limit: SQLValue) -> [Statement] {
        [deleteExpiredCodes, deleteExpiredParked, deleteExpiredSpent].map { Statement($0, [.time(now), limit]) }
    }

    private static let insertSpent = SQL(
        "INSERT INTO authd.spent_values (digest, kept_until_us) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING digest"
    )

    private static let insertParked = SQL(
        """
        INSERT INTO authd.parked_callbacks (state_digest, sealed, expires_at_us) VALUES ($1, $2, $3) \
        ON CONFLICT DO NOTHING RETURNING state_digest
        """)

    private static let deleteParked = SQL(
        "DELETE FROM authd.parked_callbacks WHERE state_digest = $1 AND expires_at_us > $2 RETURNING sealed")

    private static let deleteExpiredCodes = SQL(
        joining: [
            """
            DELETE FROM authd.provider_codes WHERE digest IN (SELECT digest FROM authd.provider_codes \
            WHERE expires_at_us <= $1 ORDER BY expires_at_us LIMIT $2)
            """
        ], isPermanent: false)

    private static let deleteExpiredParked = SQL(
        joining: [
            """
            DELETE FROM authd.parked_callbacks WHERE state_digest IN (SELECT state_digest \
            FROM authd.parked_callbacks WHERE expires_at_us <= $1 ORDER BY expires_at_us LIMIT $2)
            """
        ], isPermanent: false)

    private static let deleteExpiredSpent = SQL(
        joining: [
            """
            DELETE FROM authd.spent_values WHERE digest IN (SELECT digest FROM authd.spent_values \
            WHERE kept_until_us <= $1 ORDER BY kept_until_us LIMIT $2)
            """
        ], isPermanent: false)
}
