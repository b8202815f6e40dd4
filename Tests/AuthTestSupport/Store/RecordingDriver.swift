// SPDX-License-Identifier: Apache-2.0

package import AuthStore
package import AuthStoreSQL
internal import Synchronization

/// A driver that notes the statements of every operation and hands it on to another one.
package final class RecordingDriver<Base: SQLDriver>: SQLDriver {
    private let base: Base
    private let texts = Mutex<[String]>([])

    /// Notes what `base` is given.
    package init(_ base: Base) {
        self.base = base
    }

    package var dialect: SQLDialect { base.dialect }

    /// The texts of the statements that a body comes to, in order.
    package func statements(_ body: () async throws -> Void) async throws -> [String] {
        texts.withLock { $0 = [] }
        try await body()
        return texts.withLock { $0 }
    }

    package func perform<Output: Sendable>(
        _ operation: SQLOperation<Output>
    ) async throws(StoreError) -> Output {
        try await base.perform(SQLOperation(operation.access, noting(operation.program)))
    }

    package func migrate(
        guarding condition: SQLProgram<Bool>, _ statements: [Statement]
    ) async throws(StoreError) -> Bool {
        try await base.migrate(guarding: condition, statements)
    }

    package func changeSignals() -> AsyncStream<Void> { base.changeSignals() }

    package func close() async { await base.close() }

    private func noting<Output>(_ program: SQLProgram<Output>) -> SQLProgram<Output> {
        switch program {
        case .run(let statements, let next):
            note(statements)
            return .run(statements) { (results) throws(StoreError) in self.noting(try next(results)) }
        case .commit(let statements, _):
            note(statements)
            return program
        case .rollback:
            return program
        }
    }

    private func note(_ statements: [Statement]) {
        texts.withLock { $0 += statements.map(\.sql.text) }
    }
}
