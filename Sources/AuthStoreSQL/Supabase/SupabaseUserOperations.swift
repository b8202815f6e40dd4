// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Making, reading and changing users by Supabase's API.
enum SupabaseUserOperations {
    /// X1.
    static func signUpAnonymously(
        _ user: User, session: Session, context: OperationContext
    ) throws(StoreError) -> SQLOperation<Committed<Void>> {
        let plan = try StorePlan<Void>.signUpAnonymously(user, session: session, context: context)
        return SQLOperation(
            .write, .run(WriteStatements.insert(user)) { _ in .commit(plan, at: context.now) })
    }

    /// X2: one statement sees one state.
    ///
    /// Its rows are the identities, each beside each of the mails.
    static func record(of id: UserID, mailsSince: Timestamp) -> SQLOperation<SupabaseRecord?> {
        SQLOperation(
            .read,
            .run(Statement(selectRecord, [.id(id), .time(mailsSince)])) { (result) throws(StoreError) in
                guard let first = result.first else { return .commit([], nil) }
                let identityAt = UserColumns.list.count + 1
                let mailAt = identityAt + IdentityColumns.list.count
                var identities: [Identity] = []
                var mails: [SupabaseMailKind: Timestamp] = [:]
                for row in result.rows {
                    if try row.optionalUUID(identityAt) != nil {
                        let identity = try IdentityColumns.identity(in: row, at: identityAt)
                        if identities.last?.id != identity.id { identities.append(identity) }
                    }
                    if let text = try row.optionalText(mailAt), let mail = SupabaseMail(json: text) {
                        let at = try row.time(mailAt + 1)
                        mails[mail.kind] = max(mails[mail.kind] ?? at, at)
                    }
                }
                let record = SupabaseRecord(
                    user: try UserColumns.user(in: first),
                    hasPassword: try first.optionalUUID(UserColumns.list.count) != nil, identities: identities,
                    mails: mails)
                return .commit([], record)
            })
    }

    /// X8.
    static func update(
        _ id: UserID, by change: SupabaseOwnChange, context: OperationContext
    ) -> SQLOperation<Committed<SupabaseUpdateOutcome>> {
        let budgets = SupabaseBudgets.ordered(change.nonce?.budgets ?? [])
        let locks = budgets.map { SupabaseStatements.lock($0) }
        guard !locks.isEmpty else {
            return SQLOperation(.writeFeed, locked(id, change, SupabaseBudgets([], []), context))
        }
        return SQLOperation(
            .writeFeed,
            .run(locks) { (results) throws(StoreError) in
                guard results.count == locks.count else { throw .corrupt("a statement gave no result") }
                return locked(id, change, try SupabaseStatements.left(of: budgets, in: results), context)
            })
    }

    private static func locked(
        _ id: UserID, _ change: SupabaseOwnChange, _ budgets: SupabaseBudgets, _ context: OperationContext
    ) -> SQLProgram<Committed<SupabaseUpdateOutcome>> {
        var mail: SupabaseMailReads?
        if case .pending(let order, let terms)? = change.email {
            mail = SupabaseMailReads(order, terms, at: context.now)
        }
        let mailed = mail
        let reads =
            [LockedRows.user(id), LockedRows.session(change.session, of: id)] + AddressChangeStatements.rows(of: id)
            + [SupabaseStatements.flows(of: id)] + (mailed?.statements ?? [])
        return .run(reads) { (results) throws(StoreError) in
            guard results.count == reads.count else { throw .corrupt("a statement gave no result") }
            let flows = try SupabaseStatements.flows(in: results[4])
            var mailRows: SupabaseMailRows?
            if let mailed { mailRows = try mailed.rows(in: results[5...], flows: flows, answering: nil) }
            let rows = SupabaseUpdateRows(
                user: try LockedRows.user(in: results[0]), session: try LockedRows.session(in: results[1]),
                stored: try AddressChangeStatements.rows(in: results[2...]), flows: flows, mail: mailRows,
                budgets: budgets)
            let plan = SupabasePlan<SupabaseUpdateOutcome>.update(id, by: change, rows: rows, context: context)
            return SupabaseRedemptionOperations.carryOut(plan, of: id, at: context.now)
        }
    }

    /// X9.
    static func administer(
        _ id: UserID, by update: SupabaseAdminUpdate, context: OperationContext
    ) -> SQLOperation<Committed<SupabaseAdminOutcome>> {
        let reads =
            [LockedRows.user(id), AdministrationOperations.activeAdmins(at: context.now)]
            + AddressChangeStatements.rows(of: id)
        return SQLOperation(
            .writeFeed,
            .run(reads) { (results) throws(StoreError) in
                guard results.count == reads.count else { throw .corrupt("a statement gave no result") }
                let plan = SupabasePlan<SupabaseAdminOutcome>.administer(
                    id, by: update, of: try LockedRows.user(in: results[0]),
                    stored: try AddressChangeStatements.rows(in: results[2...]),
                    activeAdmins: try AdministrationOperations.activeAdmins(in: results[1]), context: context)
                return SupabaseRedemptionOperations.carryOut(plan, of: id, at: context.now)
            })
    }

    // Mails are few, by the budgets of their users; the newest decide.
    private static let selectRecord = SQL(
        joining: [
            "SELECT", UserColumns.list.qualified(by: "users"), ", passwords.user_id,",
            IdentityColumns.list.qualified(by: "identities"), ", mails.supabase, mails.mailed_at_us",
            """
            FROM authd.users LEFT JOIN authd.passwords ON passwords.user_id = users.id \
            LEFT JOIN authd.identities ON identities.user_id = users.id \
            LEFT JOIN (SELECT supabase, mailed_at_us FROM authd.mailed_flows WHERE user_id = $1 \
            AND mailed_at_us >= $2 AND supabase IS NOT NULL ORDER BY mailed_at_us DESC LIMIT 20) AS mails ON 1 = 1 \
            WHERE users.id = $1 ORDER BY identities.created_at_us, identities.id
            """,
        ], isPermanent: true)
}
