// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import Testing

@testable import AuthStorePostgres

@Suite("Operation run")
struct OperationRunTests {
    private static let one = Statement(SQL("ONE"))
    private static let two = Statement(SQL("TWO"))
    private static let result = SQLResult(rows: [SQLRow([.int64(7)])], affectedRows: 1)
    private static let nothing = SQLResult(rows: [], affectedRows: 0)
    private static let lost: StoreDiagnostic = "lost"
    private static let serialization = ServerFailure(sqlState: "40001", message: "again")
    private static let unique = ServerFailure(sqlState: "23505", message: "twice")
    private static let stale = ServerFailure(sqlState: "26000", message: "no such statement")

    /// Runs one statement, then another with the commit, and gives what the first one gave.
    private static let twoSteps: SQLProgram<Int64> = .run(one) { (result) throws(StoreError) in
        guard let row = result.first else { return .rollback(-1) }
        return .commit([two], try row.int64(0))
    }

    private static func run(_ kind: TransactionKind, _ program: SQLProgram<Int64> = twoSteps) -> OperationRun {
        OperationRun(kind, program.erased, statementTimeout: .seconds(5))
    }

    /// What an action comes to, in words that can be compared.
    private func words(_ action: OperationRun.Action) -> String {
        switch action {
        case .send(let batch): batch.statements.map(\.description).joined(separator: "; ")
        case .finish(.success(let output)): "done \(output)"
        case .finish(.failure(let error)): "\(error) \(error.diagnostic ?? "")"
        case .elsewhere: "elsewhere"
        }
    }

    @Test("sends BEGIN with the first batch and COMMIT with the last")
    func transaction() {
        var run = Self.run(.write)

        #expect(words(run.start()) == "BEGIN ISOLATION LEVEL READ COMMITTED; ONE")
        #expect(words(run.completed([Self.nothing, Self.result])) == "TWO; COMMIT")
        #expect(words(run.completed([Self.nothing, Self.nothing])) == "done 7")
    }

