// SPDX-License-Identifier: Apache-2.0

import AuthStoreSQL

/// How an operation is wrapped into transactions.
enum TransactionKind: Hashable, Sendable {
    /// Every batch by itself.
    case read
    /// One statement by itself.
    case writeOnce
    /// One transaction.
    case write
    /// One transaction that first locks the row of the change feed's head.
    case writeFeed
    /// One transaction under the lock of the migrators, in which a statement may take as long as an index needs.
    case migrate

    /// The statements that open the transaction; empty where there is none.
    ///
    /// `settings` are those that every transaction must make because the session does not keep them; empty where it
    /// does. Otherwise a single batch is a transaction of its own as well, so that the settings hold for it.
    func opening(settings: [Statement]) -> [Statement] {
        let begin = [Statement(settings.isEmpty ? TransactionSQL.begin : TransactionSQL.beginWriting)]
        switch self {
        case .read: return settings.isEmpty ? [] : [Statement(TransactionSQL.beginReading)] + settings
        case .writeOnce: return settings.isEmpty ? [] : begin + settings
        case .write: return begin + settings
        case .writeFeed: return begin + settings + [Statement(TransactionSQL.lockFeed)]
        case .migrate:
            return begin + settings + [
                Statement(TransactionSQL.liftStatementTimeout), Statement(TransactionSQL.setLockTimeout),
                Statement(TransactionSQL.lockMigrations),
            ]
        }
    }

    /// How long one batch may take, given the bound of ordinary ones.
    func timeout(_ ordinary: Duration) -> Duration {
        switch self {
        case .read, .writeOnce, .write, .writeFeed: ordinary
        case .migrate: max(ordinary, .seconds(3600))
        }
    }
}

extension TransactionKind {
    init<Output>(_ access: SQLOperation<Output>.Access) {
        switch access {
        case .read: self = .read
        case .writeOnce: self = .writeOnce
        case .write: self = .write
        case .writeFeed: self = .writeFeed
        }
    }
}

/// The driver's own statements.
///
/// A transaction names its isolation level whatever the default is: a lock that is waited for must be followed by a fresh
/// look at the rows. Where the session is shared through a pooler it also says whether it writes.
///
/// The feed's order comes from the lock on its head's row: each writer waits there for the commit of the one before. The
/// key of the migrators' advisory lock is the letters `authdmig`; it is held until the transaction ends, which works behind
/// a pooler too.
enum TransactionSQL {
    static let begin = SQL("BEGIN ISOLATION LEVEL READ COMMITTED")
    static let beginReading = SQL("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY")
    static let beginWriting = SQL("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
    static let commit = SQL("COMMIT")
    static let rollback = SQL("ROLLBACK")
    static let forgetPrepared = SQL("DEALLOCATE ALL")
    static let lockFeed = SQL("SELECT cursor FROM authd.feed_head FOR UPDATE")
    static let lockMigrations = SQL("SELECT pg_catalog.pg_advisory_xact_lock(7022647185664469351)")
    static let liftStatementTimeout = SQL("SET LOCAL statement_timeout = 0")
    static let setLockTimeout = SQL("SET LOCAL lock_timeout = '60s'")
    static let listen = SQL("LISTEN authd_changes")
}
