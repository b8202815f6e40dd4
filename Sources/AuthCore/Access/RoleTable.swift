// SPDX-License-Identifier: Apache-2.0

/// Which permissions each role grants: the one place where a role gets its meaning.
///
/// A role that the table does not know grants nothing, so that a row left over from another configuration gives no
/// access.
public struct RoleTable: Hashable, Sendable {
    private let grants: [Role: Scope]

    /// The built-in roles.
    public static let standard = RoleTable(defining: [:])

    /// The built-in roles and more; a built-in one may be redefined, except that `admin` always grants everything.
    public init(defining roles: [Role: Scope]) {
        var grants: [Role: Scope] = [
            .user: "me items",
            .guest: "me:read items:read",
        ]
        grants.merge(roles) { _, defined in defined }
        grants[.admin] = .everything
        self.grants = grants
    }

    /// Every defined role, by name.
    public var roles: [Role] { grants.keys.sorted() }

    /// Whether `role` is defined.
    public func defines(_ role: Role) -> Bool {
        grants[role] != nil
    }

    /// What `role` grants; nothing where it is not defined.
    public func scope(of role: Role) -> Scope {
        grants[role] ?? .none
    }
}
