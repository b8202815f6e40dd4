// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import Logging

/// Hands operations on to another driver and logs the text of each statement, which the program itself holds; bound values are
/// never logged.
///
/// A transaction that is tried again logs its statements again. The drivers' own statements, such as `BEGIN`, are not logged.
struct EchoingDriver<Base: SQLDriver>: SQLDriver {
    private let base: Base
    private let logger: Logger

    init(_ base: Base, to logger: Logger) {
        self.base = base
        self.logger = logger
    }

    var dialect: SQLDialect { base.dialect }

    var trouble: StoreError? { base.trouble }

    func perform<Output: Sendable>(_ operation: SQLOperation<Output>) async throws(StoreError) -> Output {
        try await base.perform(SQLOperation(operation.access, echoing(operation.program)))
    }

    func migrate(guarding condition: SQLProgram<Bool>, _ statements: [Statement]) async throws(StoreError) -> Bool {
        try await base.migrate(guarding: echoing(condition), statements)
    }

    func changeSignals() -> AsyncStream<Void> { base.changeSignals() }

    func close() async { await base.close() }

    private func echoing<Output>(_ program: SQLProgram<Output>) -> SQLProgram<Output> {
        switch program {
        case .run(let statements, let next):
            echo(statements)
            return .run(statements) { (results) throws(StoreError) in echoing(try next(results)) }
        case .commit(let statements, _):
            echo(statements)
            return program
        case .rollback:
            return program
        }
    }

    private func echo(_ statements: [Statement]) {
        for statement in statements { logger.debug("statement", metadata: ["sql": "\(statement.sql.text)"]) }
    }
}
