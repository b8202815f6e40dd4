// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStorePostgres

/// Whether transactions of others keep a daemon from its work in PostgreSQL.
enum LockExamination {
    /// From which age on a transaction that does nothing is a fault: it keeps its locks, and dead rows from being removed.
    private static let idle = Duration.seconds(60)
    /// From which age on a transaction that works deserves attention.
    private static let long = Duration.seconds(600)

    /// What the transactions of other sessions mean; those of `earlier` were seen a moment before.
    ///
    /// A session counts as waiting where it waited then, too: every busy server has some that wait for a moment.
    static func findings(_ transactions: [PostgresTransaction], earlier: [PostgresTransaction]) -> [DoctorFinding] {
        let waited = Set(earlier.filter(\.waitsForLock).map { Key(process: $0.process, began: $0.began) })
        let waiting = transactions.filter {
            $0.waitsForLock && waited.contains(Key(process: $0.process, began: $0.began))
        }
        var findings = waiting.prefix(1).map { first in
            DoctorFinding(
                .fault, "locks",
                "\(Counted.things(Int64(waiting.count), "session waits", "sessions wait")) for a lock, the first, "
                    + "\(name(first)), for \(holder(first, among: transactions)).")
        }
        for transaction in transactions where transaction.began != nil {
            if let finding = Self.finding(transaction) { findings.append(finding) }
        }
        guard findings.isEmpty else { return findings }
        return [DoctorFinding(.ok, "locks", "No session waits for a lock, and no transaction is old.")]
    }

    private struct Key: Hashable {
        let process: Int64
        let began: Timestamp?
    }

    private static func finding(_ transaction: PostgresTransaction) -> DoctorFinding? {
        let age = "\(transaction.age.components.seconds) seconds"
        switch transaction.state {
        case "prepared" where transaction.age >= idle:
            return DoctorFinding(
                .fault, "locks",
                "The prepared transaction \(Redaction.printable(transaction.name)) has kept its locks for \(age): commit it, or "
                    + "run `ROLLBACK PREPARED` with its name.")
        case "idle in transaction" where transaction.age >= idle,
            "idle in transaction (aborted)" where transaction.age >= idle:
            return DoctorFinding(
                .fault, "locks",
                "\(name(transaction)) has left a transaction open without using it for \(age): end it in that program, "
                    + "or run `SELECT pg_terminate_backend(\(transaction.process))`.")
        case _ where transaction.age >= long && transaction.state != "prepared":
            return DoctorFinding(
                .warning, "locks",
                "\(name(transaction)) has been in one transaction for \(age): where it is no backup, see what it does in "
                    + "pg_stat_activity.")
        default: return nil
        }
    }

    private static func holder(_ waiting: PostgresTransaction, among all: [PostgresTransaction]) -> String {
        switch waiting.blocker {
        case 0?: "a prepared transaction: `SELECT gid FROM pg_prepared_xacts` names it, end it with `ROLLBACK PREPARED`"
        case let process?:
            "\(all.first { $0.process == process }.map(name) ?? "process \(process)"): end its transaction in that program, or "
                + "run `SELECT pg_terminate_backend(\(process))`"
        case nil: "one that was released since"
        }
    }

    private static func name(_ transaction: PostgresTransaction) -> String {
        let name = Redaction.printable(transaction.name)
        return name.isEmpty ? "process \(transaction.process)" : "process \(transaction.process) (\(name))"
    }
}
