// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// What administrators do to users.
enum AdministrationOperations {
    /// U7 to U9.
    ///
    /// Whatever makes active administrators fewer holds the feed's lock, so their number cannot fall meanwhile.
    static func perform(
        _ action: AdministrativeAction, on id: UserID, reservingUsernameUntil reservation: Timestamp?,
        context: OperationContext
    ) -> SQLOperation<Committed<AdministrationOutcome>> {
        let reads = [LockedRows.user(id), activeAdmins(at: context.now), AddressChangeStatements.select(of: id)]
        return SQLOperation(
            .writeFeed,
            .run(reads) { (results) throws(StoreError) in
                guard results.count == reads.count else { throw .corrupt("a statement gave no result") }
                let plan = StorePlan.perform(
                    action, on: try LockedRows.user(in: results[0]), id,
                    activeAdmins: try activeAdmins(in: results[1]),
                    addressChanges: try AddressChangeStatements.changes(in: results[2]),
                    reservingUsernameUntil: reservation, context: context)
                return .commit(plan, at: context.now)
            })
    }

    /// How many administrators there are who may sign in at an instant.
    static func activeAdmins(at now: Timestamp) -> Statement {
        Statement(countActiveAdmins, [.time(now)])
    }

    /// The number in the result of ``activeAdmins(at:)``.
    static func activeAdmins(in result: SQLResult) throws(StoreError) -> Int {
        guard let row = result.first else { throw .corrupt("a count gave no row") }
        return Int(clamping: try row.int64(0))
    }

    /// U16.
    ///
    /// The feed's lock keeps two of these apart: the later one looks for an administrator when the earlier one has committed.
    static func createFirst(
        _ user: User, passwordHash: StoredPasswordHash, verification: MailedToken? = nil, context: OperationContext
    ) -> SQLOperation<FirstAdministratorCreation> {
        let claims = IdentifierClaims(
            IdentifierMove.moves(from: nil, to: user), for: user.id,
            reserved: IdentifierMove.reservedKinds(creatingBy: .firstAdministratorCreated), at: context.now)
        return SQLOperation(
            .writeFeed,
            .run(Statement(selectAdmin)) { (result) throws(StoreError) in
                guard result.first == nil else {
                    let plan = StorePlan<FirstAdministratorCreation>.administratorExists(context: context)
                    return .commit(WriteStatements.write(plan, at: context.now), plan.outcome)
                }
                return .run([WriteStatements.insert(user)] + claims.statements) { (results) throws(StoreError) in
                    if let taken = claims.outcome(in: results.dropFirst()).taken { return .rollback(.taken(taken)) }
                    let plan = StorePlan.createFirstAdministrator(
                        user, passwordHash: passwordHash, verification: verification, context: context)
                    return .commit(WriteStatements.write(plan, at: context.now), plan.outcome)
                }
            })
    }

    /// Whether there is an administrator.
    static let hasAdministrator = SQLOperation<Bool>(
        .read, .run(Statement(selectAdmin)) { .commit([], $0.first != nil) })

    private static let selectAdmin = SQL("SELECT id FROM authd.users WHERE role = 'admin' LIMIT 1")

    // The role is spelled out: with a parameter, PostgreSQL's plan would look at all users instead of the few.
    private static let countActiveAdmins = SQL(
        """
        SELECT count(*) FROM authd.users WHERE role = 'admin' AND is_active \
        AND (banned_until_us IS NULL OR banned_until_us <= $1)
        """)
}
