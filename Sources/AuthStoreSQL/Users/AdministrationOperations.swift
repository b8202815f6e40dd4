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
        SQLOperation(
            .writeFeed,
            .run([LockedRows.user(id), Statement(countActiveAdmins)]) { (results) throws(StoreError) in
                guard results.count == 2, let row = results[1].first else {
                    throw .corrupt("a statement gave no result")
                }
                let plan = StorePlan.perform(
                    action, on: try LockedRows.user(in: results[0]), id,
                    activeAdmins: Int(clamping: try row.int64(0)), reservingUsernameUntil: reservation, context: context
                )
                return .commit(plan, at: context.now)
            })
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
        "SELECT count(*) FROM authd.users WHERE role = 'admin' AND is_active")
}