    @Test("takes the feed's lock before the first statement of the program")
    func feedLock() {
        var run = Self.run(.writeFeed)

        #expect(
            words(run.start())
                == "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT cursor FROM authd.feed_head FOR UPDATE; ONE"
        )
        #expect(words(run.completed([Self.nothing, Self.nothing, Self.result])) == "TWO; COMMIT")
    }

    @Test("sends no COMMIT when the decision is to leave everything as it was")
    func rollback() {
        var run = Self.run(.write)

        _ = run.start()
        #expect(words(run.completed([Self.nothing, Self.nothing])) == "ROLLBACK")
        #expect(words(run.completed([Self.nothing])) == "done -1")
    }

    @Test("of one write is one statement and nothing around it")
    func writeOnce() {
        var run = Self.run(.writeOnce, .run(Self.one) { (_) throws(StoreError) in .commit([], 1) })

        #expect(words(run.start()) == "ONE")
        #expect(words(run.completed([Self.result])) == "done 1")
    }

    @Test("of one write is refused when it has more than one statement")
    func writeOnceTwice() {
        var both = Self.run(.writeOnce, .commit([Self.one, Self.two], 1))
        var later = Self.run(.writeOnce)

        #expect(words(both.start()).contains("another number of statements"))
        _ = later.start()
        #expect(words(later.completed([Self.result])).contains("another number of statements"))
    }

    @Test("that only commits is one batch")
    func onlyCommit() {
        var run = Self.run(.write, .commit([Self.one], 1))

        #expect(words(run.start()) == "BEGIN ISOLATION LEVEL READ COMMITTED; ONE; COMMIT")
    }

    @Test("that has no statements sends nothing")
    func empty() {
        var committing = Self.run(.write, .run([]) { (_) throws(StoreError) in .commit([], 3) })
        var leaving = Self.run(.writeFeed, .rollback(4))

        #expect(words(committing.start()) == "done 3")
        #expect(words(leaving.start()) == "done 4")
    }

    @Test(
        "is run five times in conflicts with other transactions, then fails", arguments: [TransactionKind.write, .read])
    func conflicts(_ kind: TransactionKind) {
        var run = Self.run(kind)
        let undoes = kind == .write

        var action = run.start()
        for _ in 1..<OperationRun.attempts {
            action = run.failed(Self.serialization)
            if undoes {
                #expect(words(action) == "ROLLBACK")
                action = run.completed([Self.nothing])
            }
            #expect(words(action) == (undoes ? "BEGIN ISOLATION LEVEL READ COMMITTED; ONE" : "ONE"))
        }
        action = run.failed(Self.serialization)
        if undoes { action = run.completed([Self.nothing]) }
        #expect(words(action) == "The database is too contended. ")
    }

    @Test("is run again when its COMMIT fails to serialize")
    func conflictAtCommit() {
        var run = Self.run(.write)

        _ = run.start()
        _ = run.completed([Self.nothing, Self.result])
        #expect(words(run.failed(Self.serialization)) == "ROLLBACK")
        #expect(words(run.completed([Self.nothing])) == "BEGIN ISOLATION LEVEL READ COMMITTED; ONE")
    }

    @Test("is not run again when a key stands against it")
    func unique() {
        var run = Self.run(.write)

        _ = run.start()
        #expect(words(run.failed(Self.unique)) == "ROLLBACK")
        #expect(words(run.completed([Self.nothing])) == "The database is too contended. ")
    }

    @Test("prepares statements again, once, when the server has dropped them")
    func stalePlan() {
        var run = Self.run(.write)

        _ = run.start()
        #expect(words(run.failed(Self.stale)) == "ROLLBACK; DEALLOCATE ALL")
        #expect(words(run.completed([Self.nothing, Self.nothing])) == "BEGIN ISOLATION LEVEL READ COMMITTED; ONE")
        #expect(words(run.failed(Self.stale)) == "ROLLBACK")
        #expect(words(run.completed([Self.nothing])).contains("26000"))
    }

    @Test("moves to another connection once, as long as it cannot have been executed")
    func lostBeforeCommit() {
        var run = Self.run(.write)

        _ = run.start()
        #expect(words(run.disconnected(Self.lost)) == "elsewhere")
        #expect(words(run.start()) == "BEGIN ISOLATION LEVEL READ COMMITTED; ONE")
        #expect(words(run.disconnected(Self.lost)) == "The database is unavailable. lost")
    }

    @Test("is unavailable when the connection is lost with the COMMIT under way")
    func lostAtCommit() {
        var run = Self.run(.write)

        _ = run.start()
        _ = run.completed([Self.nothing, Self.result])
        #expect(words(run.disconnected(Self.lost)) == "The database is unavailable. lost")
    }

    @Test("is unavailable when the connection is lost with a single write under way")
    func lostAtSingleWrite() {
        var run = Self.run(.writeOnce)

        _ = run.start()
        #expect(words(run.disconnected(Self.lost)) == "The database is unavailable. lost")
    }

    @Test("does not ask a second server when the first took too long")
    func late() {
        var run = Self.run(.read)

        _ = run.start()
        #expect(words(run.disconnected(Self.lost, isLate: true)) == "The database is unavailable. lost")
    }

    @Test("keeps its outcome when the connection is lost during the rollback")
    func lostAtRollback() {
        var run = Self.run(.write)

        _ = run.start()
        _ = run.completed([Self.nothing, Self.nothing])
        #expect(words(run.disconnected(Self.lost)) == "done -1")
    }

    @Test("rolls back when the program throws")
    func programThrows() {
        var run = Self.run(.write, .run(Self.one) { (_) throws(StoreError) in throw .corrupt("odd") })

        _ = run.start()
        #expect(words(run.completed([Self.nothing, Self.result])) == "ROLLBACK")
        #expect(words(run.completed([Self.nothing])) == "The database holds something that cannot be read. odd")
    }

    private static let settings = Statement(SQL("SETTINGS"))

    @Test(
        "makes a transaction of every batch if the session does not keep its settings",
        arguments: [
            TransactionKind.read, .writeOnce,
        ])
    func pooledFlight(_ kind: TransactionKind) {
        var run = OperationRun(
            kind,
            SQLProgram<Int64>.run(Self.one) { (result) throws(StoreError) in
                .commit([], try result.rows[0].int64(0))
            }.erased,
            statementTimeout: .seconds(5), settings: [Self.settings])

        let mode = kind == .read ? "READ ONLY" : "READ WRITE"
        #expect(words(run.start()) == "BEGIN ISOLATION LEVEL READ COMMITTED \(mode); SETTINGS; ONE; COMMIT")
        #expect(words(run.completed([Self.nothing, Self.nothing, Self.result, Self.nothing])) == "done 7")
    }

    @Test("rolls back such a transaction if one of its statements fails, and restarts it")
    func pooledFailure() {
        var run = OperationRun(
            .writeOnce, SQLProgram<Int64>.commit([Self.one], 1).erased, statementTimeout: .seconds(5),
            settings: [Self.settings])

        let whole = words(run.start())
        #expect(words(run.failed(Self.serialization)) == "ROLLBACK")
        #expect(words(run.completed([Self.nothing])) == whole)
        #expect(words(run.failed(Self.unique)) == "ROLLBACK")
        #expect(words(run.completed([Self.nothing])).contains("contended"))
    }

    @Test("makes the settings after BEGIN and before a lock is waited for")
    func pooledTransaction() {
        let sent = TransactionKind.migrate.opening(settings: [Self.settings]).map(\.description)

        #expect(sent.prefix(2) == ["BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", "SETTINGS"])
        #expect(sent.last?.contains("lock") == true)
    }

    @Test("does not acknowledge a commit that came with a warning")
    func doubtfulCommit() {
        let doubt: StoreDiagnostic = "SQLSTATE 01000: not waited for"
        var once = Self.run(.writeOnce, .run(Self.one) { (_) throws(StoreError) in .commit([], 1) })
        var several = Self.run(.write)
        var reading = Self.run(.read, .run(Self.one) { (_) throws(StoreError) in .commit([], 1) })
        _ = once.start()
        _ = several.start()
        _ = reading.start()

        #expect(words(once.completed([Self.result], doubt: doubt)).hasSuffix("unavailable. \(doubt.text)"))
        #expect(words(several.completed([Self.nothing, Self.result], doubt: doubt)) == "TWO; COMMIT")
        #expect(
            words(several.completed([Self.nothing, Self.nothing], doubt: doubt)).hasSuffix("unavailable. \(doubt.text)")
        )
        #expect(words(reading.completed([Self.result], doubt: doubt)) == "done 1")
    }
}
