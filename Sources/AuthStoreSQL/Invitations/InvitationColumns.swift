// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of an invitation, in the order in which statements name and read them.
enum InvitationColumns {
    /// The columns that make an invitation.
    static let list = SQLColumns("user_id, id, role, inviter, created_at_us, sent_at_us, expires_at_us, state")

    /// The invitation in a row.
    static func invitation(in row: SQLRow) throws(StoreError) -> Invitation {
        guard let role = Role(try row.text(2)) else { throw .corrupt("the role of an invitation is not a valid one") }
        guard let state = Invitation.State(rawValue: try row.text(7)) else {
            throw .corrupt("the state of an invitation is not a known one")
        }
        return Invitation(
            id: InvitationID(try row.uuid(1)), userID: UserID(try row.uuid(0)), role: role,
            inviter: try row.optionalUUID(3).map(UserID.init), createdAt: try row.time(4), sentAt: try row.time(5),
            expiresAt: try row.time(6), state: state)
    }

    /// The invitations in a result that has one in each row.
    static func invitations(in result: SQLResult) throws(StoreError) -> [Invitation] {
        var invitations: [Invitation] = []
        for row in result.rows { invitations.append(try invitation(in: row)) }
        return invitations
    }

    /// The values of ``list``.
    static func values(_ invitation: Invitation) -> [SQLValue] {
        [
            .id(invitation.userID), .id(invitation.id), .text(invitation.role.name), .id(invitation.inviter),
            .time(invitation.createdAt), .time(invitation.sentAt), .time(invitation.expiresAt),
            .text(invitation.state.rawValue),
        ]
    }
}
