// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Signing keys, and the check value of the root key.
enum SigningKeyOperations {
    /// All keys, oldest first.
    static let keys = SQLOperation<[StoredSigningKey]>(
        .read,
        .run(Statement(selectKeys)) { (result) throws(StoreError) in .commit([], try keys(in: result)) })

    /// K1: the feed's lock is held from before the keys are read.
    static func update(
        context: OperationContext, _ decide: @escaping @Sendable ([StoredSigningKey]) -> SigningKeyUpdate
    ) -> SQLOperation<Committed<[StoredSigningKey]>> {
        SQLOperation(
            .writeFeed,
            .run(Statement(selectKeys)) { (result) throws(StoreError) in
                let keys = try keys(in: result)
                let plan = StorePlan.updateKeys(keys, by: decide(keys), context: context)
                guard !plan.writes.isEmpty else { return .rollback(plan.committed) }
                return .commit(plan, at: context.now)
            })
    }

    /// Stores a key in place of any other with its id.
    static func put(_ key: StoredSigningKey) -> Statement {
        Statement(putKey, SigningKeyColumns.values(key))
    }

    /// Removes a key.
    static func remove(_ id: String) -> Statement {
        Statement(removeKey, [.text(id)])
    }

    /// K2.
    static func rootKeyCheck(orStore value: [UInt8]) -> SQLOperation<[UInt8]> {
        setting(rootKeyCheckName, orStore: value)
    }

    /// Replaces the check value if it is still the old one.
    static func replaceRootKeyCheck(_ old: [UInt8], by new: [UInt8]) -> SQLOperation<Bool> {
        replaceSetting(rootKeyCheckName, old, by: new)
    }

    /// X14.
    static func supabaseKey(orStore sealed: [UInt8]) -> SQLOperation<[UInt8]> {
        setting(supabaseKeyName, orStore: sealed)
    }

    /// X14.
    static func replaceSupabaseKey(_ old: [UInt8], by new: [UInt8]) -> SQLOperation<Bool> {
        replaceSetting(supabaseKeyName, old, by: new)
    }

    private static func setting(_ name: String, orStore value: [UInt8]) -> SQLOperation<[UInt8]> {
        SQLOperation(
            .write,
            .run([
                Statement(storeSetting, [.text(name), .bytes(value)]), Statement(selectSetting, [.text(name)]),
            ]) { (results) throws(StoreError) in
                guard let row = results.last?.first else { throw .corrupt("a setting is missing") }
                return .commit([], try row.bytes(0))
            })
    }

    private static func replaceSetting(_ name: String, _ old: [UInt8], by new: [UInt8]) -> SQLOperation<Bool> {
        let statement = Statement(swapSetting, [.text(name), .bytes(old), .bytes(new)])
        return SQLOperation(.writeOnce, .run(statement) { .commit([], $0.affectedRows == 1) })
    }

    private static let rootKeyCheckName = "root_key_check"
    private static let supabaseKeyName = "supabase_key"

    private static func keys(in result: SQLResult) throws(StoreError) -> [StoredSigningKey] {
        var keys: [StoredSigningKey] = []
        for row in result.rows { keys.append(try SigningKeyColumns.key(in: row)) }
        // The order is made here, so that it does not depend on a database's collation.
        return SigningKeyUpdate.none.applied(to: keys)
    }

    private static let selectKeys = SQL(
        joining: ["SELECT", .init(SigningKeyColumns.list), "FROM authd.signing_keys"], isPermanent: true)

    private static let putKey = SQL(
        joining: [
            "INSERT INTO authd.signing_keys", SigningKeyColumns.list.insertion, "ON CONFLICT (id) DO UPDATE SET",
            SigningKeyColumns.list.dropFirst().assignments(from: 2),
        ], isPermanent: true)

    private static let removeKey = SQL("DELETE FROM authd.signing_keys WHERE id = $1")

    private static let storeSetting = SQL(
        "INSERT INTO authd.settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING")

    private static let selectSetting = SQL("SELECT value FROM authd.settings WHERE name = $1")

    private static let swapSetting = SQL("UPDATE authd.settings SET value = $3 WHERE name = $1 AND value = $2")
}
