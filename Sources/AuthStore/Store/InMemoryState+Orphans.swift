// SPDX-License-Identifier: Apache-2.0

import AuthCore

extension InMemoryState {
    /// A11.
    var orphanCount: Int {
        let strayIdentifiers = identifiers.count { key, holder in
            users[holder].map { user in !user.identifiers.contains { IdentifierKey($0) == key } } ?? true
        }
        let strayNames = users.values.reduce(0) { count, user in
            count + user.identifiers.count { identifiers[IdentifierKey($0)] != user.id }
        }
        let strayIndexes = sessionsOfUser.values.reduce(0) { count, ids in count + ids.count { sessions[$0] == nil } }
        return strayIdentifiers + strayNames + strayIndexes
            + passwords.keys.count { users[$0] == nil } + places.keys.count { users[$0] == nil }
            + sessions.values.count { users[$0.userID] == nil } + tokens.keys.count { users[$0.userID] == nil }
            + addressChanges.keys.count { users[$0] == nil }
            + flows.values.count { flow in flow.token.map { users[$0.userID] == nil } ?? false }
            + mailBudgets.keys.count { users[$0.userID] == nil }
            + invitations.values.count { users[$0.userID] == nil }
            + identities.values.count { users[$0.userID] == nil }
            + supabase.codes.values.count { users[$0.userID] == nil }
            + supabase.confirmations.keys.count { users[$0] == nil }
            + outbox.values.count { row in
                row.entry.lane != .event && row.entry.userID.map { users[$0] == nil } ?? false
            }
    }
}

extension InMemoryState.IdentifierKey {
    /// The key of an identifier.
    init(_ identifier: Identifier) {
        self.init(kind: identifier.kind, canonical: identifier.canonical)
    }
}
