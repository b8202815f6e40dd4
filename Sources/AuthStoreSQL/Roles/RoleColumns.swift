// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of a role, in the order in which statements name and read them.
enum RoleColumns {
    /// The columns that make a role.
    static let list = SQLColumns("name, description, permissions, origin, epoch, updated_at_us")

    /// The role in a row.
    static func role(in row: SQLRow) throws(StoreError) -> StoredRole {
        guard let role = Role(try row.text(0)) else { throw .corrupt("a role's name is not a valid one") }
        guard let permissions = Scope(parsing: try row.text(2)) else {
            throw .corrupt("a role's permissions are not valid ones")
        }
        guard let origin = StoredRole.Origin(rawValue: try row.text(3)) else {
            throw .corrupt("a role's origin is not a known one")
        }
        let text = try row.text(1)
        let description: RoleDescription
        do throws(ValidationError) {
            description = try RoleDescription(text)
        } catch {
            throw .corrupt("a role's description is not a valid one")
        }
        return StoredRole(
            role: role, description: description, permissions: permissions, origin: origin,
            epoch: RoleEpoch(try row.int64(4)), updatedAt: try row.time(5))
    }

    /// The values of ``list``.
    static func values(_ role: StoredRole) -> [SQLValue] {
        [
            .text(role.role.name), .text(role.description.text), .text(role.permissions.description),
            .text(role.origin.rawValue), .int64(role.epoch.value), .time(role.updatedAt),
        ]
    }
}
