// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Glibc
import Testing

/// A start while PostgreSQL is not there yet, or refuses.
@Suite("Starting before PostgreSQL", .oneAtATime, .timeLimit(.minutes(10)))
struct DatabaseStartTests {
    private static let waiting = "does not answer yet"

    private func withCluster(
        _ body: (PostgresCluster) async throws -> Void
    ) async throws {
        let cluster = try await PostgresCluster.started(asksPasswords: true)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(cluster))
        } catch {
            outcome = .failure(error)
        }
        await cluster.remove()
        try outcome.get()
    }

    private func count(in text: String) -> Int {
        text.split(separator: "\n").count { $0.contains(Self.waiting) }
    }

    @Test("the daemon and `authd migrate` wait for it, log that once, and continue when it answers")
    func waits() async throws {
        try await withCluster { cluster in
            let settings = ["DATABASE_URL": try await cluster.makeDatabase(), "DB_START_TIMEOUT": "300"]
            try await Installation.with(.sqlite, settings) { installation in
                for command in ["migrate", "serve"] {
                    await cluster.stop()
                    let process = try ChildProcess(
                        [try AuthdBinary.path, command], environment: installation.environment,
                        directory: installation.directory.path, limit: 400)
                    let early = await process.progress { $0.errorText.contains(Self.waiting) }
                    #expect(early.end == nil, "\(command): \(early.errorText)")

                    try await cluster.start()

                    let later = await process.progress { $0.errorText.contains("authd is ready") }
                    if command == "serve" {
                        #expect(later.end == nil, "\(later.errorText)")
                        process.signal(SIGTERM)
                    }
                    let ended = await process.ended()
                    #expect(ended.end == .exited(0), "\(command): \(ended.errorText)")
                    #expect(count(in: ended.errorText) == 1, "\(command): \(ended.errorText)")
                }
            }
        }
    }

    @Test("when the time is over the start has failed; without a time it fails at once", arguments: ["1", "0"])
    func givesUp(_ seconds: String) async throws {
        let settings = [
            "DATABASE_URL": "postgresql://ada@127.0.0.1:\(try LoopbackSocket.freePort())/authd",
            "DB_START_TIMEOUT": seconds,
        ]
        try await Installation.with(.sqlite, settings) { installation in
            for command in ["serve", "migrate"] {
                let outcome = try await installation.authd(command)

                #expect(outcome.end == .exited(1), "\(outcome)")
                #expect(outcome.errors.contains("Connection refused"), "\(outcome)")
                #expect(count(in: outcome.errors) == (seconds == "0" ? 0 : 1), "\(outcome)")
            }
        }
    }

    @Test(
        "the daemon does not wait after a wrong password or for a missing role or database, and names the setting")
    func refusals() async throws {
        try await withCluster { cluster in
            let name = try await PostgresCluster.databaseName(in: cluster.makeDatabase())
            let way = "127.0.0.1:\(cluster.port)"
            let password = PostgresCluster.password
            for (url, words) in [
                ("postgresql://postgres:wrong@\(way)/\(name)", "28P01"),
                ("postgresql://postgres@\(way)/\(name)", "no password supplied"),
                ("postgresql://nobody:\(password)@\(way)/\(name)", "28P01"),
                ("postgresql://postgres:\(password)@\(way)/missing", "3D000"),
            ] {
                let settings = ["DATABASE_URL": url, "DB_START_TIMEOUT": "300"]
                try await Installation.with(.sqlite, settings) { installation in
                    for command in ["serve", "migrate"] {
                        let outcome = try await installation.authd(command)

                        #expect(outcome.end == .exited(78), "\(outcome)")
                        #expect(outcome.errors.contains("DATABASE_URL cannot be used."), "\(outcome)")
                        #expect(outcome.errors.contains(words), "\(outcome)")
                        #expect(!outcome.errors.contains(password) && count(in: outcome.errors) == 0, "\(outcome)")
                    }
                }
            }
        }
    }

    @Test("the systemd unit retries while PostgreSQL is down, and stops after immediate failures")
    func unit() throws {
        func value(_ name: String) throws -> Int {
            let lines = try AuthdBinary.text(of: "packaging/authd.service").split(separator: "\n")
            let line = try #require(lines.first { $0.hasPrefix("\(name)=") }, "\(name)")
            return try #require(Int(line.dropFirst(name.count + 1)))
        }
        let burst = try value("StartLimitBurst")
        let interval = try value("StartLimitIntervalSec")
        let pause = try value("RestartSec")

        // 30 seconds is DB_START_TIMEOUT in production.
        #expect(burst * (30 + pause) > interval)
        #expect(burst * pause < interval)
        let unit = try AuthdBinary.text(of: "packaging/authd.service")
        #expect(unit.contains("\nRestartPreventExitStatus=64 78\n"))
    }
}
