// SPDX-License-Identifier: Apache-2.0

import AuthStore
import Synchronization

/// An operation and the caller who waits for it.
///
/// A class, because the caller, who may give up, and the I/O thread share it.
final class OperationJob: Sendable {
    typealias Outcome = Result<any Sendable, StoreError>

    private enum Stage {
        case new
        case waiting(CheckedContinuation<Outcome, Never>)
        case begun(CheckedContinuation<Outcome, Never>)
        case over
    }

    /// Names it among the operations of its driver.
    let id: UInt64
    /// How it is wrapped into transactions.
    let kind: TransactionKind
    /// What it does.
    let program: ErasedProgram
    private let stage = Mutex(Stage.new)

    init(id: UInt64, kind: TransactionKind, program: ErasedProgram) {
        self.id = id
        self.kind = kind
        self.program = program
    }

    /// Takes the caller in; false where it has given up already, which then has been told.
    func admit(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
        let isWanted = stage.withLock { stage in
            guard case .new = stage else { return false }
            stage = .waiting(continuation)
            return true
        }
        if !isWanted { continuation.resume(returning: .failure(.cancelled)) }
        return isWanted
    }

    /// Lets the caller go, unless the operation has begun; true where it was let go while it waited.
    func cancel() -> Bool {
        let waiting = stage.withLock { stage -> CheckedContinuation<Outcome, Never>? in
            switch stage {
            case .new:
                stage = .over
                return nil
            case .waiting(let continuation):
                stage = .over
                return continuation
            case .begun, .over:
                return nil
            }
        }
        waiting?.resume(returning: .failure(.cancelled))
        return waiting != nil
    }

    /// Whether it shall be done; false where its caller has gone.
    ///
    /// From then on the caller waits for the end.
    func begin() -> Bool {
        stage.withLock { stage in
            switch stage {
            case .waiting(let continuation):
                stage = .begun(continuation)
                return true
            case .begun: return true
            case .new, .over: return false
            }
        }
    }

    /// Lets the caller go on; later calls have no effect.
    func finish(_ outcome: Outcome) {
        let caller = stage.withLock { stage -> CheckedContinuation<Outcome, Never>? in
            defer { stage = .over }
            switch stage {
            case .waiting(let continuation), .begun(let continuation): return continuation
            case .new, .over: return nil
            }
        }
        caller?.resume(returning: outcome)
    }
}
