// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Redeeming one-time tokens by a proof of the mailbox.
///
/// The user's row is locked before the flow's and the token's. A handle leads to its user by a read before that; what it leads to
/// never changes.
enum RedemptionOperations {
    /// T2 to T4, T7, T8.
    static func redeem(
        _ proof: MailboxProof, for purpose: OneTimeTokenPurpose, newHash: StoredPasswordHash? = nil,
        showing: CredentialGeneration? = nil, context: OperationContext
    ) -> SQLOperation<Committed<RedemptionOutcome>> {
        SQLOperation(
            .writeFeed,
            locked(proof) { rows, _ in
                let plan = StorePlan.redeem(
                    rows, for: purpose, newHash: newHash, showing: showing, context: context)
                return .commit(plan, at: context.now)
            })
    }

    /// T9.
    static func signIn(
        _ proof: MailboxProof, session: Session, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext
    ) -> SQLOperation<Committed<MailSignInOutcome>> {
        var reads: [Statement] = []
        if let replaced { reads.append(LockedRows.session(replaced, of: session.userID)) }
        if let limit {
            reads.append(
                LockedRows.oldestSessions(
                    of: session.userID, aliveAt: context.now,
                    limit: StorePlan<SessionOpening>.evictable(limit)))
        }
        let count = reads.count
        return SQLOperation(
            .writeFeed,
            locked(proof, reads) { (rows, results) throws(StoreError) in
                guard results.count == count else { throw .corrupt("a statement gave no result") }
                let plan = StorePlan.signIn(
                    rows, session: session, limit: limit,
                    alive: limit == nil ? [] : try LockedRows.sessions(in: results[count - 1]),
                    replacing: replaced == nil ? nil : try LockedRows.session(in: results[0]), context: context)
                return .commit(plan, at: context.now)
            })
    }

    /// T10.
    static func report(
        _ proof: MailboxProof, context: OperationContext
    ) -> SQLOperation<Committed<RedemptionOutcome>> {
        SQLOperation(
            .write,
            locked(proof) { rows, _ in
                let plan = StorePlan.report(rows, context: context)
                return .commit(plan, at: context.now)
            })
    }

    /// Locks the rows that a proof is judged by, and reads further ones with them.
    static func locked<Output: Sendable>(
        _ proof: MailboxProof, _ reads: [Statement] = [],
        _ next: @escaping @Sendable (RedemptionRows, [SQLResult]) throws(StoreError) -> SQLProgram<Output>
    ) -> SQLProgram<Output> {
        switch proof {
        case .link(let key), .linkHere(let key, _), .linkAndCode(let key, _):
            return locked(proof, LockedRows.flow(of: key), key, reads, next)
        case .code(let id, _):
            let found = Statement(MailedFlowOperations.selectByID, [.bytes(id.digest)])
            return .run(found) { (result) throws(StoreError) in
                // Where no user has the address, the same statements are run for one who does not exist.
                let key = try LockedRows.flow(in: result)?.token ?? nowhere
                return locked(proof, LockedRows.flow(id), key, reads, next)
            }
        }
    }

    private static func locked<Output: Sendable>(
        _ proof: MailboxProof, _ flow: Statement, _ key: OneTimeTokenKey, _ reads: [Statement],
        _ next: @escaping @Sendable (RedemptionRows, [SQLResult]) throws(StoreError) -> SQLProgram<Output>
    ) -> SQLProgram<Output> {
        let count = reads.count + 3
        return .run([LockedRows.user(key.userID), flow, LockedRows.oneTimeToken(key)] + reads) {
            (results) throws(StoreError) in
            guard results.count == count else { throw .corrupt("a statement gave no result") }
            let rows = RedemptionRows(
                proof, flow: try LockedRows.flow(in: results[1]), token: try LockedRows.oneTimeToken(in: results[2]),
                user: try LockedRows.user(in: results[0]))
            return try next(rows, Array(results.dropFirst(3)))
        }
    }

    /// What names no token.
    private static let nowhere = OneTimeTokenKey(userID: OutboxColumns.noUser, digest: [])
}
