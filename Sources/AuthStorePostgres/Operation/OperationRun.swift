// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL

/// One operation on its way through flights: what to send, when to try again, and what to tell the caller.
///
/// It does no I/O. Each call answers with the action to perform next, and after `.finish` or `.elsewhere` there is none.
struct OperationRun {
    enum Action {
        /// Send this and report how it ended.
        case send(Flight)
        /// The operation is over, with the program's output or with an error.
        case finish(StoreError?)
        /// Nothing of it can have been done, and this connection is of no use: run it on another one.
        case elsewhere
    }

    /// How many times a program is run when others get in its way.
    static let attempts = 5

    private enum Phase {
        case running
        case committing
        case undoing(Ending)
    }

    private enum Ending {
        case finish(StoreError?)
        case again
    }

    let job: any PostgresJob
    private let statementTimeout: Duration
    private var phase = Phase.running
    private var flight: Flight?
    private var isInTransaction = false
    private var hasRun = false
    private var attempt = 1
    private var wasPreparedAgain = false
    private var wasMoved = false

    init(_ job: any PostgresJob, statementTimeout: Duration) {
        self.job = job
        self.statementTimeout = job.kind.timeout(statementTimeout)
    }

    /// Starts the operation, or starts it again on another connection.
    mutating func start() -> Action {
        phase = .running
        isInTransaction = false
        hasRun = false
        return proceed(job.start())
    }

    /// Every statement of the flight succeeded.
    mutating func landed(_ results: [SQLResult]) -> Action {
        switch phase {
        case .running:
            guard let flight, flight.reported.upperBound <= results.count else {
                return giveUp(.corrupt("a flight gave too few results"))
            }
            return proceed(job.advance(Array(results[flight.reported])))
        case .committing: return .finish(nil)
        case .undoing(let ending): return end(ending)
        }
    }

    /// The server refused a statement of the flight.
    mutating func failed(_ failure: ServerFailure) -> Action {
        let meaning = failure.meaning
        if meaning == .sessionEnds { return disconnected(failure.diagnostic) }
        if case .undoing(let ending) = phase { return endElsewhere(ending) }

        switch meaning {
        case .rerun:
            guard attempt < Self.attempts else { return giveUp(.conflict) }
            attempt += 1
            return undo(.again)
        case .prepareAgain:
            guard !wasPreparedAgain else { return giveUp(failure.storeError) }
            wasPreparedAgain = true
            return undo(.again, Statement(TransactionSQL.forgetPrepared))
        case .conflict, .unavailable, .corrupt, .sessionEnds:
            return giveUp(failure.storeError)
        }
    }

    /// A statement could not be sent, or its answer could not be read, for a reason that lies in them.
    mutating func refused(_ error: StoreError) -> Action {
        if case .undoing(let ending) = phase { return endElsewhere(ending) }
        return giveUp(error)
    }

    /// The connection is gone.
    ///
    /// - Parameter isLate: Whether it was closed because the server did not answer in time, which is no reason to ask again.
    mutating func disconnected(_ diagnostic: StoreDiagnostic, isLate: Bool = false) -> Action {
        if case .undoing(let ending) = phase { return endElsewhere(ending) }
        guard flight?.mayCommit != true, !isLate, !wasMoved else { return .finish(.unavailable(diagnostic)) }
        wasMoved = true
        return .elsewhere
    }

    private mutating func proceed(_ step: ProgramStep) -> Action {
        var step = step
        while case .run(let statements) = step, statements.isEmpty { step = job.advance([]) }
        switch step {
        case .run(let statements): return run(statements)
        case .commit(let statements): return commit(statements)
        case .rollback: return isInTransaction ? undo(.finish(nil)) : .finish(nil)
        case .failed(let error): return giveUp(error)
        }
    }

    private mutating func run(_ statements: [Statement]) -> Action {
        let opening = isInTransaction ? [] : job.kind.opening
        let reported = opening.count..<(opening.count + statements.count)
        switch job.kind {
        case .read:
            return send(Flight(statements, reported: reported, timeout: statementTimeout))
        case .writeOnce:
            guard statements.count == 1, !hasRun else { return .finish(.corrupt(Self.notOne)) }
            return send(Flight(statements, reported: reported, mayCommit: true, timeout: statementTimeout))
        case .write, .writeFeed, .migrate:
            isInTransaction = true
            return send(Flight(opening + statements, reported: reported, timeout: statementTimeout))
        }
    }

    private mutating func commit(_ statements: [Statement]) -> Action {
        if statements.isEmpty, !isInTransaction { return .finish(nil) }
        phase = .committing
        switch job.kind {
        case .read:
            return send(Flight(statements, timeout: statementTimeout))
        case .writeOnce:
            guard statements.count == 1, !hasRun else { return .finish(.corrupt(Self.notOne)) }
            return send(Flight(statements, mayCommit: true, timeout: statementTimeout))
        case .write, .writeFeed, .migrate:
            let opening = isInTransaction ? [] : job.kind.opening
            isInTransaction = true
            let closing = [Statement(TransactionSQL.commit)]
            return send(Flight(opening + statements + closing, mayCommit: true, timeout: statementTimeout))
        }
    }

    private mutating func send(_ flight: Flight) -> Action {
        hasRun = true
        self.flight = flight
        return .send(flight)
    }

    private mutating func giveUp(_ error: StoreError) -> Action {
        isInTransaction ? undo(.finish(error)) : .finish(error)
    }

    private mutating func undo(_ ending: Ending, _ further: Statement? = nil) -> Action {
        let undoing = (isInTransaction ? [Statement(TransactionSQL.rollback)] : []) + (further.map { [$0] } ?? [])
        guard !undoing.isEmpty else { return end(ending) }
        phase = .undoing(ending)
        isInTransaction = false
        return send(Flight(undoing, timeout: statementTimeout))
    }

    private mutating func end(_ ending: Ending) -> Action {
        switch ending {
        case .finish(let error): .finish(error)
        case .again: start()
        }
    }

    /// Ends where the rollback itself did not work: the server undoes the transaction with the session.
    private mutating func endElsewhere(_ ending: Ending) -> Action {
        switch ending {
        case .finish(let error): .finish(error)
        case .again: .elsewhere
        }
    }

    private static let notOne: StoreDiagnostic = "an operation of one write has another number of statements"
}
