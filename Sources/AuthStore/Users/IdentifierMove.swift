// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// The change of one kind of identifier when a user changes: one is claimed, one is freed, or both.
package struct IdentifierMove: Hashable, Sendable {
    /// The name space.
    package let kind: IdentifierKind
    /// The canonical identifier that becomes free.
    package let freed: String?
    /// The canonical identifier that the user now holds.
    package let claimed: String?
    /// Since when the claimed identifier is verified; `nil` if it is not.
    package let provenAt: Timestamp?

    /// The moves from one state of a user to another, in the one order in which all stores make them: a transaction that waits for
    /// an address then holds no username that its holder waits for.
    package static func moves(from old: User?, to new: User) -> [IdentifierMove] {
        [
            IdentifierMove(
                kind: .username, freed: old?.username?.canonical, claimed: new.username?.canonical,
                provenAt: nil),
            IdentifierMove(
                kind: .email, freed: old?.email?.canonical, claimed: new.email?.canonical,
                provenAt: new.emailVerifiedAt),
        ].filter { $0.freed != $0.claimed }
    }

    /// The kinds of which a user who is made by an action does not get what is reserved, as U14 says.
    package static func reservedKinds(creatingBy action: AuditAction) -> Set<IdentifierKind> {
        action == .userRegistered ? Set(IdentifierKind.allCases) : [.email]
    }

    /// The kinds of which a change of a user does not give what is reserved: all, where the user makes it.
    package static func reservedKinds(changing id: UserID, in context: OperationContext) -> Set<IdentifierKind> {
        context.actor == id ? Set(IdentifierKind.allCases) : []
    }
}

extension User {
    /// What the user can sign in with, in the one order in which all stores free them.
    package var identifiers: [Identifier] {
        (username.map { [.username($0)] } ?? []) + (email.map { [.email($0)] } ?? [])
    }
}
