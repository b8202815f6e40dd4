// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The statements that remove what names a user who is deleted, or leads to one.
enum ForgetStatements {
    /// Everything of a user whose row is kept that no other write of the deletion removes.
    static func forget(_ id: UserID) -> [Statement] {
        let tied = [deleteAddressChanges, deleteInvitations, deletePlaces].map { Statement($0, [.id(id)]) }
        return removeUntied(of: id) + tied
    }

    /// What no foreign key ties to the user, but for what is still to be delivered.
    static func removeUntied(of id: UserID) -> [Statement] {
        [Statement(deleteMails, [.id(id)])] + MailedFlowStatements.remove(of: id)
            + [IdentityStatements.removeCodes(of: id)]
    }

    private static let deleteMails = SQL("DELETE FROM authd.outbox WHERE user_id = $1 AND lane <> 'event'")

    private static let deleteAddressChanges = SQL("DELETE FROM authd.address_changes WHERE user_id = $1")

    private static let deleteInvitations = SQL("DELETE FROM authd.invitations WHERE user_id = $1")

    private static let deletePlaces = SQL("DELETE FROM authd.sign_in_places WHERE user_id = $1")
}
