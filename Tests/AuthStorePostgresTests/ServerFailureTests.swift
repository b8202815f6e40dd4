// SPDX-License-Identifier: Apache-2.0

import AuthStore
import Testing

@testable import AuthStorePostgres

@Suite("Server failures")
struct ServerFailureTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var sqlState: String
        var message = "words"
        var isFatal = false
        var meaning: ServerFailure.Meaning
        var testDescription: String { "\(sqlState) \(message)" }
    }

    static let cases: [Case] = [
        Case(sqlState: "40001", meaning: .rerun),
        Case(sqlState: "40P01", meaning: .rerun),
        Case(sqlState: "40003", meaning: .corrupt),
        Case(sqlState: "23505", meaning: .conflict),
        Case(sqlState: "23503", meaning: .conflict),
        Case(sqlState: "23502", meaning: .corrupt),
        Case(sqlState: "23514", meaning: .corrupt),
        Case(sqlState: "55P03", meaning: .conflict),
        Case(sqlState: "57014", meaning: .unavailable),
        Case(sqlState: "25006", meaning: .sessionEnds),
        Case(sqlState: "53300", meaning: .unavailable),
        Case(sqlState: "53100", meaning: .unavailable),
        Case(sqlState: "58030", meaning: .unavailable),
        Case(sqlState: "XX000", meaning: .unavailable),
        Case(sqlState: "08006", meaning: .sessionEnds),
        Case(sqlState: "57P01", meaning: .sessionEnds),
        Case(sqlState: "57P03", meaning: .sessionEnds),
        Case(sqlState: "25P03", meaning: .sessionEnds),
        Case(sqlState: "28P01", isFatal: true, meaning: .denied),
        Case(sqlState: "28000", isFatal: true, meaning: .denied),
        Case(sqlState: "3D000", isFatal: true, meaning: .denied),
        Case(sqlState: "53300", isFatal: true, meaning: .sessionEnds),
        Case(
            sqlState: "0A000", message: "cannot set transaction read-write mode during recovery", meaning: .sessionEnds),
        Case(sqlState: "3F000", meaning: .corrupt),
        Case(sqlState: "0A000", message: "cached plan must not change result type", meaning: .prepareAgain),
        Case(sqlState: "0A000", meaning: .corrupt),
        Case(sqlState: "26000", meaning: .prepareAgain),
        Case(sqlState: "42P01", meaning: .corrupt),
        Case(sqlState: "42501", meaning: .denied),
        Case(sqlState: "", meaning: .corrupt),
    ]

    @Test("are classified by their SQLSTATE class", arguments: cases)
    func meaning(_ test: Case) {
        let failure = ServerFailure(sqlState: test.sqlState, message: test.message, isFatal: test.isFatal)

        #expect(failure.meaning == test.meaning)
    }

    @Test("that ask for another plan are known in every language of the server")
    func staleplan() {
        let failure = ServerFailure(
            sqlState: "0A000", message: "der Ergebnistyp darf sich nicht ändern", routine: "RevalidateCachedQuery")

        #expect(failure.meaning == .prepareAgain)
    }

    @Test("about privileges, connections and disks tell the operator what to do, and are not called corrupt")
    func advice() {
        let privilege = ServerFailure(sqlState: "42501", message: "permission denied for table users").storeError
        let connections = ServerFailure(sqlState: "53300", message: "sorry, too many clients already").storeError
        let standby = ServerFailure(sqlState: "25006", message: "cannot execute UPDATE in a read-only transaction")

        guard case .denied(let lacking) = privilege, case .unavailable(let crowded) = connections,
            case .unavailable(let reading) = standby.storeError
        else {
            Issue.record("\(privilege) \(connections) \(standby.storeError)")
            return
        }
        #expect(lacking.text.hasPrefix("SQLSTATE 42501: permission denied for table users. The role in DATABASE_URL"))
        #expect(crowded.text.contains("max_connections"))
        #expect(reading.text.contains("The server only reads"))
    }

    @Test(
        "that an operator can mend name the setting or the command, whatever the server's language",
        arguments: [
            ("28P01", "password in DATABASE_URL"), ("28000", "pg_hba.conf"), ("28ABC", "password in DATABASE_URL"),
            ("3D000", "the database in DATABASE_URL"), ("42501", "migrate as the owner"),
            ("3F000", "authd migrate status"), ("42P01", "authd migrate status"), ("42703", "authd migrate status"),
            ("42883", "authd migrate status"), ("53100", "disk is full"), ("53200", "short of memory"),
            ("53300", "DB_POOL_SIZE"), ("57P03", "starting, stopping"), ("58030", "read or write its files"),
            ("XX001", "look at its log"), ("25006", "name the primary in DATABASE_URL"),
        ])
    func remedies(sqlState: String, words: String) {
        let failure = ServerFailure(sqlState: sqlState, message: "m")
        #expect(failure.diagnostic.text.hasPrefix("SQLSTATE \(sqlState): m. "))
        #expect(failure.diagnostic.text.contains(words), "\(failure.diagnostic.text)")
    }

    @Test("about data keep the server's words, which quote it, out of the log")
    func dataIsNotQuoted() {
        let failure = ServerFailure(sqlState: "22P02", message: "invalid input syntax for type bigint: \"hunter2\"")

        #expect(failure.diagnostic.text == "SQLSTATE 22P02")
        #expect(failure.storeError == .corrupt("SQLSTATE 22P02"))
    }
}
