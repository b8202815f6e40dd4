// SPDX-License-Identifier: Apache-2.0

import AuthStore

/// An error that the server reported, without its detail and context, which hold values.
struct ServerFailure: Error, Hashable {
    /// What an error means for the operation that it ended.
    enum Meaning: Hashable {
        /// Others got in the way; the same again may succeed.
        case rerun
        /// The statement's plan or name is not what this connection believed; the same again, prepared anew, succeeds.
        case prepareAgain
        /// The server is ending this session.
        case sessionEnds
        /// A unique or foreign key stands against it, or a lock could not be had.
        case conflict
        /// The server cannot do it now.
        case unavailable
        /// The schema or the statement is not what it should be.
        case corrupt
    }

    /// The five characters of the condition.
    var sqlState: String
    /// The server's primary message; empty where it may repeat a value.
    var message: String
    /// Whether the server closes the connection after it.
    var isFatal: Bool

    init(sqlState: String, message: String, isFatal: Bool = false) {
        self.sqlState = sqlState
        // Class 22 is about data, and its messages quote them.
        self.message = sqlState.hasPrefix("22") ? "" : message
        self.isFatal = isFatal
    }

    var meaning: Meaning {
        guard !isFatal else { return .sessionEnds }
        switch sqlState {
        case "40001", "40P01": return .rerun
        case "0A000" where message.contains("cached plan"), "26000": return .prepareAgain
        case "23505", "23503", "55P03": return .conflict
        case "57014": return .unavailable
        // A server that only reads has been demoted, and another one may have taken its place.
        case "25006", "25P03", "57P01", "57P02", "57P03", "57P04", "57P05": return .sessionEnds
        default: break
        }
        switch sqlState.prefix(2) {
        case "08": return .sessionEnds
        case "53", "57", "58", "XX": return .unavailable
        default: return .corrupt
        }
    }

    /// For the operator's log.
    var diagnostic: StoreDiagnostic {
        StoreDiagnostic(message.isEmpty ? "SQLSTATE \(sqlState)" : "SQLSTATE \(sqlState): \(message)")
    }

    /// What the caller is told where the operation is not tried again.
    var storeError: StoreError {
        switch meaning {
        case .rerun, .conflict: .conflict
        case .sessionEnds, .unavailable: .unavailable(diagnostic)
        case .prepareAgain, .corrupt: .corrupt(diagnostic)
        }
    }
}
