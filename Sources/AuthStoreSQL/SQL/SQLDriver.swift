// SPDX-License-Identifier: Apache-2.0

public import AuthStore

/// Which dialect a driver speaks: it chooses the migrations; the statements are shared, except that refreshing has its own
/// for each.
public enum SQLDialect: String, Sendable, CaseIterable {
    /// That of PostgreSQL.
    case postgres
    /// That of SQLite.
    case sqlite

    /// Whether several processes serve on one database at the same time.
    var isShared: Bool {
        switch self {
        case .postgres: true
        case .sqlite: false
        }
    }
}

/// Runs programs on one database: connections, threads, bounds and recovery, and nothing about users or sessions.
///
/// For implementers:
/// - `perform` never blocks the cooperative pool or an event loop, and every wait in it is bounded.
/// - A program that needs nothing but its statements costs one round trip where the protocol allows it.
/// - A serialization failure or a deadlock runs the program again, at most five times in all, then throws `.conflict`.
/// - A connection that died while nothing of the operation can have been done is replaced and the operation tried again
///   once; otherwise `.unavailable`.
/// - A unique or foreign-key violation is `.conflict`: programs avoid them by `ON CONFLICT`.
/// - Errors never carry bound values.
/// - Cancelling the caller throws `.cancelled` at once if the operation had not begun; once begun it is finished.
public protocol SQLDriver: Sendable {
    /// The dialect.
    var dialect: SQLDialect { get }

    /// Runs an operation and, for one that writes, returns when it is durable.
    func perform<Output: Sendable>(_ operation: SQLOperation<Output>) async throws(StoreError) -> Output

    /// Runs the statements of one migration step in a transaction of its own, alone among all migrators.
    ///
    /// `condition` is asked first, inside the transaction and under the migrators' lock; where it gives false, nothing
    /// is run.
    ///
    /// - Returns: Whether the statements were run.
    func migrate(
        guarding condition: SQLProgram<Bool>, _ statements: [Statement]
    ) async throws(StoreError) -> Bool

    /// Why the database is not fit to be used, as far as the driver knows without asking it; `nil` where it knows nothing
    /// of the kind, as by default.
    var trouble: StoreError? { get }

    /// Yields when the change feed may have grown, as far as the database can tell by itself.
    func changeSignals() -> AsyncStream<Void>

    /// Finishes what is under way within the driver's bound and closes every connection.
    func close() async
}

extension SQLDriver {
    /// `nil`: the driver knows of none without asking the database.
    public var trouble: StoreError? { nil }
}
