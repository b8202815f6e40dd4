// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL

extension SQLiteConnection {
    /// Runs the statements of a migration step where the condition holds, alone on the file.
    ///
    /// The connection was opened for migrating: foreign keys are checked here, at the end, and not on the way.
    func migrate(
        guarding condition: SQLProgram<Bool>, _ statements: [Statement]
    ) throws(SQLiteFailure) -> Bool {
        try retryingWhileBusy { () throws(SQLiteFailure) in
            try transaction(begin: Control.beginExclusive) { () throws(SQLiteFailure) in
                let verdict = try evaluate(condition)
                guard verdict.output else { return verdict }
                for statement in statements { try run(statement) }
                guard try run(Check.foreignKeys).rows.isEmpty else {
                    throw .failed(.corrupt("after the migration a row refers to one that is not there"))
                }
                return .commit(true)
            }
        }
    }

    private enum Check {
        static let foreignKeys = SQL("PRAGMA foreign_key_check")
    }
}
