// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import Synchronization

/// What a program wants next.
enum ProgramStep: Sendable {
    /// The results of these statements.
    case run([Statement])
    /// These last statements, and the end.
    case commit([Statement])
    /// The end, with nothing done.
    case rollback
    /// To be stopped by an error of its own.
    case failed(StoreError)
}

/// An operation whose result type is forgotten: what the I/O thread holds.
protocol PostgresJob: AnyObject, Sendable {
    /// Names it among the operations of this process.
    var id: UInt64 { get }
    /// How it is wrapped into transactions.
    var kind: TransactionKind { get }

    /// Whether it shall be done; false where its caller has gone. From then on the caller waits for the end.
    func begin() -> Bool
    /// Puts the program at its start and asks what it wants.
    func start() -> ProgramStep
    /// Hands over the results that were asked for.
    func advance(_ results: [SQLResult]) -> ProgramStep
    /// Lets the caller go on with the output of the program's last step, or with an error; later calls have no effect.
    func finish(_ error: StoreError?)
}

/// An operation and the caller who waits for it.
///
/// A class, because the caller, who may give up, and the I/O thread share it.
final class OperationJob<Output: Sendable>: PostgresJob {
    typealias Outcome = Result<Output, StoreError>
    private typealias Next = @Sendable ([SQLResult]) throws(StoreError) -> SQLProgram<Output>

    private enum Stage {
        case new
        case waiting(CheckedContinuation<Outcome, Never>)
        case begun(CheckedContinuation<Outcome, Never>)
        case over
    }

    private struct State {
        var stage = Stage.new
        var next: Next?
        var output: Output?
    }

    let id: UInt64
    let kind: TransactionKind
    private let program: SQLProgram<Output>
    private let state = Mutex(State())

    init(id: UInt64, kind: TransactionKind, program: SQLProgram<Output>) {
        self.id = id
        self.kind = kind
        self.program = program
    }

    /// Takes the caller in; false where it has given up already, which then has been told.
    func await(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
        let isWanted = state.withLock { state in
            guard case .new = state.stage else { return false }
            state.stage = .waiting(continuation)
            return true
        }
        if !isWanted { continuation.resume(returning: .failure(.cancelled)) }
        return isWanted
    }

    /// Lets the caller go, unless the operation has begun; true where it was let go while it waited.
    func cancel() -> Bool {
        let waiting = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            switch state.stage {
            case .new:
                state.stage = .over
                return nil
            case .waiting(let continuation):
                state.stage = .over
                return continuation
            case .begun, .over:
                return nil
            }
        }
        waiting?.resume(returning: .failure(.cancelled))
        return waiting != nil
    }

    func begin() -> Bool {
        state.withLock { state in
            switch state.stage {
            case .waiting(let continuation):
                state.stage = .begun(continuation)
                return true
            case .begun: return true
            case .new, .over: return false
            }
        }
    }

    func start() -> ProgramStep {
        take(program)
    }

    func advance(_ results: [SQLResult]) -> ProgramStep {
        guard let next = state.withLock({ $0.next.take() }) else {
            return .failed(.corrupt("results came that no program asked for"))
        }
        do throws(StoreError) {
            return take(try next(results))
        } catch {
            return .failed(error)
        }
    }

    private func take(_ program: SQLProgram<Output>) -> ProgramStep {
        switch program {
        case .run(let statements, let next):
            state.withLock { $0.next = next }
            return .run(statements)
        case .commit(let statements, let output):
            state.withLock { $0.output = output }
            return .commit(statements)
        case .rollback(let output):
            state.withLock { $0.output = output }
            return .rollback
        }
    }

    func finish(_ error: StoreError?) {
        let (caller, outcome) = state.withLock { state -> (CheckedContinuation<Outcome, Never>?, Outcome) in
            let outcome: Outcome =
                switch (error, state.output) {
                case (let error?, _): .failure(error)
                case (nil, let output?): .success(output)
                case (nil, nil): .failure(.corrupt("a program ended without an output"))
                }
            defer { state.stage = .over }
            switch state.stage {
            case .waiting(let continuation), .begun(let continuation): return (continuation, outcome)
            case .new, .over: return (nil, outcome)
            }
        }
        caller?.resume(returning: outcome)
    }
}
