// SPDX-License-Identifier: Apache-2.0

/// What is to be written for a change of roles.
package struct RoleChangeDecision: Hashable, Sendable {
    /// The outcome.
    package let outcome: RoleChangeOutcome
    /// The roles to write.
    package let put: [StoredRole]
    /// The roles to remove.
    package let remove: [Role]
    /// The roles that grant less than before, with the epochs that their tokens must have from now on.
    package let narrowed: [StoredRole]

    fileprivate init(refusing refusal: RoleChangeRefusal) {
        outcome = .refused(refusal)
        put = []
        remove = []
        narrowed = []
    }

    fileprivate init(
        _ result: RoleChangeResult, put: [StoredRole], narrowed: [StoredRole]
    ) {
        outcome = .done(result)
        self.put = put
        remove = result.removed
        self.narrowed = narrowed
    }
}

extension RoleChange {
    /// Which of the stored roles the change would remove, unless users hold them.
    package func candidates(in stored: [StoredRole], under rules: RoleRules) -> [Role] {
        switch self {
        case .define: []
        case .remove(let role): stored.map(\.role).filter { $0 == role && !rules.base.defines($0) }
        case .load(let definitions):
            unlisted(in: stored, by: definitions).map(\.role).filter { !rules.base.defines($0) }
        }
    }

    /// Decides on all stored roles, none of which can change meanwhile.
    ///
    /// `held` has those of ``candidates(in:under:)`` that a user holds.
    package func decide(
        on stored: [StoredRole], under rules: RoleRules, held: Set<Role>, at now: Timestamp
    ) -> RoleChangeDecision {
        switch self {
        case .define(let definition):
            guard definition.role != .admin else { return RoleChangeDecision(refusing: .builtIn) }
            guard !definition.role.isReserved else { return RoleChangeDecision(refusing: .reserved) }
            let known = stored.first { $0.role == definition.role }
            if rules.hasFile, known?.origin == .file { return RoleChangeDecision(refusing: .fromFile) }
            let put = [definition].filter { known?.matches($0) != true }
            return finish(stored, under: rules, put: put, origin: .data, at: now)
        case .remove(let role):
            guard !rules.base.defines(role) else { return RoleChangeDecision(refusing: .builtIn) }
            guard let known = stored.first(where: { $0.role == role }) else {
                return RoleChangeDecision(refusing: .notFound)
            }
            if rules.hasFile, known.origin == .file { return RoleChangeDecision(refusing: .fromFile) }
            guard !held.contains(role) else { return RoleChangeDecision(refusing: .held) }
            return finish(stored, under: rules, remove: [role], at: now)
        case .load(let definitions):
            guard !definitions.contains(where: { $0.role == .admin }) else {
                return RoleChangeDecision(refusing: .builtIn)
            }
            guard !definitions.contains(where: \.role.isReserved) else {
                return RoleChangeDecision(refusing: .reserved)
            }
            let put = definitions.filter { definition in
                !stored.contains { $0.role == definition.role && $0.origin == .file && $0.matches(definition) }
            }
            let unlisted = unlisted(in: stored, by: definitions)
            return finish(
                stored, under: rules, put: put, origin: .file,
                release: unlisted.filter { held.contains($0.role) || rules.base.defines($0.role) },
                remove: unlisted.map(\.role).filter { !held.contains($0) && !rules.base.defines($0) }, at: now)
        }
    }

    private func unlisted(in stored: [StoredRole], by definitions: [RoleDefinition]) -> [StoredRole] {
        stored.filter { known in known.origin == .file && !definitions.contains { $0.role == known.role } }
    }

    /// Works out the rows.
    ///
    /// A released role is no longer the file's: one of the program's own is again what the program says, and the row stays
    /// for its epoch; another one stays as it is.
    private func finish(
        _ stored: [StoredRole], under rules: RoleRules, put definitions: [RoleDefinition] = [],
        origin: StoredRole.Origin = .data, release: [StoredRole] = [], remove: [Role] = [], at now: Timestamp
    ) -> RoleChangeDecision {
        var rows: [Role: StoredRole] = [:]
        for row in stored { rows[row.role] = row }
        // Above that of any role of the name that there was: its tokens must not be refused because of that one.
        let newEpoch = RoleEpoch.first.next(at: now)
        for definition in definitions {
            rows[definition.role] = StoredRole(
                role: definition.role, description: definition.description, permissions: definition.permissions,
                origin: origin, epoch: rows[definition.role]?.epoch ?? newEpoch, updatedAt: now)
        }
        for row in release {
            var released = row
            released.origin = .data
            released.updatedAt = now
            if rules.base.defines(row.role) {
                released.permissions = rules.base.scope(of: row.role)
                released.description = rules.base.description(of: row.role)
            }
            rows[row.role] = released
        }
        for role in remove { rows[role] = nil }
        guard rows.count <= RoleRules.maximumCount else { return RoleChangeDecision(refusing: .tooMany) }

        let before = rules.base.overlaid(by: stored)
        let changed = (definitions.map(\.role) + release.map(\.role)).sorted()
        var narrowed: [StoredRole] = []
        for role in changed {
            guard var row = rows[role], !row.permissions.covers(before.scope(of: role)) else { continue }
            row.epoch = row.epoch.next(at: now)
            rows[role] = row
            narrowed.append(row)
        }
        let result = RoleChangeResult(
            roles: rows.values.sorted { $0.role < $1.role }, written: changed, removed: remove.sorted(),
            kept: release.map(\.role).filter { !rules.base.defines($0) }.sorted())
        return RoleChangeDecision(result, put: changed.compactMap { rows[$0] }, narrowed: narrowed)
    }
}
