// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import CLibPQ

/// One connection of libpq, non-blocking and in pipeline mode; it belongs to the I/O thread.
///
/// A class, because it owns the connection's memory and closes it in the end.
final class PostgresConnection {
    /// How far opening has come.
    enum Opening {
        case waiting(EventPoll.Interest)
        case done
        case failed(ConnectFailure)
    }

    /// The state of a batch.
    enum Arrival {
        /// It is not back yet, or there is none.
        case pending
        /// It succeeded, with one result for each statement; those that were not asked for are empty.
        ///
        /// A doubt is a warning that came with it and that weakens a commit.
        case completed([SQLResult], doubt: StoreDiagnostic?)
        /// The server refused one of its statements.
        case failed(ServerFailure)
        /// It cannot be sent, or an answer cannot be read.
        case refused(StoreError)
        /// The connection is gone, with or without a batch.
        case disconnected(StoreDiagnostic)
    }

    private enum Expectation {
        case prepared(SQL, name: [CChar])
        case result(Int)
    }

    /// A batch whose results are still coming in.
    private struct InFlightBatch {
        var batch: StatementBatch
        var expectations: [Expectation] = []
        var position = 0
        var results: [SQLResult]
        var failure: ServerFailure?
        var refusal: StoreError?
    }

    private let handle: OpaquePointer
    /// Where libpq notes a warning; freed after the connection that knows its address.
    private let warning: UnsafeMutablePointer<authd_warning>
    private let keepsPrepared: Bool
    private var prepared: [ObjectIdentifier: (sql: SQL, name: [CChar])] = [:]
    private var nextName: UInt64 = 0
    private var parameters = ParameterBuffer()
    private var inFlight: InFlightBatch?
    /// Whether bytes wait for the socket to take them.
    private(set) var wantsToWrite = false

    /// Begins to connect; `nil` only where memory is short.
    init?(_ configuration: PostgresConfiguration, targets: [ConnectTarget]) {
        guard let handle = ConnectParameters(configuration, targets: targets).start() else { return nil }
        self.handle = handle
        keepsPrepared = configuration.pooler == .none
        warning = .allocate(capacity: 1)
        warning.initialize(to: authd_warning())
        authd_note_warnings(handle, warning)
        // Only so does the message about a connection that is refused have its SQLSTATE.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
    }

    deinit {
        PQfinish(handle)
        warning.deallocate()
    }

    /// The socket, which may be another one after each step of opening; negative where there is none.
    var descriptor: Int32 { PQsocket(handle) }

    /// Whether TLS may hold back octets that the socket has given out already.
    var isEncrypted: Bool { PQsslInUse(handle) != 0 }

    /// Whether a batch is in flight.
    var isBusy: Bool { inFlight != nil }

    // MARK: Opening

    /// The state in which a connection is before its first step.
    var firstStep: Opening {
        PQstatus(handle) == CONNECTION_BAD ? .failed(connectFailure) : .waiting(.writable)
    }

