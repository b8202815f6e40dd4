// SPDX-License-Identifier: Apache-2.0

/// What each role grants.
///
/// A role that the table does not know grants nothing, so that a row left over from another configuration gives no
/// access.
public struct RoleTable: Hashable, Sendable {
    private struct Entry: Hashable {
        var scope: Scope
        var description = RoleDescription.none
        var origin: RoleOrigin
        var epoch = RoleEpoch.first
        var updatedAt: Timestamp?
    }

    private var entries: [Role: Entry]
    /// The stored roles that are left out because their names are reserved, by name.
    public private(set) var leftOut: [Role] = []

    /// The built-in roles.
    public static let standard = RoleTable(defining: [:])

    /// The built-in roles and more; a built-in one may be redefined, except that `admin` always grants everything.
    ///
    /// A name that ``Role/isReserved`` is left out: it grants nothing.
    public init(defining roles: [Role: Scope]) {
        entries = Self.builtIn
        for (role, scope) in roles where role != .admin && !role.isReserved {
            entries[role] = Entry(scope: scope, origin: .program)
        }
    }

    /// The table with the stored roles in place of those of the same names, except for `admin`.
    ///
    /// A name that ``Role/isReserved`` is left out, as if it were not stored: it may have been, before it was reserved.
    public func overlaid(by stored: [StoredRole]) -> RoleTable {
        var table = self
        table.leftOut = stored.map(\.role).filter(\.isReserved).sorted()
        for row in stored where row.role != .admin && !row.role.isReserved {
            let origin: RoleOrigin =
                switch row.origin {
                case .file: .file
                case .data: .data
                }
            table.entries[row.role] = Entry(
                scope: row.permissions, description: row.description, origin: origin, epoch: row.epoch,
                updatedAt: row.updatedAt)
        }
        return table
    }

    /// Every defined role, by name.
    public var roles: [Role] { entries.keys.sorted() }

    /// Whether `role` is defined.
    public func defines(_ role: Role) -> Bool {
        entries[role] != nil
    }

    /// What `role` grants; nothing where it is not defined.
    public func scope(of role: Role) -> Scope {
        entries[role]?.scope ?? .none
    }

    /// What `role` is for; nothing where it is not said.
    public func description(of role: Role) -> RoleDescription {
        entries[role]?.description ?? .none
    }

    /// Where the definition of `role` comes from; `nil` where it is not defined.
    public func origin(of role: Role) -> RoleOrigin? {
        entries[role]?.origin
    }

    /// The epoch that access tokens of the role's holders must have; the first one where it is not defined.
    public func epoch(of role: Role) -> RoleEpoch {
        entries[role]?.epoch ?? .first
    }

    /// When the stored definition of `role` last changed; `nil` where it is the program's own.
    public func updatedAt(of role: Role) -> Timestamp? {
        entries[role]?.updatedAt
    }

    private static let builtIn: [Role: Entry] = [
        .admin: Entry(
            scope: .everything, description: RoleDescription(checked: "May do everything."), origin: .builtIn),
        .user: Entry(
            scope: "me items", description: RoleDescription(checked: "A user who registered."), origin: .builtIn),
        .guest: Entry(
            scope: "me:read items:read", description: RoleDescription(checked: "May read, and change nothing."),
            origin: .builtIn),
    ]
}
