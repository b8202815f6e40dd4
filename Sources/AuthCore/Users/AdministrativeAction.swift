// SPDX-License-Identifier: Apache-2.0

/// An administrative action on a user, by an administrator or the command line.
public enum AdministrativeAction: Hashable, Sendable {
    /// Gives the user another role.
    case setRole(Role)
    /// Changes what the user may do beside the role.
    case changePermissions(PermissionChange)
    /// Enables or disables the user.
    case setActive(Bool)
    /// Keeps the user from signing in until an instant, or no longer.
    case ban(until: Timestamp?)
    /// Removes all that the user is known by, and keeps the row.
    case softDelete
    /// Removes the user and all that belongs to them.
    case delete
}

/// Why an administrative action is rejected.
public enum AdministrativeRefusal: String, Hashable, Sendable, CaseIterable {
    /// Administrators cannot remove their own role, or disable or delete themselves: another administrator can.
    case oneself
    /// Without this user no active administrator would be left.
    case lastActiveAdmin = "last_active_admin"
    /// The user would have more permissions beside the role than ``Scope/isGrantable`` allows.
    case tooManyPermissions = "too_many_permissions"
}

/// The outcome of an administrative action.
public enum AdministrativeOutcome: Hashable, Sendable {
    /// Nothing to do: the user already is in that state.
    case unchanged
    /// Write this user, whose epoch has been raised.
    case update(User, endsSessions: Bool)
    /// Remove the user.
    case remove
    /// Leave everything as it is.
    case refuse(AdministrativeRefusal)
}

extension AdministrativeAction {
    /// Decides on the locked state of the target and the number of active administrators in the same transaction.
    ///
    /// `actor` is the administrator who acts, `nil` for the command line, which acts as no user. `activeAdmins` counts
    /// the users who hold ``Role/admin`` and may sign in now, the target included: neither a disabled nor a banned one can act.
    public func decide(
        on target: User, by actor: UserID?, activeAdmins: Int, at now: Timestamp
    ) -> AdministrativeOutcome {
        guard changes(target) else { return .unchanged }
        if removesPower(from: target), actor == target.id { return .refuse(.oneself) }
        if removesAdmin(target, at: now), activeAdmins <= 1 { return .refuse(.lastActiveAdmin) }
        var changed = target
        changed.updatedAt = now
        changed.epoch = target.epoch.next(at: now)
        switch self {
        case .setRole(let role):
            // The sessions stay: their next refresh brings a token of the new role, the old tokens are revoked by the
            // epoch.
            changed.role = role
            return .update(changed, endsSessions: false)
        case .changePermissions(let change):
            // As with a role.
            changed.permissions = change.applied(to: target.permissions)
            guard changed.permissions.isGrantable else { return .refuse(.tooManyPermissions) }
            return .update(changed, endsSessions: false)
        case .setActive(let isActive):
            changed.isActive = isActive
            return .update(changed, endsSessions: !isActive)
        case .ban(let until):
            // The sessions stay, and work again once the ban is over; the epoch revokes the tokens at once.
            changed.bannedUntil = until
            return .update(changed, endsSessions: false)
        case .softDelete:
            changed.isActive = false
            changed.deletedAt = now
            changed.username = nil
            changed.email = nil
            changed.emailVerifiedAt = nil
            changed.newEmail = nil
            changed.fullName = nil
            changed.locale = nil
            changed.appMetadata = "{}"
            changed.userMetadata = "{}"
            return .update(changed, endsSessions: true)
        case .delete:
            return .remove
        }
    }

    private func changes(_ target: User) -> Bool {
        if target.deletedAt != nil, self != .delete { return false }
        return switch self {
        case .setRole(let role): target.role != role
        case .changePermissions(let change): change.applied(to: target.permissions) != target.permissions
        case .setActive(let isActive): target.isActive != isActive
        case .ban(let until): target.bannedUntil != until
        case .softDelete, .delete: true
        }
    }

    private func removesPower(from target: User) -> Bool {
        switch self {
        case .setRole: target.role == .admin
        case .changePermissions: false
        case .setActive(let isActive): !isActive
        case .ban(let until): until != nil
        case .softDelete, .delete: true
        }
    }

    private func removesAdmin(_ target: User, at now: Timestamp) -> Bool {
        guard target.role == .admin, target.mayHoldSession(at: now) else { return false }
        return removesPower(from: target)
    }
}
