// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Roles that are data: what administrators, commands and the operator's file define beside the program's own.
public protocol RoleStore: Sendable {
    /// Every stored role, by name.
    func roles() async throws(StoreError) -> [StoredRole]

    /// Makes, changes or removes roles.
    ///
    /// **R1.** The decision is `RoleChange.decide` on all stored roles, none of which another transaction can change before it
    /// is carried out.
    /// **R2.** A role that a user holds is not removed.
    /// **R3.** A change appends `.rolesChanged` to the feed, and before it `.roleNarrowed` for each role that grants less than
    /// before, with the epoch that is stored for it; each role that is written or removed has its audit event. A change that
    /// changes nothing writes nothing, a rejected one only its audit event.
    func changeRoles(
        by change: RoleChange, under rules: RoleRules, context: OperationContext
    ) async throws(StoreError) -> Committed<RoleChangeOutcome>
}
