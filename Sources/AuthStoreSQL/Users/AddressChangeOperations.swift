// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Changes of address that are proven before they count, and can be undone.
enum AddressChangeOperations {
    /// U18, U19.
    static func confirm(
        _ proof: MailboxProof, showing: CredentialGeneration?, undo: AddressUndoOffer, context: OperationContext
    ) -> SQLOperation<Committed<AddressChangeOutcome>> {
        move(proof, context) { rows, stored in
            .confirm(rows, beside: stored, showing: showing, undo: undo, context: context)
        }
    }

    /// U20.
    static func undo(
        _ proof: MailboxProof, newHash: StoredPasswordHash? = nil, context: OperationContext
    ) -> SQLOperation<Committed<AddressChangeOutcome>> {
        move(proof, context) { rows, stored in .undo(rows, beside: stored, newHash: newHash, context: context) }
    }

    /// U21.
    static func finalize(_ id: UserID, context: OperationContext) -> SQLOperation<Committed<Bool>> {
        SQLOperation(
            .write,
            .run([LockedRows.user(id), AddressChangeStatements.select(of: id)]) { (results) throws(StoreError) in
                guard results.count == 2 else { throw .corrupt("a statement gave no result") }
                let plan = StorePlan.finalizeAddressChanges(
                    of: try LockedRows.user(in: results[0]),
                    try AddressChangeStatements.changes(in: results[1]).map(\.change), context: context)
                return .commit(plan, at: context.now)
            })
    }

    /// U22.
    static func cancel(_ id: UserID, context: OperationContext) -> SQLOperation<Committed<User?>> {
        SQLOperation(
            .writeFeed,
            .run(LockedRows.user(id)) { (result) throws(StoreError) in
                let plan = StorePlan.cancelAddressChange(of: try LockedRows.user(in: result), context: context)
                return .commit(plan, at: context.now)
            })
    }

    /// The changes of a user.
    static func changes(of id: UserID) -> SQLOperation<[AddressChange]> {
        SQLOperation(
            .read,
            .run(AddressChangeStatements.select(of: id)) { (result) throws(StoreError) in
                .commit([], try AddressChangeStatements.changes(in: result).map(\.change))
            })
    }

    /// Locks the rows of a proof and what a change is decided on, then carries out what is decided.
    private static func move(
        _ proof: MailboxProof, _ context: OperationContext,
        _ decide: @escaping @Sendable (RedemptionRows, AddressChangeRows) -> AddressMovePlan
    ) -> SQLOperation<Committed<AddressChangeOutcome>> {
        SQLOperation(
            .writeFeed,
            RedemptionOperations.locked(proof) { (rows, _) throws(StoreError) in
                guard let id = rows.user?.id else {
                    return carryOut(decide(rows, AddressChangeRows([], passwordHash: nil)), context)
                }
                return .run(AddressChangeStatements.rows(of: id)) { (results) throws(StoreError) in
                    carryOut(decide(rows, try AddressChangeStatements.rows(in: results[...])), context)
                }
            })
    }

    private static func carryOut(
        _ move: AddressMovePlan, _ context: OperationContext
    ) -> SQLProgram<Committed<AddressChangeOutcome>> {
        guard let id = move.userID else { return .commit(move.plan, at: context.now) }
        return IdentifierClaims.carryOut(
            move.plan, move.moves, of: id, reserved: move.reservedKinds, at: context.now
        ) { _ in move.taken }
    }
}
