// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// What opening a store does about the schema of its database.
public enum SchemaPreparation: Hashable, Sendable {
    /// Applies every pending migration, each in a transaction of its own.
    ///
    /// The time is noted in the ledger of migrations; `nil`, as by default, stands for the system clock's.
    ///
    /// Processes that open one database at the same time do not harm each other: a migration is applied once, under a lock
    /// for which the others wait, and they go on with what is left. A process of an earlier version that already serves
    /// the database fails its health check from then on.
    case migrate(at: Timestamp? = nil)
    /// Leaves the database as it is, and refuses it unless its schema is the one that this version knows.
    ///
    /// A SQLite file is not made then either. For services whose database another program migrates, such as
    /// `authd migrate` under a role with more privileges.
    case require
}
