// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import AuthTestSupport
import Testing

@testable import AuthStorePostgres

@Suite("PostgreSQL over TLS", .timeLimit(.minutes(10)))
struct PostgresTLSTests {
    private static let starting = Task { try await PostgresCluster.started(preparing: TLSFiles.make) }

    private func configuration(
        _ host: String, _ mode: String, authority: String? = nil
    ) async throws -> PostgresConfiguration {
        let server = try await Self.starting.value
        var configuration = server.configuration()
        configuration.hosts = [.init(name: host, port: server.port)]
        configuration.password = PostgresPassword(PostgresCluster.password)
        configuration.settings[.sslMode] = mode
        configuration.settings[.sslRootCertificate] = authority.map { server.directory.file("\($0).pem") }
        return configuration
    }

    /// Whether the session is encrypted, or why there is none.
    private func encryption(_ configuration: PostgresConfiguration) async throws -> Result<Bool, StoreError> {
        let driver = try PostgresDriver(configuration)
        let outcome: Result<Bool, StoreError>
        do throws(StoreError) {
            let rows = try await driver.run("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            let isEncrypted = rows == [SQLRow([.bool(true)])]
            let answer = try await driver.isEncrypted()
            #expect(answer == isEncrypted)
            outcome = .success(isEncrypted)
        } catch {
            outcome = .failure(error)
        }
        await driver.close()
        return outcome
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var host = "localhost"
        var mode: String
        var authority: String?
        /// What the session is, or a part of why there is none.
        var isEncrypted: Bool?
        var reason = ""
        var testDescription: String { "\(host) \(mode) \(authority ?? "")" }
    }

    static let cases: [Case] = [
        Case(mode: "disable", isEncrypted: false),
        Case(mode: "prefer", isEncrypted: true),
        Case(mode: "require", isEncrypted: true),
        Case(mode: "verify-ca", authority: "ca", isEncrypted: true),
        Case(mode: "verify-full", authority: "ca", isEncrypted: true),
        Case(mode: "verify-full", authority: "other-ca", reason: "certificate verify failed"),
        Case(mode: "verify-ca", authority: "other-ca", reason: "certificate verify failed"),
        Case(host: "127.0.0.1", mode: "verify-ca", authority: "ca", isEncrypted: true),
        Case(host: "127.0.0.1", mode: "verify-full", authority: "ca", reason: "does not match host name"),
    ]

    @Test("verifies the server as the mode requires", arguments: cases)
    func modes(_ test: Case) async throws {
        let outcome = try await encryption(
            try await configuration(test.host, test.mode, authority: test.authority))

        switch outcome {
        case .success(let isEncrypted): #expect(isEncrypted == test.isEncrypted)
        case .failure(let error):
            #expect(test.isEncrypted == nil)
            #expect(error.diagnostic?.contains(test.reason) == true)
        }
    }

    @Test("carries large parameters and large results at the same time")
    func large() async throws {
        let driver = try PostgresDriver(try await configuration("localhost", "verify-full", authority: "ca"))
        let value = SQLValue.bytes([UInt8](repeating: 7, count: 1_000_000))
        let echo = Statement(SQL("SELECT $1::bytea"), [value])
        let many = Statement(SQL("SELECT repeat('x', 1000) FROM generate_series(1, $1)"), [.int64(5_000)])

        let operation = SQLOperation(
            .write,
            SQLProgram<Int>.run([echo, many, echo]) { (results) throws(StoreError) in
                .commit([], results.reduce(0) { $0 + $1.rows.count })
            })
        let count = try await driver.perform(operation)

        #expect(count == 5_002)
        await driver.close()
    }
}
