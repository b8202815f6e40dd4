// SPDX-License-Identifier: Apache-2.0

import CLibSQLite
import Synchronization

/// What sqlite3 itself has to say: about files that were unlinked, damage, failures of the disk.
///
/// There is one log in a process, for all its databases, which is why only a program directs it and no library does.
public enum SQLiteLog {
    /// One message of sqlite3, which names files and statements and holds no values.
    public struct Message: Hashable, Sendable {
        /// What it is worth.
        public enum Severity: Hashable, Sendable {
            /// It tells of something that went well, such as a log that was recovered.
            case notice
            /// It may need the operator's eye.
            case warning
            /// The database or its disk failed.
            case error
        }

        /// The result code, the extended one where there is one.
        public let code: Int32
        /// The words of sqlite3.
        public let text: String

        /// Describes a message.
        public init(code: Int32, text: String) {
            self.code = code
            self.text = text
        }

        /// What the message is worth; `nil` for what a busy database says all the time, and the caller hears anyway:
        /// locks, constraints, statements that do not fit the schema, are prepared anew or interrupted.
        public var severity: Severity? {
            switch code & 0xFF {
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CONSTRAINT, SQLITE_SCHEMA, SQLITE_INTERRUPT, SQLITE_ABORT,
                SQLITE_ERROR:
                nil
            case SQLITE_NOTICE: .notice
            case SQLITE_WARNING: .warning
            default: .error
            }
        }
    }

    private static let receiver = Mutex<(@Sendable (Message) -> Void)?>(nil)

    /// Gives every further message to `receive`, which may be called on any thread, must not block and must not use
    /// sqlite3.
    ///
    /// - Returns: `false` where sqlite3 was used in this process already; then nothing is changed.
    @discardableResult
    public static func direct(to receive: @escaping @Sendable (Message) -> Void) -> Bool {
        let code = authd_sqlite3_config_log { _, code, text in
            guard let text, let receive = SQLiteLog.receiver.withLock({ $0 }) else { return }
            receive(Message(code: code, text: String(cString: text)))
        }
        guard code == SQLITE_OK else { return false }
        receiver.withLock { $0 = receive }
        return true
    }
}
