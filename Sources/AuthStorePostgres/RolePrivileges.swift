// SPDX-License-Identifier: Apache-2.0

public import AuthStore
import AuthStoreSQL

/// The privileges of a session's role beyond reading and writing rows.
public struct RolePrivileges: Hashable, Sendable {
    /// It is a superuser, for which neither privileges nor row-level security apply.
    public var isSuperuser: Bool
    /// Row-level security does not apply to it.
    public var bypassesRowSecurity: Bool
    /// It owns the schema `authd`, or is a member of the role that does: it may change and drop tables.
    public var ownsSchema: Bool

    /// Describes a role.
    public init(isSuperuser: Bool, bypassesRowSecurity: Bool, ownsSchema: Bool) {
        self.isSuperuser = isSuperuser
        self.bypassesRowSecurity = bypassesRowSecurity
        self.ownsSchema = ownsSchema
    }
}

extension PostgresDriver {
    private static let privileges = SQL(
        """
        SELECT r.rolsuper, r.rolbypassrls, EXISTS (SELECT FROM pg_catalog.pg_namespace n \
        WHERE n.nspname = 'authd' AND pg_catalog.pg_has_role(r.oid, n.nspowner, 'MEMBER')) \
        FROM pg_catalog.pg_roles r WHERE r.rolname = CURRENT_USER
        """)

    private static let greeting = SQL("SELECT 1::bigint")

    /// Checks that the server answers and accepts this process; one statement that reads nothing.
    ///
    /// - Throws: `.unavailable` where it cannot be reached or is not ready, `.denied` where it refuses role, password,
    ///   database or privileges.
    public func requireAnswer() async throws(StoreError) {
        _ = try await perform(SQLOperation(.read, .run(Statement(Self.greeting)) { _ in .commit([], true) }))
    }

    /// The privileges of the role of `DATABASE_URL`; one statement.
    ///
    /// - Throws: `.unavailable`, `.denied`.
    public func rolePrivileges() async throws(StoreError) -> RolePrivileges {
        try await perform(
            SQLOperation(
                .read,
                .run(Statement(Self.privileges)) { (result) throws(StoreError) in
                    guard let row = result.first else { throw .corrupt("the session has no role") }
                    return .commit(
                        [],
                        RolePrivileges(
                            isSuperuser: try row.bool(0), bypassesRowSecurity: try row.bool(1),
                            ownsSchema: try row.bool(2)))
                }))
    }
}
