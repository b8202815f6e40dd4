// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// Roles: those of the program, and those that administrators and the operator's file define.
public struct RoleService: Sendable {
    let core: ServiceCore

    /// Every role as this process knows it: as another process has changed it at most a second ago, while this one is run.
    public var table: RoleTable { core.policy.roles }

    /// Makes a role, or gives it another description and other permissions.
    ///
    /// Holders get what it grants from now on: less from the next request, more with the next access token. Access tokens that
    /// carry what it no longer grants are revoked for services that follow the change feed.
    ///
    /// - Returns: Whether there was no such role before.
    /// - Throws: `.roleRefused` for `admin`, for a role of the operator's file, and beyond `RoleRules.maximumCount`;
    ///   `.unavailable`, `.internalFailure`, `.cancelled`.
    @discardableResult
    public func define(
        _ definition: RoleDefinition, by administrator: Administrator, from client: ClientContext
    ) async throws(AuthError) -> Bool {
        let isNew = !table.defines(definition.role)
        _ = try await change(by: .define(definition), by: administrator, from: client)
        return isNew
    }

    /// Removes a role that no user holds.
    ///
    /// - Throws: `.roleRefused` for an unknown role, one of the program's own, one of the operator's file and one that a user
    ///   holds; `.unavailable`, `.internalFailure`, `.cancelled`.
    public func remove(
        _ role: Role, by administrator: Administrator, from client: ClientContext
    ) async throws(AuthError) {
        _ = try await change(by: .remove(role), by: administrator, from: client)
    }

    /// Takes over the roles of the operator's file, which lists all that it defines.
    ///
    /// A role that the file listed before and lists no longer is removed; one that users hold stays, and so does one of the
    /// program's own, as the program defines it.
    ///
    /// - Throws: `.roleRefused` for `admin`, and beyond `RoleRules.maximumCount`; `.unavailable`, `.internalFailure`,
    ///   `.cancelled`.
    @discardableResult
    public func load(
        _ definitions: [RoleDefinition], from client: ClientContext = ClientContext()
    ) async throws(AuthError) -> RoleChangeResult {
        try await change(by: .load(definitions), by: .commandLine, from: client)
    }

    private func change(
        by change: RoleChange, by administrator: Administrator, from client: ClientContext
    ) async throws(AuthError) -> RoleChangeResult {
        let context = core.context(client, actor: administrator.id)
        let rules = RoleRules(base: core.roles.base, hasFile: core.settings.hasRolesFile)
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.changeRoles(by: change, under: rules, context: context)
        }
        // Before the answer: what was acknowledged holds for this process's next request.
        try await core.inStore { _ throws(StoreError) in try await core.readRoles() }
        switch outcome {
        case .done(let result): return result
        case .refused(let refusal): throw .roleRefused(refusal)
        }
    }
}
