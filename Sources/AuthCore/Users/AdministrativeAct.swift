// SPDX-License-Identifier: Apache-2.0

/// What an administrator, or the command line, does to a user.
public enum AdministrativeAct: Hashable, Sendable {
    /// Gives the user another role.
    case setRole(Role)
    /// Opens or closes the door for the user.
    case setActive(Bool)
    /// Removes the user and all that belongs to them.
    case delete
}

/// Why an administrative act is not done.
public enum AdministrativeRefusal: String, Hashable, Sendable, CaseIterable {
    /// Nobody takes away their own role, activity or account: the next administrator does.
    case oneself
    /// Without this one nobody could administer any more.
    case lastActiveAdmin = "last_active_admin"
}

/// What an administrative act comes to.
public enum AdministrativeOutcome: Hashable, Sendable {
    /// Nothing to do: the user is already so.
    case unchanged
    /// Write this user, whose epoch has been raised.
    case update(User, endsSessions: Bool)
    /// Remove the user.
    case remove
    /// Leave everything as it is.
    case refuse(AdministrativeRefusal)
}

extension AdministrativeAct {
    /// Decides on the locked state of the target and the number of active administrators in the same transaction.
    ///
    /// - Parameters:
    ///   - actor: Who asks; `nil` for the command line, which acts for nobody.
    ///   - activeAdmins: How many users hold ``Role/admin`` and are active, the target included.
    public func decide(
        on target: User, by actor: UserID?, activeAdmins: Int, at now: Timestamp
    ) -> AdministrativeOutcome {
        guard changes(target) else { return .unchanged }
        if removesPower(from: target), actor == target.id { return .refuse(.oneself) }
        if removesAdmin(target), activeAdmins <= 1 { return .refuse(.lastActiveAdmin) }
        var changed = target
        changed.updatedAt = now
        changed.epoch = target.epoch.next(at: now)
        switch self {
        case .setRole(let role):
            // The sessions stay: their next refresh brings a token of the new role, the old tokens die by the epoch.
            changed.role = role
            return .update(changed, endsSessions: false)
        case .setActive(let isActive):
            changed.isActive = isActive
            return .update(changed, endsSessions: !isActive)
        case .delete:
            return .remove
        }
    }

    private func changes(_ target: User) -> Bool {
        switch self {
        case .setRole(let role): target.role != role
        case .setActive(let isActive): target.isActive != isActive
        case .delete: true
        }
    }

    private func removesPower(from target: User) -> Bool {
        switch self {
        case .setRole: target.role == .admin
        case .setActive(let isActive): !isActive
        case .delete: true
        }
    }

    private func removesAdmin(_ target: User) -> Bool {
        guard target.role == .admin, target.isActive else { return false }
        return removesPower(from: target)
    }
}
