// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL

/// A program whose output is a value of any type: what the I/O thread runs, without generic code.
indirect enum ErasedProgram: Sendable {
    typealias Next = @Sendable ([SQLResult]) throws(StoreError) -> ErasedProgram

    case run([Statement], Next)
    case commit([Statement], any Sendable)
    case rollback(any Sendable)
}

extension SQLProgram {
    /// The same program, of which each step forgets the type when it is reached.
    var erased: ErasedProgram {
        switch self {
        case .run(let statements, let next):
            .run(statements) { (results) throws(StoreError) in try next(results).erased }
        case .commit(let statements, let output): .commit(statements, output)
        case .rollback(let output): .rollback(output)
        }
    }
}
