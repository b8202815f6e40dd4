// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of an entry of the change feed, in the order in which statements name and read them.
enum ChangeColumns {
    /// The columns that make an entry.
    static let list = SQLColumns("cursor, at_us, kind, user_id, session_id, epoch, role")

    /// The entry in a row.
    static func change(in row: SQLRow) throws(StoreError) -> StoreChange {
        StoreChange(cursor: try row.int64(0), at: try row.time(1), kind: try kind(in: row))
    }

    /// The values of ``list`` but for the cursor, which is that of the feed's head.
    static func values(_ kind: StoreChange.Kind, at now: Timestamp) -> [SQLValue] {
        switch kind {
        case .sessionEnded(let session, let user):
            [.time(now), .text("session_ended"), .id(user), .id(session), .null, .null]
        case .epochRaised(let user, let epoch):
            [.time(now), .text("epoch_raised"), .id(user), .null, .int64(epoch.value), .null]
        case .userChanged(let user): [.time(now), .text("user_changed"), .id(user), .null, .null, .null]
        case .userDeleted(let user): [.time(now), .text("user_deleted"), .id(user), .null, .null, .null]
        case .keysChanged: [.time(now), .text("keys_changed"), .null, .null, .null, .null]
        case .rolesChanged: [.time(now), .text("roles_changed"), .null, .null, .null, .null]
        case .roleNarrowed(let role, let epoch):
            [.time(now), .text("role_narrowed"), .null, .null, .int64(epoch.value), .text(role.name)]
        }
    }

    private static func kind(in row: SQLRow) throws(StoreError) -> StoreChange.Kind {
        switch try row.text(2) {
        case "session_ended": .sessionEnded(SessionID(try row.uuid(4)), userID: UserID(try row.uuid(3)))
        case "epoch_raised": .epochRaised(UserID(try row.uuid(3)), UserEpoch(try row.int64(5)))
        case "user_changed": .userChanged(UserID(try row.uuid(3)))
        case "user_deleted": .userDeleted(UserID(try row.uuid(3)))
        case "keys_changed": .keysChanged
        case "roles_changed": .rolesChanged
        case "role_narrowed": .roleNarrowed(try role(in: row), RoleEpoch(try row.int64(5)))
        // An unknown word was written by a newer version; to skip it would be to miss a revocation.
        default: throw .corrupt("a change is of no known kind")
        }
    }

    private static func role(in row: SQLRow) throws(StoreError) -> Role {
        guard let role = Role(try row.text(6)) else { throw .corrupt("a role's name is not a valid one") }
        return role
    }
}
