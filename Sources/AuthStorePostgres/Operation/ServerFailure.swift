// SPDX-License-Identifier: Apache-2.0

import AuthStore

/// An error that the server reported, without its detail and context, which hold values.
struct ServerFailure: Error, Hashable {
    /// What an error means for the operation that it ended.
    enum Meaning: Hashable {
        /// A conflict with another transaction; the same again may succeed.
        case rerun
        /// The statement's plan or name is not what this connection believed; the same again, prepared anew, succeeds.
        case prepareAgain
        /// The server is ending this session.
        case sessionEnds
        /// A unique or foreign key is violated, or a lock could not be taken.
        case conflict
        /// The server cannot do it now.
        case unavailable
        /// Role, password, database or privileges are rejected: an operator must change them.
        case denied
        /// The schema or the statement is not what it should be.
        case corrupt
    }

    /// The five characters of the condition.
    var sqlState: String
    /// The server's primary message; empty where it may repeat a value.
    var message: String
    /// The server's function that gave the error, which is in no language; empty where it is not known.
    var routine: String
    /// Whether the server closes the connection after it.
    var isFatal: Bool

    init(sqlState: String, message: String, routine: String = "", isFatal: Bool = false) {
        self.sqlState = sqlState
        // Class 22 is about data, and its messages quote them.
        self.message = sqlState.hasPrefix("22") ? "" : message
        self.routine = routine
        self.isFatal = isFatal
    }

    /// What the condition means; see appendix A of PostgreSQL's manual for the codes.
    var meaning: Meaning {
        if isDenial { return .denied }
        guard !isFatal else { return .sessionEnds }
        switch sqlState {
        case "40001", "40P01": return .rerun
        case "0A000" where routine == "RevalidateCachedQuery" || message.contains("cached plan"): return .prepareAgain
        case "26000": return .prepareAgain
        case "23505", "23503", "55P03": return .conflict
        case "57014": return .unavailable
        // A server that only reads has been demoted, and another one may have taken its place.
        case "25006", "25P03", "57P01", "57P02", "57P03", "57P04", "57P05": return .sessionEnds
        case "0A000" where isDemotion: return .sessionEnds
        default: break
        }
        switch sqlState.prefix(2) {
        case "08": return .sessionEnds
        case "53", "57", "58", "XX": return .unavailable
        default: return .corrupt
        }
    }

    /// Role, password or session authorization (class 28), the database (class 3D), or a privilege.
    private var isDenial: Bool {
        sqlState.hasPrefix("28") || sqlState.hasPrefix("3D") || sqlState == "42501"
    }

    /// `BEGIN READ WRITE` on a standby: it is not a write yet, so that the code is another than that of a write.
    private var isDemotion: Bool {
        sqlState == "0A000" && (routine == "call_bool_check_hook" || message.contains("during recovery"))
    }

    /// For the operator's log: the server's words, and what to do where they do not say it.
    var diagnostic: StoreDiagnostic {
        let words = message.isEmpty ? "SQLSTATE \(sqlState)" : "SQLSTATE \(sqlState): \(message)"
        return StoreDiagnostic(advice.map { "\(words). \($0)" } ?? words)
    }

    /// What an operator should look at, in one sentence.
    private var advice: String? {
        if sqlState == "25006" || isDemotion {
            return
                "The server only reads: name the primary in DATABASE_URL, or all servers, of which the primary is taken."
        }
        return switch sqlState {
        case _ where sqlState.hasPrefix("28"): "Check role and password in DATABASE_URL, and the server's pg_hba.conf."
        case "3D000": "Check the database in DATABASE_URL."
        case "42501":
            "The role in DATABASE_URL lacks a privilege: serve as a member of authd_runtime, migrate as the owner."
        case "3F000", "42P01", "42703", "42883":
            "The schema is not the one that this version knows: run authd migrate status."
        case "53100": "The server's disk is full."
        case "53200": "The server is short of memory."
        case "53300":
            "The server has no connection left: raise max_connections, or lower DB_POOL_SIZE and DB_MAX_OVERFLOW."
        case "57P03": "The server is starting, stopping or recovering."
        case "58030": "The server could not read or write its files."
        case "XX001", "XX002": "The server found its own files damaged: look at its log before writing more."
        default: nil
        }
    }

    /// What the caller is told where the operation is not tried again.
    var storeError: StoreError {
        switch meaning {
        case .rerun, .conflict: .conflict
        case .sessionEnds, .unavailable: .unavailable(diagnostic)
        case .denied: .denied(diagnostic)
        case .prepareAgain, .corrupt: .corrupt(diagnostic)
        }
    }
}
