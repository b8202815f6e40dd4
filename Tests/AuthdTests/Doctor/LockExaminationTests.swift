// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStorePostgres
import Testing

@testable import authd

@Suite("Examination of locks")
struct LockExaminationTests {
    private static func transaction(
        _ process: Int64, _ state: String = "active", age: Int = 1, began: Int64 = 100, waitsForLock: Bool = false,
        blocker: Int64? = nil
    ) -> PostgresTransaction {
        PostgresTransaction(
            process: process, name: "psql\u{1B}", state: state, began: Timestamp(seconds: began), age: .seconds(age),
            waitsForLock: waitsForLock, blocker: blocker)
    }

    @Test("a session that waits in both looks is a fault, which names who holds the lock and how to end that")
    func waiting() {
        let holder = Self.transaction(7, "idle in transaction")
        let waiting = Self.transaction(8, waitsForLock: true, blocker: 7)
        let found = LockExamination.findings([holder, waiting], earlier: [holder, waiting])
        #expect(found.map(\.verdict) == [.fault])
        #expect(
            found.first?.sentence
                == "1 session waits for a lock, the first, process 8 (psql\u{FFFD}), for process 7 (psql\u{FFFD}): end its "
                + "transaction in that program, or run `SELECT pg_terminate_backend(7)`.")
    }

    @Test("a session that waits in one look, or in another transaction, is none")
    func momentary() {
        let before = Self.transaction(8, began: 100, waitsForLock: true, blocker: 7)
        let after = Self.transaction(8, began: 101, waitsForLock: true, blocker: 7)
        #expect(LockExamination.findings([after], earlier: [before]).map(\.verdict) == [.ok])
        #expect(LockExamination.findings([before], earlier: []).map(\.verdict) == [.ok])
        #expect(LockExamination.findings([Self.transaction(8)], earlier: [before]).map(\.verdict) == [.ok])
        #expect(LockExamination.findings([], earlier: []).map(\.verdict) == [.ok])
    }

    @Test("a lock of a prepared transaction is ended by its name, and one that was released since needs nothing")
    func holders() {
        func sentence(_ blocker: Int64?) -> String? {
            let waiting = Self.transaction(8, waitsForLock: true, blocker: blocker)
            return LockExamination.findings([waiting], earlier: [waiting]).first?.sentence
        }
        #expect(sentence(0)?.contains("`ROLLBACK PREPARED`") == true)
        #expect(sentence(9)?.contains("for process 9: end") == true)
        #expect(sentence(nil)?.hasSuffix("for one that was released since.") == true)
    }

    struct Age: CustomTestStringConvertible {
        let state: String
        let seconds: Int
        let verdict: DoctorFinding.Verdict
        var testDescription: String { "\(state), \(seconds) s" }
    }

    @Test(
        "a transaction that does nothing is a fault from a minute on, and one that works a warning from ten",
        arguments: [
            Age(state: "idle in transaction", seconds: 59, verdict: .ok),
            Age(state: "idle in transaction", seconds: 60, verdict: .fault),
            Age(state: "idle in transaction (aborted)", seconds: 60, verdict: .fault),
            Age(state: "active", seconds: 599, verdict: .ok), Age(state: "active", seconds: 600, verdict: .warning),
            Age(state: "prepared", seconds: 59, verdict: .ok), Age(state: "prepared", seconds: 60, verdict: .fault),
        ])
    func ages(_ age: Age) {
        let found = LockExamination.findings([Self.transaction(7, age.state, age: age.seconds)], earlier: [])
        #expect(found.map(\.verdict) == [age.verdict])
    }

    @Test("the system's list of locks names the process that holds the write lock of a file, and no other lock")
    func fileLocks() {
        let list = """
            1: POSIX  ADVISORY  READ  11 08:01:77 123 123
            2: POSIX  ADVISORY  WRITE 12 08:01:78 120 120
            3: FLOCK  ADVISORY  WRITE 13 08:01:77 0 EOF
            4: POSIX  ADVISORY  WRITE 14 08:01:77 128 128
            5: POSIX  ADVISORY  WRITE 4711 08:01:77 120 120
            5: -> POSIX  ADVISORY  WRITE 15 08:01:77 120 120
            6: POSIX  ADVISORY  WRITE -1 00:2f:79 0 EOF

            """
        #expect(FileLocks.writer(in: list, inode: 77) == 4711)
        #expect(FileLocks.writer(in: list, inode: 78) == 12)
        #expect(FileLocks.writer(in: list, inode: 79) == 0)
        #expect(FileLocks.writer(in: list, inode: 80) == nil)
        #expect(FileLocks.writer(in: "", inode: 77) == nil)
        #expect(FileLocks.writer(in: "5: POSIX ADVISORY WRITE x 08:01:77 120 120\n5: POSIX", inode: 77) == nil)
    }

    @Test("a locked file is a fault that names the process where it is known, and a long log a warning")
    func files() {
        let known = FileLockExamination.locked("/d/a.db", holder: (4711, "sqlite3"))
        #expect(known.verdict == .fault && known.sentence.hasPrefix("Process 4711 (sqlite3) keeps /d/a.db locked"))
        #expect(known.sentence.hasSuffix("run `kill 4711`."))
        for holder in [nil, (process: Int32(0), program: String?.none)] {
            #expect(FileLockExamination.locked("/d/a.db", holder: holder).sentence.contains("`fuser /d/a.db`"))
        }
        #expect(FileLockExamination.log("/d/a.db", bytes: 255 << 20) == nil)
        #expect(FileLockExamination.log("/d/a.db", bytes: 256 << 20)?.verdict == .warning)
    }
}