    /// Takes the next step of opening, when the socket is ready for it.
    func open() -> Opening {
        switch PQconnectPoll(handle) {
        case PGRES_POLLING_READING: return .waiting(.readable)
        case PGRES_POLLING_WRITING: return .waiting(.writable)
        case PGRES_POLLING_OK:
            guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
                return .failed(connectFailure)
            }
            PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
            return .done
        default: return .failed(connectFailure)
        }
    }

    private var connectFailure: ConnectFailure {
        ConnectFailure(
            message: PQerrorMessage(handle).map { String(cString: $0) } ?? "",
            needsPassword: PQconnectionNeedsPassword(handle) == 1)
    }

    // MARK: Batches

    /// Sends a batch; no other may be in flight.
    func send(_ batch: StatementBatch) -> Arrival {
        guard inFlight == nil else { return .refused(.corrupt("a batch was sent before the last one completed")) }
        for statement in batch.statements {
            if let refusal = ParameterBuffer.refusal(of: statement) { return .refused(refusal) }
        }
        authd_warning_clear(warning)
        var inFlight = InFlightBatch(batch: batch, results: [])
        inFlight.results.reserveCapacity(batch.statements.count)
        var fresh: [ObjectIdentifier: [CChar]] = [:]
        for (index, statement) in batch.statements.enumerated() {
            parameters.load(statement.values)
            let isSent: Bool
            if keepsPrepared, statement.sql.isPermanent {
                let identity = ObjectIdentifier(statement.sql)
                var name = prepared[identity]?.name ?? fresh[identity]
                if name == nil {
                    let new = makeName()
                    guard prepare(statement.sql, new) else { return .disconnected(errorMessage) }
                    inFlight.expectations.append(.prepared(statement.sql, name: new))
                    fresh[identity] = new
                    name = new
                }
                isSent = name.map(execute) ?? false
            } else {
                isSent = execute(text: statement.sql.text)
            }
            guard isSent else { return .disconnected(errorMessage) }
            inFlight.expectations.append(.result(index))
        }
        guard PQpipelineSync(handle) == 1 else { return .disconnected(errorMessage) }
        self.inFlight = inFlight
        return flush()
    }

    /// Sends what waits to be sent.
    func flush() -> Arrival {
        switch PQflush(handle) {
        case 0: wantsToWrite = false
        case 1: wantsToWrite = true
        default: return .disconnected(errorMessage)
        }
        return .pending
    }

    /// Reads what the socket has and returns the state of the batch.
    func receive() -> Arrival {
        let isAlive = PQconsumeInput(handle) == 1
        if case .disconnected(let diagnostic) = flush(), isAlive { return .disconnected(diagnostic) }
        let arrival = readResults()
        if case .pending = arrival, !isAlive || PQstatus(handle) == CONNECTION_BAD {
            // What the server said last is worth more than that it hung up.
            if let failure = inFlight?.failure { return .disconnected(failure.diagnostic) }
            return .disconnected(errorMessage)
        }
        return arrival
    }

    /// Whether a notification came since the last call.
    func takeNotifications() -> Bool {
        var found = false
        while let notification = PQnotifies(handle) {
            PQfreemem(notification)
            found = true
        }
        return found
    }

    /// What another thread needs to have the server cancel the batch.
    func makeCancellation() -> Cancellation? {
        Cancellation(handle)
    }

    private func makeName() -> [CChar] {
        nextName &+= 1
        return Array("a\(nextName)".utf8CString)
    }

    private func prepare(_ sql: SQL, _ name: [CChar]) -> Bool {
        PQsendPrepare(handle, name, sql.text, parameters.count, parameters.types) == 1
    }

    private func execute(_ name: [CChar]) -> Bool {
        parameters.withPointers { parameters, pointers in
            PQsendQueryPrepared(
                handle, name, parameters.count, pointers, parameters.lengths, parameters.formats, 1) == 1
        }
    }

    private func execute(text: String) -> Bool {
        parameters.withPointers { parameters, pointers in
            PQsendQueryParams(
                handle, text, parameters.count, parameters.types, pointers, parameters.lengths, parameters.formats, 1)
                == 1
        }
    }

    private func readResults() -> Arrival {
        guard var inFlight = inFlight.take() else {
            // Nothing is expected, but notices and notifications must be read off.
            _ = PQisBusy(handle)
            return .pending
        }
        // Each statement has at most a result and an end; anything beyond is a connection that has gone mad.
        var patience = inFlight.expectations.count * 2 + 8
        while PQisBusy(handle) == 0, patience > 0 {
            patience -= 1
            guard let result = PQgetResult(handle) else {
                inFlight.position += 1
                continue
            }
            defer { PQclear(result) }
            guard PQresultStatus(result) != PGRES_PIPELINE_SYNC else { return ending(of: inFlight) }
            note(result, in: &inFlight)
        }
        self.inFlight = inFlight
        return .pending
    }

    private func note(_ result: OpaquePointer, in inFlight: inout InFlightBatch) {
        let isExpected = inFlight.expectations.indices.contains(inFlight.position)
        let expected = isExpected ? inFlight.expectations[inFlight.position] : nil
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
            switch expected {
            case .prepared(let sql, let name): prepared[ObjectIdentifier(sql)] = (sql, name)
            case .result(let index): take(result, at: index, in: &inFlight)
            case nil: inFlight.refusal = inFlight.refusal ?? .corrupt("a result came that no statement gave")
            }
        case PGRES_PIPELINE_ABORTED:
            return
        case PGRES_FATAL_ERROR:
            inFlight.failure = inFlight.failure ?? ServerFailure(result)
        default:
            inFlight.refusal = inFlight.refusal ?? .corrupt("a statement gave a result of an unknown kind")
        }
    }

    private func take(_ result: OpaquePointer, at index: Int, in inFlight: inout InFlightBatch) {
        let sql = inFlight.batch.statements[index].sql
        if sql === TransactionSQL.commit, !ResultReader.isCommand(result, "COMMIT") {
            inFlight.refusal = inFlight.refusal ?? .corrupt("the server rolled back instead of committing")
        }
        if sql === TransactionSQL.forgetPrepared { prepared = [:] }
        guard inFlight.batch.reported.contains(index) else {
            inFlight.results.append(SQLResult(rows: [], affectedRows: 0))
            return
        }
        do throws(StoreError) {
            inFlight.results.append(try ResultReader.read(result))
        } catch {
            inFlight.refusal = inFlight.refusal ?? error
        }
    }

    private func ending(of inFlight: InFlightBatch) -> Arrival {
        if let failure = inFlight.failure { return .failed(failure) }
        if let refusal = inFlight.refusal { return .refused(refusal) }
        let sqlState = String(cString: authd_warning_sqlstate(warning))
        guard !sqlState.isEmpty else { return .completed(inFlight.results, doubt: nil) }
        let text = String(cString: authd_warning_message(warning))
        return .completed(inFlight.results, doubt: StoreDiagnostic("SQLSTATE \(sqlState): \(text)"))
    }

    /// libpq's last message about the connection: it names host, role and database, never a password or a value.
    private var errorMessage: StoreDiagnostic {
        guard let message = PQerrorMessage(handle) else { return "the connection was lost" }
        let text = String(cString: message).split(separator: "\n").joined(separator: " ")
        return text.isEmpty ? "the connection was lost" : StoreDiagnostic(text)
    }
}

@available(*, unavailable)
extension PostgresConnection: Sendable {}

extension ServerFailure {
    fileprivate init(_ result: OpaquePointer) {
        func text(_ field: UnsafePointer<CChar>?) -> String { field.map { String(cString: $0) } ?? "" }
        let severity = text(authd_error_severity(result))
        self.init(
            // Errors that libpq makes itself, such as a lost connection, have no code.
            sqlState: authd_error_sqlstate(result) == nil ? "08006" : text(authd_error_sqlstate(result)),
            message: authd_error_primary(result) == nil
                ? text(PQresultErrorMessage(result)).split(separator: "\n").joined(separator: " ")
                : text(authd_error_primary(result)),
            routine: text(authd_error_routine(result)), isFatal: severity == "FATAL" || severity == "PANIC")
    }
}
