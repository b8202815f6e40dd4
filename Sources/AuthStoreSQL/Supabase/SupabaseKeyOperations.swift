// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Making, finding and revoking secret keys of Supabase's API.
enum SupabaseKeyOperations {
    /// All keys, the newest first.
    static let keys = SQLOperation<[SupabaseKey]>(
        .read, .run(Statement(selectAll)) { (result) throws(StoreError) in .commit([], try keys(in: result)) })

    /// The key with an id.
    static func key(_ id: SupabaseKeyID) -> SQLOperation<SupabaseKey?> {
        find(Statement(selectOne, [.id(id)]))
    }

    /// The key with a digest.
    static func key(digest: [UInt8]) -> SQLOperation<SupabaseKey?> {
        find(Statement(selectByDigest, [.bytes(digest)]))
    }

    private static func find(_ statement: Statement) -> SQLOperation<SupabaseKey?> {
        SQLOperation(
            .read, .run(statement) { (result) throws(StoreError) in .commit([], try keys(in: result).first) })
    }

    /// X12: the feed's lock keeps two of these apart.
    static func add(_ key: SupabaseKey, context: OperationContext) -> SQLOperation<Bool> {
        SQLOperation(
            .writeFeed,
            .run(Statement(selectAll)) { (result) throws(StoreError) in
                let plan = StorePlan<Bool>.addSupabaseKey(key, beside: try keys(in: result), context: context)
                return .commit(WriteStatements.write(plan, at: context.now), plan.outcome)
            })
    }

    /// X13.
    static func revoke(_ id: SupabaseKeyID, context: OperationContext) -> SQLOperation<SupabaseKey?> {
        SQLOperation(
            .write,
            .run(Statement(lockOne, [.id(id)])) { (result) throws(StoreError) in
                let plan = StorePlan<SupabaseKey?>.revokeSupabaseKey(try keys(in: result).first, context: context)
                guard !plan.writes.isEmpty else { return .rollback(plan.outcome) }
                return .commit(WriteStatements.write(plan, at: context.now), plan.outcome)
            })
    }

    /// Writes when a key was last used.
    static func use(of id: SupabaseKeyID, at now: Timestamp) -> SQLOperation<Void> {
        SQLOperation(.writeOnce, .run(noteUse(of: id, at: now)) { _ in .commit([], ()) })
    }

    /// The statement of ``use(of:at:)``.
    static func noteUse(of id: SupabaseKeyID, at now: Timestamp) -> Statement {
        Statement(updateUse, [.id(id), .time(now)])
    }

    /// Stores a key in place of any other with its id.
    static func put(_ key: SupabaseKey) -> Statement {
        Statement(putKey, SupabaseKeyColumns.values(key))
    }

    private static func keys(in result: SQLResult) throws(StoreError) -> [SupabaseKey] {
        var keys: [SupabaseKey] = []
        for row in result.rows { keys.append(try SupabaseKeyColumns.key(in: row)) }
        return keys
    }

    private static let selectAll = SQL(
        joining: [
            "SELECT", .init(SupabaseKeyColumns.list),
            "FROM authd.supabase_keys ORDER BY created_at_us DESC, id DESC",
        ], isPermanent: true)

    private static let selectOne = SQL(
        joining: ["SELECT", .init(SupabaseKeyColumns.list), "FROM authd.supabase_keys WHERE id = $1"],
        isPermanent: true)

    private static let lockOne = SQL(
        joining: ["SELECT", .init(SupabaseKeyColumns.list), "FROM authd.supabase_keys WHERE id = $1 FOR UPDATE"],
        isPermanent: true)

    private static let selectByDigest = SQL(
        joining: ["SELECT", .init(SupabaseKeyColumns.list), "FROM authd.supabase_keys WHERE digest = $1"],
        isPermanent: true)

    private static let putKey = SQL(
        joining: [
            "INSERT INTO authd.supabase_keys", SupabaseKeyColumns.list.insertion, "ON CONFLICT (id) DO UPDATE SET",
            SupabaseKeyColumns.list.dropFirst().assignments(from: 2),
        ], isPermanent: true)

    private static let updateUse = SQL(
        """
        UPDATE authd.supabase_keys SET last_used_at_us = $2 \
        WHERE id = $1 AND (last_used_at_us IS NULL OR last_used_at_us < $2)
        """)
}
