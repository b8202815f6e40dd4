// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Making, finding and changing users.
enum UserOperations {
    /// U1, U2, U13, U14.
    static func create(
        _ user: User, passwordHash: StoredPasswordHash?, verification: MailedToken? = nil, action: AuditAction,
        context: OperationContext
    ) -> SQLOperation<UserCreation> {
        create(
            user,
            .createUser(
                user, passwordHash: passwordHash, verification: verification, action: action, context: context),
            action: action, context: context)
    }

    /// Makes a user, and writes what a plan says besides, unless an identifier is taken.
    static func create(
        _ user: User, _ plan: StorePlan<UserCreation>, action: AuditAction, context: OperationContext
    ) -> SQLOperation<UserCreation> {
        let claims = IdentifierClaims(
            IdentifierMove.moves(from: nil, to: user), for: user.id,
            reserved: IdentifierMove.reservedKinds(creatingBy: action), at: context.now)
        return SQLOperation(
            .write,
            .run([WriteStatements.insert(user)] + claims.statements) { (results) throws(StoreError) in
                if let taken = claims.outcome(in: results.dropFirst()).taken { return .rollback(.taken(taken)) }
                return .commit(WriteStatements.write(plan, at: context.now), plan.outcome)
            })
    }

    /// The user with an id.
    static func user(withID id: UserID) -> SQLOperation<User?> {
        SQLOperation(
            .read,
            .run(Statement(selectUser, [.id(id)])) { (result) throws(StoreError) in
                .commit([], try LockedRows.user(in: result))
            })
    }

    /// U3 and U12, by an identifier: two reads, whether or not a user has it.
    static func credential(for identifier: Identifier, decoy: UserID) -> SQLOperation<UserCredential?> {
        let key: [SQLValue] = [.text(identifier.kind.rawValue), .text(identifier.canonical)]
        return SQLOperation(
            .read,
            .run(Statement(selectHolder, key)) { (result) throws(StoreError) in
                let holder = try result.first.map { (row) throws(StoreError) in UserID(try row.uuid(0)) }
                return .run(Statement(selectCredential, [.id(holder ?? decoy)])) { (result) throws(StoreError) in
                    let found = try credential(in: result)
                    // Renamed or deleted since the first read, or a user whose id happens to be the decoy.
                    let isHolder = holder != nil && found.map { identifier.isHeld(by: $0.user) } ?? false
                    return .commit([], isHolder ? found : nil)
                }
            })
    }

    /// The same by an id: one read.
    static func credential(of id: UserID) -> SQLOperation<UserCredential?> {
        SQLOperation(
            .read,
            .run(Statement(selectCredential, [.id(id)])) { (result) throws(StoreError) in
                .commit([], try credential(in: result))
            })
    }

    /// U4, U17.
    static func changeProfile(
        of id: UserID, by change: ProfileChange, undo: AddressUndoOffer? = nil, context: OperationContext
    ) -> SQLOperation<Committed<ProfileOutcome>> {
        let reads = undo == nil ? [] : AddressChangeStatements.rows(of: id)
        return SQLOperation(
            .writeFeed,
            .run([LockedRows.user(id)] + reads) { (results) throws(StoreError) in
                guard let first = results.first else { throw .corrupt("a statement gave no result") }
                let rows = undo == nil ? nil : try AddressChangeStatements.rows(in: results.dropFirst())
                let offer = undo.flatMap { undo in rows.map { (offer: undo, rows: $0) } }
                let (plan, moves) = StorePlan.changeProfile(
                    of: try LockedRows.user(in: first), id, by: change, undo: offer, context: context)
                let reserved = IdentifierMove.reservedKinds(changing: id, in: context)
                return IdentifierClaims.carryOut(plan, moves, of: id, reserved: reserved, at: context.now) {
                    StorePlan<ProfileOutcome>.taken($0, by: id, context: context)
                }
            })
    }

    /// How many users there are.
    static let count = SQLOperation<Int64>(
        .read,
        .run(Statement(selectCounts)) { (result) throws(StoreError) in
            var total: Int64 = 0
            for row in result.rows { total &+= try row.int64(0) }
            return .commit([], total)
        })

    private static func credential(in result: SQLResult) throws(StoreError) -> UserCredential? {
        guard let row = result.first else { return nil }
        let user = try UserColumns.user(in: row)
        guard let text = try row.optionalText(UserColumns.list.count) else {
            return UserCredential(user: user, passwordHash: nil)
        }
        let hash = StoredPasswordHash(text: text, cost: try row.text(UserColumns.list.count + 1))
        return UserCredential(user: user, passwordHash: hash)
    }

    private static let selectUser = SQL(
        joining: ["SELECT", .init(UserColumns.list), "FROM authd.users WHERE id = $1"], isPermanent: true)

    private static let selectHolder = SQL(
        "SELECT user_id FROM authd.identifiers WHERE kind = $1 AND canonical = $2")

    private static let selectCredential = SQL(
        joining: [
            "SELECT", .init(UserColumns.list), ", passwords.hash, passwords.cost",
            "FROM authd.users LEFT JOIN authd.passwords ON passwords.user_id = users.id WHERE users.id = $1",
        ], isPermanent: true)

    private static let selectCounts = SQL("SELECT count FROM authd.user_counts")
}
