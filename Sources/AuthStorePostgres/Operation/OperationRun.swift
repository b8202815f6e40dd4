// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL

/// One operation and its batches: what to send, when to retry, and what to return to the caller.
///
/// It does no I/O. Each call answers with the action to perform next, and after `.finish` or `.elsewhere` there is none,
/// until `start` is called on another connection.
struct OperationRun {
    enum Action {
        /// Send this and report how it ended.
        case send(StatementBatch)
        /// The operation is over, with the program's output or with an error.
        case finish(OperationJob.Outcome)
        /// Nothing of it can have been done, and this connection is of no use: run it on another one.
        case elsewhere
    }

    /// How many times a program is run in conflicts with other transactions.
    static let attempts = 5

    private enum Phase {
        case idle
        case running(ErasedProgram.Next)
        case committing(any Sendable)
        case undoing(Ending)
    }

    private enum Ending {
        case finish(OperationJob.Outcome)
        case again
    }

    private let kind: TransactionKind
    private let program: ErasedProgram
    private let timeout: Duration
    /// What each transaction must set, because the session does not keep it.
    private let settings: [Statement]
    private var phase = Phase.idle
    private var reported = 0..<0
    private var mayHaveCommitted = false
    private var isInTransaction = false
    /// Whether the batch in flight is a whole transaction.
    private var isWhole = false
    private var hasSent = false
    private var attempt = 1
    private var wasPreparedAgain = false
    private var wasMoved = false

    init(
        _ kind: TransactionKind, _ program: ErasedProgram, statementTimeout: Duration, settings: [Statement] = []
    ) {
        self.kind = kind
        self.settings = settings
        self.program = program
        timeout = kind.timeout(statementTimeout)
    }

    // MARK: Events

    /// Starts the operation, or starts it again on another connection.
    mutating func start() -> Action {
        phase = .idle
        isInTransaction = false
        isWhole = false
        mayHaveCommitted = false
        hasSent = false
        return proceed(program)
    }

    /// Every statement of the batch succeeded.
    ///
    /// A doubt is the server's warning about a commit. It makes the outcome unknown, not undone: the caller may repeat
    /// the same operation.
    mutating func completed(_ results: [SQLResult], doubt: StoreDiagnostic? = nil) -> Action {
        if let doubt, mayHaveCommitted { return .finish(.failure(.unavailable(doubt))) }
        if isWhole {
            isWhole = false
            isInTransaction = false
        }
        switch phase {
        case .idle: return giveUp(.corrupt("results came that no program asked for"))
        case .running(let next):
            guard reported.upperBound <= results.count else { return giveUp(.corrupt("a batch gave too few results")) }
            return proceed(next, reported.count == results.count ? results : Array(results[reported]))
        case .committing(let output): return .finish(.success(output))
        case .undoing(let ending): return end(ending)
        }
    }

    /// The server refused a statement of the batch.
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
            return undo(.again, further: [Statement(TransactionSQL.forgetPrepared)])
        case .conflict, .unavailable, .denied, .corrupt, .sessionEnds:
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
    /// `isLate` says that it was closed because the server did not answer in time, so the operation is not retried.
    mutating func disconnected(_ diagnostic: StoreDiagnostic, isLate: Bool = false) -> Action {
        if case .undoing(let ending) = phase { return endElsewhere(ending) }
        guard !mayHaveCommitted, !isLate, !wasMoved else { return .finish(.failure(.unavailable(diagnostic))) }
        wasMoved = true
        return .elsewhere
    }

    // MARK: The program

    private mutating func proceed(_ next: ErasedProgram.Next, _ results: [SQLResult]) -> Action {
        do throws(StoreError) {
            return proceed(try next(results))
        } catch {
            return giveUp(error)
        }
    }

    private mutating func proceed(_ program: ErasedProgram) -> Action {
        switch program {
        case .run(let statements, let next):
            guard !statements.isEmpty else { return proceed(next, []) }
            return run(statements, next)
        case .commit(let statements, let output):
            guard !statements.isEmpty || isInTransaction else { return .finish(.success(output)) }
            return commit(statements, output)
        case .rollback(let output):
            return isInTransaction ? undo(.finish(.success(output))) : .finish(.success(output))
        }
    }

    private mutating func run(_ statements: [Statement], _ next: @escaping ErasedProgram.Next) -> Action {
        phase = .running(next)
        switch kind {
        case .read:
            return sendWhole(statements, isReported: true)
        case .writeOnce:
            guard statements.count == 1, !hasSent else { return giveUp(.corrupt(Self.notOne)) }
            return sendWhole(statements, isReported: true, mayCommit: true)
        case .write, .writeFeed, .migrate:
            guard !isInTransaction else { return send(statements, reported: statements.indices) }
            isInTransaction = true
            let opening = kind.opening(settings: settings)
            return send(opening + statements, reported: opening.count..<(opening.count + statements.count))
        }
    }

    private mutating func commit(_ statements: [Statement], _ output: any Sendable) -> Action {
        phase = .committing(output)
        switch kind {
        case .read:
            return sendWhole(statements, isReported: false)
        case .writeOnce:
            guard statements.count == 1, !hasSent else { return giveUp(.corrupt(Self.notOne)) }
            return sendWhole(statements, isReported: false, mayCommit: true)
        case .write, .writeFeed, .migrate:
            let opening = isInTransaction ? [] : kind.opening(settings: settings)
            isInTransaction = true
            let closing = [Statement(TransactionSQL.commit)]
            return send(opening + statements + closing, reported: 0..<0, mayCommit: true)
        }
    }

    /// Sends a batch that commits by itself, in a transaction of its own where the session does not keep its settings.
    private mutating func sendWhole(
        _ statements: [Statement], isReported: Bool, mayCommit: Bool = false
    ) -> Action {
        let opening = kind.opening(settings: settings)
        let closing = opening.isEmpty ? [] : [Statement(TransactionSQL.commit)]
        isInTransaction = !opening.isEmpty
        isWhole = isInTransaction
        let reported = isReported ? opening.count..<(opening.count + statements.count) : 0..<0
        return send(opening + statements + closing, reported: reported, mayCommit: mayCommit)
    }

    private mutating func send(_ statements: [Statement], reported: Range<Int>, mayCommit: Bool = false) -> Action {
        hasSent = true
        self.reported = reported
        mayHaveCommitted = mayCommit
        return .send(StatementBatch(statements, reported: reported, timeout: timeout))
    }

    // MARK: The end

    private mutating func giveUp(_ error: StoreError) -> Action {
        isInTransaction ? undo(.finish(.failure(error))) : .finish(.failure(error))
    }

    private mutating func undo(_ ending: Ending, further: [Statement] = []) -> Action {
        let undoing = (isInTransaction ? [Statement(TransactionSQL.rollback)] : []) + further
        guard !undoing.isEmpty else { return end(ending) }
        phase = .undoing(ending)
        isInTransaction = false
        isWhole = false
        return send(undoing, reported: 0..<0)
    }

    private mutating func end(_ ending: Ending) -> Action {
        switch ending {
        case .finish(let outcome): .finish(outcome)
        case .again: start()
        }
    }

    /// Ends where the rollback itself did not work: the server undoes the transaction with the session.
    private func endElsewhere(_ ending: Ending) -> Action {
        switch ending {
        case .finish(let outcome): .finish(outcome)
        case .again: .elsewhere
        }
    }

    private static let notOne: StoreDiagnostic = "an operation of one write has another number of statements"
}
